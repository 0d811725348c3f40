"""What the window can ask the worker. Each question is answered by steps: `Progress` records, then results.

Questions are plain values: this module imports no torch, so the workspace may import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.box_records import Thresholds
from explorer.maths.brightness import Range
from explorer.maths.records import Place
from explorer.maths.values import dataclass
from explorer.network.direction import Direction
from explorer.network.project import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.probes.attribution import Method
    from explorer.probes.dreaming import Dream


@dataclass(frozen=True)
class PictureFile:
    """A picture by its path; the worker decodes it, and keeps the last few decoded."""

    path: str


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture that has no file (pasted): pixels (H, W, 3) uint8 red, green, blue."""

    pixels: NDArray[np.uint8]
    name: str = "pasted picture"


PictureSource = PictureFile | Pixels


@dataclass(frozen=True)
class Devices:
    """Which devices are there? Answer: tuple[Device, ...], the one used by default first."""


@dataclass(frozen=True)
class Decode:
    """Show me this picture. Answer: Picture, its longest side at most `longest` pixels."""

    source: PictureSource
    longest: int = 1600


@dataclass(frozen=True)
class PictureNames:
    """Which pictures are in this folder? Answer: PictureList."""

    folder: str


@dataclass(frozen=True)
class Small:
    """Show me these pictures in small. Answers: (place, Picture) for each place and path, None for a broken one."""

    paths: tuple[tuple[int, str], ...]
    longest: int = 64


@dataclass(frozen=True)
class Glimpse:
    """What is in this file, as far as it is told quickly? Nothing in it runs. Answers: Progress …, then Glimpsed."""

    path: str
    longest: int = 256


@dataclass(frozen=True)
class Predict:
    """What does the network see? Answer: Prediction with the `count` best guesses, or with boxes where it has heads."""

    project: Project
    source: PictureSource
    device: str = "cpu"
    count: int = 5
    thresholds: Thresholds = Thresholds()


@dataclass(frozen=True)
class Detect:
    """What does the network find, and where? Answer: Prediction with the `count` best boxes of scores above `least`.

    least, overlap, suppression, hidden: see `Thresholds`; None as the recipe has it.
    """

    project: Project
    source: PictureSource
    device: str = "cpu"
    count: int = 100
    least: float | None = None
    overlap: float | None = None
    suppression: str = ""
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Watch:
    """What does the network see in this frame of a video, and what do some nodes put out? Answer: Seen.

    project: its description as `formats.project_json` writes it; the same bytes again are not read again.
    """

    project: bytes
    frame: Pixels
    nodes: tuple[str, ...] = ()
    device: str = "cpu"
    range: Range = "own"
    together: bool = False
    thresholds: Thresholds = Thresholds()


@dataclass(frozen=True)
class Look:
    """What do some nodes put out? Answer: tuple[FeatureMaps, ...], one for each node.

    range: which numbers are dark and bright. together: the same ones in all nodes, where these have equally many
    channels; else each node has its own.
    """

    project: Project
    source: PictureSource
    nodes: tuple[str, ...]
    device: str = "cpu"
    range: Range = "own"
    together: bool = False


@dataclass(frozen=True)
class Attribute:
    """Which pixels made a number what it is? Answers: Progress …, then an Attribution by each method.

    target: the number, or the class it is the score of; None for the most likely class. at: the selected node, whose
    maps Grad-CAM weighs where its setting says so and they lead to the number.
    """

    project: Project
    source: PictureSource
    methods: tuple[Method, ...]
    target: Place | int | None = None
    at: str = ""
    device: str = "cpu"


@dataclass(frozen=True)
class WhatChanges:
    """What does it change that channels are switched off or scaled? Answer: Outcome, of the `count` best of both."""

    project: Project
    source: PictureSource
    device: str = "cpu"
    count: int = 5


@dataclass(frozen=True)
class RankChannels:
    """Which channels of a node does a class hang on? Answers: Progress and ChannelEffects, until all were tried.

    target: the class; None for the likeliest one.
    """

    project: Project
    source: PictureSource
    node: str
    target: int | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class DreamOf:
    """Which picture makes this large? Answers: Progress and Dreamt, the picture so far, until all steps are done.

    source: the picture to begin with, where the settings say so. so_far: where an earlier search stopped after `done`
    steps; it is gone on with, also with other settings.
    """

    project: Project
    place: Place
    settings: Dream
    source: PictureSource | None = None
    so_far: Pixels | None = None
    done: int = 0
    device: str = "cpu"


@dataclass(frozen=True)
class Explain:
    """How did one number of a node's maps come about? Answer: Explanation."""

    project: Project
    source: PictureSource
    place: Place
    device: str = "cpu"


@dataclass(frozen=True)
class XRay:
    """What does every node put out, in small? Answers: Progress …, then Thumbnails.

    picked: a node, and the channel that is shown of it; of the others the strongest one is.
    """

    project: Project
    source: PictureSource
    device: str = "cpu"
    picked: tuple[str, int] | None = None


@dataclass(frozen=True)
class OpenNetwork:
    """Build a network of the gallery or of torchvision, its links in this direction. Answer: Project, untrained."""

    name: str
    direction: Direction = Direction.TOP_DOWN


@dataclass(frozen=True)
class OpenFile:
    """Read a file with a network, of any kind that `engine.opening` knows. Answers: Progress …, then Project.

    direction: see OpenNetwork; a project file says it itself.
    """

    path: str
    direction: Direction = Direction.TOP_DOWN


@dataclass(frozen=True)
class OpenOwnCode:
    """Run the user's own code, which makes a module; only where the user asks for just that. Answers: Progress …, then
    Project.

    name: package.module:factory, with @CxHxW behind it for the picture's shape. folder: where the code lies.
    """

    name: str
    folder: str
    direction: Direction = Direction.TOP_DOWN


@dataclass(frozen=True)
class Compare:
    """What differs from the old project (or file) to the new one? Answer: Diff."""

    old: Project | str
    new: Project


@dataclass(frozen=True)
class Export:
    """Write the network to a file, in the format its name ends in. Answers: Progress …, then Exported.

    framework: "torch" or "keras", whose source a .py file holds. replace: files of these names may be written over.
    """

    project: Project
    path: str
    framework: str = "torch"
    replace: bool = False
