"""What a detector's heads put out for a picture: plain records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.box_records import Limits, Spot, Thresholds
from explorer.maths.values import dataclass

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.anchored import Anchored
    from explorer.maths.regions import Looked


@dataclass(frozen=True, eq=False)
class Head:
    """What one YOLO head made of a picture; see `explorer.layers.detection.Yolo` for its settings.

    raw and values: (A·(5 + C), H, W) float32, what entered the head, called t in the papers, and what left it; where
    growth is "square", σ(t) entered. anchors: A times width and height in pixels of the network's input.
    """

    node: str
    raw: NDArray[np.float32]
    values: NDArray[np.float32]
    anchors: tuple[tuple[float, float], ...]
    chances: str = "sigmoid"
    reach: float = 1.0
    growth: str = "exp"
    grid = True
    owns = True  # each cell those things whose midpoint is in it

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        _, rows, columns = self.values.shape
        return rows, columns

    @property
    def classes(self) -> int:
        """How many kinds of things it tells apart; 0 where all are of one kind, of which it is sure."""
        return len(self.values) // len(self.anchors) - 5

    @property
    def slots(self) -> int:
        """Boxes of each cell."""
        return len(self.anchors)

    @property
    def objectness(self) -> NDArray[np.float32]:
        """(A, H, W): whether something is there."""
        return self.values.reshape(len(self.anchors), -1, *self.cells)[:, 4]

    def anchor_at(self, spot: Spot, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """The middle, across and down, and the sides of a box's anchor, in pixels of an input of size (height,
        width)."""
        (rows, columns), (width, height) = self.cells, self.anchors[spot.anchor]
        return (spot.column + 0.5) / columns * size[1], (spot.row + 0.5) / rows * size[0], width, height


@dataclass(frozen=True, eq=False)
class Heads:
    """All heads of one run.

    size: (height, width) of the network's input. corner and scale: where that lies on the picture, the left and top of
    it, and how many of the picture's pixels one of its own is, across and down. usual: the thresholds of the network.
    whole: (width, height) of the picture in its pixels, (0, 0) where boxes may leave it. most: boxes that are left at
    most in the end, 0 for all.
    """

    heads: tuple[Head | Anchored | Looked, ...]
    size: tuple[int, int]
    corner: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    usual: Limits = Limits()
    labels: tuple[str, ...] = ()
    whole: tuple[float, float] = (0.0, 0.0)
    most: int = 0

    @property
    def inside(self) -> tuple[float, float]:
        """Width and height of the picture in pixels of the network's input."""
        return self.whole[0] / self.scale[0], self.whole[1] / self.scale[1]

    def filled(self, thresholds: Thresholds) -> Limits:
        """Where boxes count from, the network's own way where nobody chose another."""
        least, overlap = thresholds.least, thresholds.overlap
        return Limits(
            self.usual.least if least is None else least,
            self.usual.overlap if overlap is None else overlap,
            thresholds.suppression or self.usual.suppression,
            self.usual.beta,
        )

    def label(self, index: int) -> str:
        """What a class is called."""
        return self.labels[index] if index < len(self.labels) else f"class {index}"

    @property
    def classes(self) -> int:
        """How many classes the head with the most tells apart; 1 for things of one kind."""
        return max((head.classes or 1 for head in self.heads), default=0)
