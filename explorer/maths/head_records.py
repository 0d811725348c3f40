"""What a detector's heads put out for a picture, and from where on a box counts: plain records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.values import dataclass

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray

SHOWN = 100
"""Boxes, the best, that are found where nobody says how many."""

SUPPRESSIONS = ("IoU", "DIoU")
"""How the overlap of two boxes is measured."""


@dataclass(frozen=True)
class Thresholds:
    """Which boxes count.

    least: the score they have to be above. overlap: from which two boxes of a class are taken to show one thing, the
    better of which stays; 1 keeps all. suppression: how that is measured, "IoU" or "DIoU". Where these are None or "",
    they are as the network has them. hidden: classes that do not count.
    """

    least: float | None = None
    overlap: float | None = None
    suppression: str = ""
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Limits:
    """Thresholds as they are in the end; see there."""

    least: float = 0.25
    overlap: float = 0.45
    suppression: str = "IoU"


@dataclass(frozen=True, eq=False)
class Head:
    """What one YOLO head made of a picture; see `explorer.layers.detection.Yolo` for its settings.

    raw and values: (A·(5 + C), H, W) float32, what entered the head, called t in the papers, and what left it.
    anchors: A times width and height in pixels of the network's input.
    """

    node: str
    raw: NDArray[np.float32]
    values: NDArray[np.float32]
    anchors: tuple[tuple[float, float], ...]
    chances: str = "sigmoid"
    reach: float = 1.0

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        _, rows, columns = self.values.shape
        return rows, columns

    @property
    def classes(self) -> int:
        """How many kinds of things it tells apart; 0 where all are of one kind, of which it is sure."""
        return len(self.values) // len(self.anchors) - 5


@dataclass(frozen=True, eq=False)
class Heads:
    """All heads of one run.

    size: (height, width) of the network's input. corner and scale: where that lies on the picture, the left and top of
    it, and how many of the picture's pixels one of its own is, across and down. usual: the thresholds of the network.
    """

    heads: tuple[Head, ...]
    size: tuple[int, int]
    corner: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    usual: Limits = Limits()
    labels: tuple[str, ...] = ()

    def filled(self, thresholds: Thresholds) -> Limits:
        """Where boxes count from, the network's own way where nobody chose another."""
        least, overlap = thresholds.least, thresholds.overlap
        return Limits(
            self.usual.least if least is None else least,
            self.usual.overlap if overlap is None else overlap,
            thresholds.suppression or self.usual.suppression,
        )

    def label(self, index: int) -> str:
        """What a class is called."""
        return self.labels[index] if index < len(self.labels) else f"class {index}"

    @property
    def classes(self) -> int:
        """How many classes the head with the most tells apart; 1 for things of one kind."""
        return max((head.classes or 1 for head in self.heads), default=0)


@dataclass(frozen=True)
class Spot:
    """One box of a detector: which head, anchor, and cell of the grid it is of, all counted from 0."""

    head: int
    anchor: int
    row: int
    column: int
