"""How a figure grows with a size: the straight line through its points on log–log axes, and the series that are
measured.

A slope of 1 is growth in proportion, 0 none at all, 2 a square. Where a fixed cost stands beside what grows, the
slope is less than that of what grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

LINEAR, FLAT = 1.15, 0.1
"""The most a slope may be where growth in proportion is the goal, and where none is: timings of a few points
scatter."""


@dataclass(frozen=True)
class Line:
    """y = factor · x^slope. error: the standard error of the slope; 0 where there are two points only."""

    slope: float
    factor: float
    error: float = 0.0

    def at(self, x: float) -> float:
        """The figure that the line foretells."""
        return float(self.factor * x**self.slope)


def fit(x: Sequence[float], y: Sequence[float]) -> Line:
    """The line with the least squares of log y. Raises ValueError for fewer than two sizes, or what is not above 0."""
    if len(x) != len(y) or len(set(x)) < 2 or min(*x, *y) <= 0:
        raise ValueError("a slope needs two sizes or more, and figures above 0")
    across, up = [log(value) for value in x], [log(value) for value in y]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    spread = sum((value - middle) ** 2 for value in across)
    slope = sum((a - middle) * (b - height) for a, b in zip(across, up, strict=True)) / spread
    left = sum((b - height - slope * (a - middle)) ** 2 for a, b in zip(across, up, strict=True))
    error = (left / (len(x) - 2) / spread) ** 0.5 if len(x) > 2 else 0.0
    return Line(slope, exp(height - slope * middle), error)


@dataclass(frozen=True)
class Series:
    """One figure over one axis. name: as the benchmark prints it. most: the goal of the slope."""

    axis: str
    name: str
    unit: str
    most: float

    @property
    def key(self) -> str:
        return f"{self.axis}: {self.name}"


AXES: dict[str, tuple[str, tuple[int, ...]]] = {
    "nodes": ("nodes", (3, 6, 12, 24, 48, 96)),
    "channels": ("channels", (16, 32, 64, 128, 256, 512)),
    "pictures": ("pictures of a folder", (50, 100, 200, 400, 800)),
    "picture size": ("pixels of the picture", (96, 128, 192, 256, 384, 512)),
}
"""By axis, what stands under it, and its sizes: blocks of each of four stages for nodes, the side for picture size."""
QUICK = 5
"""So many of the smallest sizes are tried by --quick, with one round each."""


def _series(axis: str, unit: str, most: float, *names: str) -> tuple[Series, ...]:
    return tuple(Series(axis, name, unit, most) for name in names)


SERIES: tuple[Series, ...] = (
    *_series("nodes", "ms", LINEAR, "analysis", "layout", "links led", "opened until painted", "painted, all in view",
             "undone until painted"),
    *_series("nodes", "MB", LINEAR, "memory of a network and its canvas"),
    *_series("channels", "ms", LINEAR, "maps made", "mosaic painted", "patches of a batch"),
    *_series("channels", "MB", LINEAR, "memory of maps and patches"),
    *_series("pictures", "s", LINEAR, "data set looked at", "patches searched"),
    *_series("pictures", "MB", FLAT, "memory of a look at a data set", "memory of a search for patches"),
    *_series("picture size", "ms", LINEAR, "forward", "maps made", "an evaluation of style transfer"),
    *_series("picture size", "MB", LINEAR, "memory of style transfer", "memory foretold"),
)  # fmt: skip
