"""Boxes of a detector: which it is, what it is told from, and from where on it counts: plain records."""

from __future__ import annotations

from explorer.maths.values import dataclass

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
    """Thresholds as they are in the end; see there. beta: of DIoU, the power of the distance of the middles."""

    least: float = 0.25
    overlap: float = 0.45
    suppression: str = "IoU"
    beta: float = 0.6


@dataclass(frozen=True)
class Offsets:
    """How a box differs from the anchor, or region, that it is told from; see `explorer.layers.regions.AnchorHead`.

    sides: "centre and size" or "four sides". shift and growth: what moves and logarithms of sizes are divided by.
    """

    sides: str = "centre and size"
    shift: float = 1.0
    growth: float = 1.0


@dataclass(frozen=True)
class Spot:
    """One box of a detector: which head, anchor, and cell of the grid it is of, all counted from 0."""

    head: int
    anchor: int
    row: int
    column: int
