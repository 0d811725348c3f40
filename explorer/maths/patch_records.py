"""Plain records of the patches that channels answer to; they cross from the worker to the window as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as in `records`
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class NodePatches:
    """The places where each of a node's C channels answers most, `count` of each, the strongest first.

    values (C, count) float32, NaN where there are fewer; pictures (C, count) int32, which of `Patches.files`, −1 where
    there are fewer; rows and columns (C, count) int32, where in the maps; boxes (C, count, 4) int32, what is heard of
    there: left, top, right, bottom in pixels of the picture's file, right and bottom not among them.
    """

    node: str
    values: NDArray[np.float32]
    pictures: NDArray[np.int32]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    boxes: NDArray[np.int32]


@dataclass(frozen=True)
class Broken:
    """A picture that could not be used: its path in the folder, and a sentence on why."""

    path: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Patches:
    """What was found in a folder so far. files: paths in it, of the pictures in which patches lie; done of total
    pictures were seen, the broken ones among them; untrained: whether any node on the way has random weights.

    classes: where so many places of each class were looked for, their names; the places of each channel then come
    class by class, equally many of each.
    """

    folder: str
    nodes: tuple[NodePatches, ...]
    files: tuple[str, ...]
    done: int
    total: int
    broken: tuple[Broken, ...] = ()
    untrained: bool = False
    classes: tuple[str, ...] = ()

    def class_counts(self, found: NodePatches, channel: int) -> dict[str, int]:
        """Of which classes the strongest places of a channel are, and how many of each, the most frequent first."""
        values, pictures = found.values[channel], found.pictures[channel]
        each = len(values) // max(1, len(self.classes))
        there = (pictures >= 0).nonzero()[0]
        strongest = there[(-values[there]).argsort(kind="stable")][:each]
        return dict(Counter(class_of(self.files[picture]) for picture in pictures[strongest].tolist()).most_common())


def class_of(path: str) -> str:
    """The class of a picture by its path in the folder that is searched: the first folder on the way, "" for none."""
    folder, found, _ = path.partition("/")
    return folder if found else ""


@dataclass(frozen=True, eq=False)
class PatchTiles:
    """Some patches that were asked for: their numbers among those, and pixels (M, side, side, 3) uint8."""

    numbers: tuple[int, ...]
    pixels: NDArray[np.uint8]
