"""From the numbers of an AnchorHead to boxes: each is told from an anchor, a box of a known place and size.

The rules are functions that run on arrays and on `Worked` alike. Source: see `explorer.layers.regions.AnchorHead`; what
is rounded, cut off and left out is as in torchvision 0.29, whose weights are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.box_records import Offsets, Spot
from explorer.maths.yolo import Candidates

Floats = NDArray[np.floating[Any]]

MOST_GROWTH = log(1000 / 16)
"""The largest logarithm of a box's growth that is believed."""


def moved(middle: Any, side: Any, t: Any, shift: float) -> Any:
    """Where a box has its middle along one axis: t, in parts of the anchor's side, away from the anchor's."""
    return middle + t / shift * side


def grown(side: Any, t: Any, growth: float, exp: Callable[[Any], Any] = np.exp, least: Any = np.minimum) -> Any:
    """A box's side, from the anchor's."""
    return exp(least(t / growth, MOST_GROWTH)) * side


def sides_of(anchors: Floats, t: Floats, rule: Offsets) -> Floats:
    """Boxes (…, 4), left, top, right, bottom, told from anchors (…, 4), x and y of the middle, width and height, by
    offsets t (…, 4)."""
    middle, size = anchors[..., :2], anchors[..., 2:]
    with np.errstate(over="ignore", invalid="ignore"):  # an untrained head may say anything
        if rule.sides == "four sides":
            return np.concatenate((middle - t[..., :2] * size, middle + t[..., 2:] * size), -1)
        found = moved(middle, size, t[..., :2], rule.shift)
        half = grown(size, t[..., 2:], rule.growth) / 2
        return np.concatenate((found - half, found + half), -1)


def within(boxes: Floats, inside: tuple[float, float]) -> Floats:
    """Boxes (…, 4) cut off where the picture, `inside` (width, height), ends."""
    return np.clip(boxes, 0, np.array(inside * 2, boxes.dtype))


@dataclass(frozen=True, eq=False)
class Anchored:
    """What an AnchorHead made of a picture.

    boxes: (A, H, W, 4) left, top, right, bottom, as shares of the network's input; offsets: (A, H, W, 4), as they came.
    kinds: (A, H, W) the likeliest class of each box, that of nothing not
    asked; scores: its chance, with centre-ness where there is some. t and against: what that came from, the class's
    number, and ln Σ exp of all, or the number of centre-ness. The best of all scores by themselves, of which a box may
    have several: places (M,) among the boxes, classes (M,), chances (M,), numbers (M,).
    step: pixels of the input, down and across, from one cell's anchors to the next; start: where in the first cell
    they are, in cells. way: "sigmoid", "softmax" or "centre", how scores came about.
    """

    node: str
    anchors: tuple[tuple[float, float], ...]
    rule: Offsets
    way: str
    step: tuple[float, float]
    start: float
    boxes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    kinds: NDArray[np.int16]
    scores: NDArray[np.float32]
    t: NDArray[np.float32]
    against: NDArray[np.float32] | None
    places: NDArray[np.int64]
    classes_there: NDArray[np.int64]
    chances: NDArray[np.float32]
    numbers: NDArray[np.float32]
    classes: int
    grid = True  # it has cells, which own no midpoints
    owns = False

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        _, rows, columns = self.kinds.shape
        return rows, columns

    @property
    def slots(self) -> int:
        """Boxes of each cell."""
        return len(self.anchors)

    @property
    def objectness(self) -> NDArray[np.float32]:
        """(A, H, W): the score of the likeliest class."""
        return self.scores

    def anchor_at(self, spot: Spot, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """The middle, across and down, and the sides of a box's anchor, in pixels of the input."""
        x, y = (spot.column + self.start) * self.step[1], (spot.row + self.start) * self.step[0]
        return x, y, *self.anchors[spot.anchor]

    def several(self, place: int) -> list[tuple[int, float, float]]:
        """Class, chance and number of what a box may be, among the best scores, the likeliest first."""
        at = np.flatnonzero(self.places == place)
        at = at[np.argsort(-self.chances[at], kind="stable")]
        return [(int(self.classes_there[i]), float(self.chances[i]), float(self.numbers[i])) for i in at]

    # As a grid of boxes, like that of `explorer.maths.yolo`

    @property
    def best(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The likeliest class of each box, and its score, flat."""
        return self.kinds.ravel().astype(np.int64), self.scores.ravel()

    def score(self, at: tuple[int, int, int], index: int) -> float:
        """Of a class at an anchor, row and column; nan where it is none of the best and not the likeliest."""
        if int(self.kinds[at]) == index:
            return float(self.scores[at])
        place = int(np.ravel_multi_index(at, self.scores.shape))
        return next((chance for kind, chance, _ in self.several(place) if kind == index), float("nan"))

    def candidates(self, least: float) -> Candidates:
        """What scores above `least`, the best first."""
        at = np.flatnonzero(self.chances > least)
        places = self.places[at]
        found = Candidates(self.boxes.reshape(-1, 4)[places], self.classes_there[at], self.chances[at], places)
        order = np.argsort(-found.scores, kind="stable")
        return found.taken(order[np.isfinite(found.boxes[order]).all(1)])


def decoded(
    anchors: tuple[tuple[float, float], ...], offsets: Floats, rule: Offsets, step: tuple[float, float], start: float,
    inside: tuple[float, float],
) -> Floats:  # fmt: skip
    """The boxes (A, H, W, 4) that offsets (A, H, W, 4) tell from anchors, in pixels of the input, cut off where the
    picture ends; for the rest see `Anchored`."""
    _, rows, columns, _ = offsets.shape
    places = np.zeros(offsets.shape)
    places[..., 0] = (np.arange(columns) + start) * step[1]
    places[..., 1] = ((np.arange(rows) + start) * step[0])[:, None]
    places[..., 2:] = np.array(anchors)[:, None, None]
    return within(sides_of(places, offsets.astype(np.float64), rule), inside)
