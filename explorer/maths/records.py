"""Plain records of what the engine found; they cross from the worker process to the window as they are."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from explorer.maths.box_records import Thresholds
from explorer.maths.values import dataclass

if TYPE_CHECKING:  # the window is on the screen a tenth of a second earlier without numpy
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.boxes import Box
    from explorer.maths.channels import ChannelStatistics
    from explorer.maths.head_records import Heads
    from explorer.maths.mask_records import Closer, Mask

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""How the names of files end that are taken for pictures where nobody chose them one by one."""

VIDEO_ENDINGS = (".avi", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".ogv", ".mpg", ".mpeg", ".ts", ".wmv", ".flv")
"""How the names of files end that are taken for videos."""


@dataclass(frozen=True)
class Device:
    """Something torch computes on. id as torch writes it: "cpu", "cuda:0", "mps"; memory in bytes."""

    id: str
    name: str
    memory: int


@dataclass(frozen=True)
class Progress:
    """How far a long work is: what it does, and done of total (bytes or steps); total 0 means unknown."""

    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture: pixels (H, W, 3) uint8 red, green, blue, upright.

    size is the (width, height) of the whole picture in the file, where `pixels` is scaled down. notes are
    sentences on what was done to show it ("16 bits a channel, scaled to 8", "turned upright as its EXIF says").
    """

    pixels: NDArray[np.uint8]
    name: str
    size: tuple[int, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Glimpsed:
    """What a file seems to be before it is opened.

    what: its kind, such as "an ONNX network", or what is wrong with it; facts: its size and more, a line each; picture:
    a small one of it, where it is a picture.
    """

    what: str
    facts: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class PictureList:
    """The names of a folder's pictures, in order."""

    folder: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """One class: its label, its index in the output, its probability in [0, 1].

    box: where it is, in pixels of the picture, which it may leave; None means the picture as a whole.
    points: landmarks in it, each across and down in pixels of the picture, in the order that its network has.
    place: which of the heads' boxes it is, see `explorer.maths.heads.RawBoxes`; −1 for one of no head.
    mask: which part of the box is of the thing, where the network says so.
    sure: of each of the points how high its map is where it lies, a logit; nothing where the network has no such maps.
    """

    label: str
    index: int
    probability: float
    box: Box | None = None
    points: tuple[tuple[float, float], ...] = ()
    place: int = -1
    mask: Mask | None = None
    sure: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Painted:
    """A picture that is a network's answer: pixels (H, W, 3) uint8 red, green, blue, as it was put out by `node`.

    how: a phrase on what its numbers are taken for.
    """

    pixels: NDArray[np.uint8]
    node: str
    how: str


@dataclass(frozen=True)
class Prediction:
    """The best guesses, best first. untrained: ids of nodes that ran with random weights.

    ends: ids of the nodes that the network ends in, first the one whose value the guesses are. heads: what a detector's
    heads put out, from which `thresholds` chose the guesses; None for other networks. closer: what
    another look at boxes told of them, by their place; None where the network takes none. painted: the answer of a
    network that puts out a picture; there are no guesses then.
    """

    top: tuple[Guess, ...]
    untrained: tuple[str, ...] = ()
    milliseconds: float = 0.0
    device: str = "cpu"
    ends: tuple[str, ...] = ()
    heads: Heads | None = field(default=None, compare=False, repr=False)
    thresholds: Thresholds = Thresholds()
    closer: Mapping[int, Closer] | None = field(default=None, compare=False, repr=False)
    painted: Painted | None = field(default=None, compare=False, repr=False)


def with_looks(guesses: Iterable[Guess], told: Mapping[int, Closer] | None) -> tuple[Guess, ...]:
    """The guesses with what was told of them, by their place."""
    looks = ((guess, told.get(guess.place) if told else None) for guess in guesses)
    return tuple(
        replace(guess, points=look.points, sure=look.sure, mask=look.mask) if look else guess for guess, look in looks
    )


@dataclass(frozen=True)
class Place:
    """One number of what a node puts out: where it is in (C, H, W)."""

    node: str
    channel: int
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Cell:
    """One place in all channels of what a node puts out: its row and column."""

    node: str
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What one node puts out for one picture.

    values: (C, H, W) float32; a vector of C numbers comes as (C, 1, 1). tiles: the same as uint8 from
    low (0) to high (255), (C, H, W); low and high are (C,), all equal when channels share a scale; numbers may
    lie beyond them. untrained: whether any node up to this one ran with random weights.
    """

    node: str
    values: NDArray[np.float32]
    tiles: NDArray[np.uint8]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    statistics: ChannelStatistics
    untrained: bool = False

    def holds(self, place: Place) -> bool:
        """Whether there is a number at this place."""
        inside = zip((place.channel, place.row, place.column), self.values.shape, strict=True)
        return place.node == self.node and all(0 <= at < size for at, size in inside)


@dataclass(frozen=True)
class Seen:
    """What a network made of one frame of a video.

    problem: why there is no prediction, "" where there is one. The milliseconds are those of making the input out of
    the frame, of the network, and of making guesses, boxes and maps out of its numbers.
    """

    prediction: Prediction | None
    maps: tuple[FeatureMaps, ...]
    problem: str = ""
    before: float = 0.0
    network: float = 0.0
    behind: float = 0.0


@dataclass(frozen=True)
class ModelCard:
    """An entry of the model library, as shown before anything is fetched. size in bytes of the download.

    sha256: all 64 digits, or as many of the first as are known before it is here; beside: name and digits of each
    further file. kind: where it comes from, bundled, wheel, url, file; host: who is asked. restriction: what the
    licence forbids, "" for nothing; then it must be accepted before the file is fetched. right: per cent right at the
    first guess. begun: bytes here of an interrupted download. shared: titles of others that are in the same file.
    """

    name: str
    title: str
    task: str
    parameters: int
    size: int
    source: str
    licence: str
    trained_on: str
    sha256: str
    installed: bool
    kind: str = ""
    host: str = ""
    restriction: str = ""
    accuracy: str = ""
    right: float | None = None
    begun: int = 0
    beside: tuple[tuple[str, str], ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class CacheFolder:
    """Where what was fetched is kept. size in bytes of its files; fixed: why it cannot be moved, "" if it can."""

    path: str
    files: int
    size: int
    fixed: str = ""


@dataclass(frozen=True)
class Exported:
    """What was written. files: their paths, the one asked for first. untrained: nodes with random weights.

    left_out: how many channels are switched off or scaled here, but not in the files.
    """

    files: tuple[str, ...]
    untrained: tuple[str, ...] = ()
    left_out: int = 0
