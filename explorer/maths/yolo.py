"""From the numbers of a YOLO head to boxes: where each is, what it may hold, and which are worth a look.

b_x = (σ(t_x) + column) / W, b_w = p_w·exp(t_w) / input width, and so on for y and h; these rules are functions that
`explorer.maths.decoding` runs on `Worked`; the score of a class is objectness · chance. Source: Redmon & Farhadi 2016,
YOLO9000, arXiv:1612.08242, section 2; 2018, arXiv:1804.02767, section 2.1. Where growth is "square", all t went through
a sigmoid before the head, and b_w = p_w·(2σ)²: Darknet's new_coords, Wang et al. 2020, arXiv:2011.08036.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Grid:
    """All boxes of one head. Where one lies is decoded when somebody looks at it: in a video that is one of hundreds.

    parts: (A, 5 + C, H, W), what the head put out, middles and chances between 0 and 1 already. anchors: (A, 2) width
    and height in pixels of the network's input, of which size is (height, width). growth: how the sides follow from
    the numbers, "exp" or "square". objectness: (A, H, W), whether something is there. chances: (C, A, H, W) of each
    class, if so; a head without classes finds one kind of thing, of which it is sure.
    """

    parts: Floats
    anchors: Floats
    size: tuple[int, int]
    growth: str
    objectness: Floats
    chances: Floats

    @cached_property
    def boxes(self) -> Floats:
        """(A, H, W, 4) left, top, right, bottom, as shares of the network's input, which they may leave."""
        return self.placed(np.arange(self.objectness.size)).reshape(*self.objectness.shape, 4)

    def placed(self, numbers: NDArray[np.int64]) -> Floats:
        """(N, 4) the same of some boxes, counted through anchors, rows and columns."""
        high, wide = self.objectness.shape[1:]
        anchor, row, column = np.unravel_index(numbers, self.objectness.shape)
        told = self.parts[anchor, :4, row, column].T
        p_w, p_h = self.anchors[anchor].T
        x, y = middle(told[0], column, wide), middle(told[1], row, high)
        with np.errstate(over="ignore", invalid="ignore"):  # an untrained head may say anything
            grown = squared(told[2:], np.power) if self.growth == "square" else np.exp(told[2:])
            w, h = side(p_w, grown[0], np.float32(self.size[1])), side(p_h, grown[1], np.float32(self.size[0]))
            return np.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), -1).astype(np.float32)

    @property
    def best(self) -> tuple[NDArray[np.int64], Floats]:
        """The likeliest class of each box, and its score, flat."""
        return self.chances.argmax(0).ravel(), (self.objectness * self.chances.max(0)).ravel()

    def score(self, at: tuple[int, int, int], index: int) -> float:
        """p_c times the chance of a class, at an anchor, row and column."""
        return float(self.objectness[at] * self.chances[(index, *at)])

    def candidates(self, least: float) -> Candidates:
        """What scores above `least`, the best first."""
        return candidates((self,), least)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Boxes of one class each, the highest score first; a box that may be two things is here twice.

    boxes: (N, 4) left, top, right, bottom. classes: (N,) whole numbers. scores: (N,) in [0, 1]. places: (N,) which of
    all boxes each is, counted through heads, anchors, rows and columns; −1 where it is of no head.
    """

    boxes: Floats
    classes: NDArray[np.int64]
    scores: Floats
    places: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        if len(self.places) != len(self.scores):
            object.__setattr__(self, "places", np.full(len(self.scores), -1))

    def __len__(self) -> int:
        return len(self.scores)

    def taken(self, at: Sequence[int] | NDArray[np.int64]) -> Candidates:
        """Those at some places of this list."""
        at = np.asarray(at, np.int64)
        return Candidates(self.boxes[at], self.classes[at], self.scores[at], self.places[at])


def within(share: Any, reach: Any) -> Any:
    """Where in its cell a middle is, from σ(t): with a reach above 1 it can get to the very edge and beyond.

    Numbers, arrays, tensors and `Worked` alike. Source: Bochkovskiy et al. 2020, YOLOv4, arXiv:2004.10934, section 3.3.
    """
    return share if reach == 1 else share * reach - (reach - 1) / 2


def middle(within: Any, cell: Any, cells: Any) -> Any:
    """b_x or b_y as a share of the input: place within the cell, the cell's number, how many cells there are."""
    return (within + cell) / cells


def squared(share: Any, square: Any) -> Any:
    """How many times its anchor a box is, from σ(t): at most four times. square: takes a number to a power."""
    return square(2 * share, 2)


def side(anchor: Any, growth: Any, whole: Any) -> Any:
    """b_w or b_h as a share of the input: the anchor's side, exp(t), and the input's side in the same pixels."""
    return anchor * growth / whole


def decoded(values: Floats, anchors: Sequence[tuple[float, float]], size: tuple[int, int], growth: str = "exp") -> Grid:
    """The boxes in what a head puts out (A·(5 + C), H, W), middles and chances between 0 and 1 already.

    For anchors, size and growth see Grid.
    """
    parts = values.reshape(len(anchors), -1, *values.shape[1:])  # [A, 5 + C, H, W]
    there, what = parts[:, 4], parts[:, 5:].swapaxes(0, 1)
    chances = what if len(what) else np.ones_like(there)[None]
    return Grid(parts, np.asarray(anchors, np.float32), size, growth, there, chances)


def candidates(grids: Sequence[Grid], least: float) -> Candidates:
    """What some heads hold with scores above `least`; boxes that are not finite are none."""
    boxes, classes, scores, places = [], [], [], []
    start = 0
    for grid in grids:
        near = np.nonzero(grid.objectness > least)  # no score is above it
        if not len(near[0]):  # as a rule, of most heads in a video's frame
            start += grid.objectness.size
            continue
        all_classes: tuple[Any, ...] = (slice(None), *near)
        found = grid.objectness[near] * grid.chances[all_classes]  # [C, N]
        kinds, at = np.nonzero(found > least)
        numbers = np.ravel_multi_index(near, grid.objectness.shape)[at]
        boxes.append(grid.placed(numbers))
        classes.append(kinds)
        scores.append(found[kinds, at])
        places.append(start + numbers)
        start += grid.objectness.size
    together = Candidates(
        np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
        np.concatenate([np.zeros(0, np.int64), *classes]),
        np.concatenate([np.zeros(0, np.float32), *scores]),
        np.concatenate([np.zeros(0, np.int64), *places]),
    )
    order = np.argsort(-together.scores, kind="stable")
    return together.taken(order[np.isfinite(together.boxes[order]).all(1)])
