"""Non-maximum suppression of all classes at once, where boxes are mostly apart: only pairs that touch are measured.

Boxes of a class are gone through from left to right, each with those that begin before it ends (a sweep line: Shamos &
Hoey 1976, Geometric intersection problems); where two of them touch from top to bottom, too, their overlap is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

CROWDED = 32
"""Pairs beside each other for each box of a class from which on many lie on top of each other."""


def pairs(boxes: Numbers, classes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
    """The pairs of boxes (N, 4) of one class that share an area, the first of each with the lower number: (P,) twice.

    Also the classes that are crowded, of which no pair is among them.
    """
    order = np.lexsort((boxes[:, 0], classes))
    kinds, left, right = classes[order], boxes[order, 0], boxes[order, 2]
    count = len(order)
    ends = [*(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), count]
    behind, crowded = np.zeros(count, np.int64), []  # how many boxes after each begin before it ends
    for start, end in pairwise([0, *ends]):
        if end - start > 1:
            reach = np.searchsorted(left[start:end], right[start:end]) - np.arange(1, 1 + end - start)
            np.maximum(reach, 0, out=reach)
            if reach.sum() > CROWDED * (end - start):
                crowded.append(int(kinds[start]))
            else:
                behind[start:end] = reach
    one = np.repeat(np.arange(count), behind)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(behind) - behind, behind)
    one, other = order[one], order[other]
    top, bottom = boxes[:, 1], boxes[:, 3]
    touch = np.minimum(bottom[one], bottom[other]) > np.maximum(top[one], top[other])
    one, other = one[touch], other[touch]
    return np.minimum(one, other), np.maximum(one, other), crowded


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
