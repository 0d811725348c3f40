"""Non-maximum suppression of all classes at once, where boxes are mostly apart: only pairs that touch are measured.

Boxes of a class are gone through from left to right, each with those that begin before it ends (a sweep line: Shamos &
Hoey 1976, Geometric intersection problems); where two of them touch from top to bottom, too, their overlap is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

CROWDED = 32
"""Pairs beside each other for each box of a class from which on many lie on top of each other."""
ROUNDING = 2.0**-50
"""Relative: some times what an operation in double precision rounds away."""


def pairs(boxes: Numbers, classes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
    """The pairs of boxes (N, 4) of one class that touch, the first of each with the lower number: (P,) twice.

    Also the classes that are crowded, of which no pair is among them.
    """
    count = len(boxes)
    if count < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), []
    order = np.lexsort((boxes[:, 0], classes))
    kinds = classes[order]
    new = kinds[1:] != kinds[:-1]
    starts = np.concatenate([[0], np.flatnonzero(new) + 1])
    left, right = _apart(boxes[order], np.concatenate([[0], np.cumsum(new)]))
    behind = np.searchsorted(left, right) - np.arange(1, count + 1)  # boxes after each that begin before it ends
    np.maximum(behind, 0, out=behind)
    sizes = np.diff(np.append(starts, count))
    crowded = np.add.reduceat(behind, starts) > CROWDED * sizes
    behind[np.repeat(crowded, sizes)] = 0
    one = np.repeat(np.arange(count), behind)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(behind) - behind, behind)
    one, other = order[one], order[other]
    top, bottom = boxes[:, 1], boxes[:, 3]
    touch = np.minimum(bottom[one], bottom[other]) > np.maximum(top[one], top[other])
    one, other = one[touch], other[touch]
    return np.minimum(one, other), np.maximum(one, other), kinds[starts[crowded]].tolist()


def _apart(boxes: Numbers, rows: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Left and right sides (N,) with the classes beside each other in their order, row by row, so that one search does
    for all; a box ends a little later, by more than rounding takes: what it does not touch is measured, and left."""
    left, right = boxes[:, 0].astype(np.float64), boxes[:, 2].astype(np.float64)
    low = left.min()
    wide = max(float(right.max()), float(left.max())) - low
    step = 2 * wide + 1e-300  # some width, for boxes that have none
    left, right = (side - low + step * rows for side in (left, right))
    return left, right + (len(boxes) + 1) * step * ROUNDING


def stays(
    boxes: Numbers, classes: NDArray[np.int64], limit: float, measure: Callable[[Numbers, Numbers], Numbers]
) -> tuple[NDArray[np.bool_], list[int]]:
    """(N,) which boxes (N, 4), the best first, suppression leaves; and the classes it has not looked at: too crowded.

    limit: at least 0. measure: at most 0 where two boxes share nothing.
    """
    better, worse, crowded = pairs(boxes, classes)
    over = measure(boxes[better], boxes[worse]) > np.float64(limit)  # else float32 rounds the limit
    better, worse = better[over], worse[over]
    turns = np.argsort(better, kind="stable")
    there = [True] * len(boxes)
    for one, other in zip(better[turns].tolist(), worse[turns].tolist(), strict=True):
        if there[one]:  # all that are better than it have had their turn
            there[other] = False
    return np.array(there, bool), crowded
