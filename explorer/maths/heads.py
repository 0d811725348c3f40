"""The boxes of all heads together: decoded once, then chosen from by thresholds as often as somebody likes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.maths.anchored import Anchored
from explorer.maths.box_records import Spot, Thresholds
from explorer.maths.head_records import Head, Heads
from explorer.maths.records import Guess
from explorer.maths.regions import Looked, LookedGrid
from explorer.maths.suppression import kept, measured
from explorer.maths.yolo import Candidates, Grid, candidates, decoded

MOST = 10_000
"""Only so many boxes, the best, are compared with each other: a network with random weights has a million."""


class RawBoxes:
    """Every box of every head, before any threshold; N of them, counted through heads, anchors, rows and columns."""

    def __init__(self, heads: Heads) -> None:
        self.heads = heads
        self.grids = tuple(_grid(head, heads) for head in heads.heads)
        self._starts = np.cumsum([0, *(grid.objectness.size for grid in self.grids)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(N, 4) left, top, right, bottom in pixels of the picture."""
        shares = [grid.boxes.reshape(-1, 4) for grid in self.grids]
        return self.in_picture(np.concatenate([np.zeros((0, 4), np.float32), *shares]))

    @cached_property
    def best(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """(N,) the likeliest class of each box, and (N,) its score."""
        kinds, scores = [grid.best[0] for grid in self.grids], [grid.best[1] for grid in self.grids]
        return np.concatenate([np.zeros(0, np.int64), *kinds]), np.concatenate([np.zeros(0, np.float32), *scores])

    def in_picture(self, shares: NDArray[np.floating]) -> NDArray[np.float64]:
        """Boxes (…, 4) from shares of the network's input to pixels of the picture."""
        heads = self.heads
        size = np.array(heads.size[::-1] * 2, np.float64) * np.array(heads.scale * 2)
        boxes: NDArray[np.float64] = shares * size + np.array(heads.corner * 2)
        return boxes

    def spot(self, place: int) -> Spot:
        """Where box number `place` comes from."""
        head = int(np.searchsorted(self._starts, place, "right")) - 1
        at = np.unravel_index(place - int(self._starts[head]), self.grids[head].objectness.shape)
        return Spot(head, *map(int, at))

    def place(self, spot: Spot) -> int:
        """The number of a box."""
        grid = self.grids[spot.head].objectness.shape
        return int(self._starts[spot.head] + np.ravel_multi_index((spot.anchor, spot.row, spot.column), grid))

    def score(self, spot: Spot, index: int) -> float:
        """The score of a class; nan where it is not known."""
        return self.grids[spot.head].score((spot.anchor, spot.row, spot.column), index)

    def candidates(self, thresholds: Thresholds) -> Candidates:
        """What scores above the least, of classes that count: the best `MOST`."""
        found = self._above(self.heads.filled(thresholds).least)
        if thresholds.hidden:
            found = found.taken(np.flatnonzero(~np.isin(found.classes, list(thresholds.hidden))))
        return found.taken(range(min(len(found), MOST)))

    def found(self, thresholds: Thresholds, count: int) -> Candidates:
        """The best `count` of what suppression leaves of that."""
        limits = self.heads.filled(thresholds)
        most = min(count, self.heads.most or count)
        return kept(self.candidates(thresholds), limits.overlap, measured(limits), most)

    def _above(self, least: float) -> Candidates:
        grids = [grid for grid in self.grids if isinstance(grid, Grid)]
        if len(grids) == len(self.grids):
            return candidates(grids, least)
        parts = [grid.candidates(least) for grid in self.grids]
        together = Candidates(
            np.concatenate([np.zeros((0, 4), np.float32), *(part.boxes for part in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(part.classes for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
            np.concatenate(
                [np.zeros(0, np.int64), *(part.places + at for part, at in zip(parts, self._starts, strict=False))]
            ),
        )
        return together.taken(np.argsort(-together.scores, kind="stable"))

    def guesses(self, thresholds: Thresholds, count: int) -> tuple[Guess, ...]:
        """The same as guesses, with their boxes in pixels of the picture."""
        found = self.found(thresholds, count)
        boxes = self.in_picture(found.boxes).tolist()
        return tuple(
            Guess(self.heads.label(int(i)), int(i), float(score), (x1, y1, x2, y2), place=int(place))
            for i, score, (x1, y1, x2, y2), place in zip(
                found.classes, found.scores, boxes, found.places, strict=True
            )
        )  # fmt: skip


def _grid(head: Head | Anchored | Looked, heads: Heads) -> Grid | Anchored | LookedGrid:
    if isinstance(head, Anchored):
        return head
    if isinstance(head, Looked):
        return LookedGrid(head, heads.size, heads.inside)
    return decoded(head.values, head.anchors, heads.size, head.growth)
