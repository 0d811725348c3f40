"""Which points are nearest to each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 4_000_000
"""Distances that are computed at once."""


def nearest(points: NDArray[np.float64], count: int) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.float64]]]:
    """For some of the points (N, D) after the other: which ones these are, the numbers of the `count` nearest other
    ones (M, count), the nearest first, and how far away they are (M, count). Every distance is looked at."""
    squares = (points**2).sum(1)
    step = max(1, BLOCK // max(1, len(points)))
    for first in range(0, len(points), step):
        some = slice(first, min(first + step, len(points)))
        apart = squares[some, None] + squares - 2 * points[some] @ points.T  # [M, N]
        rows = np.arange(apart.shape[0])
        apart[rows, rows + first] = np.inf  # a point is no neighbour of its own
        found = np.argpartition(apart, count - 1, 1)[:, :count]
        order = np.take_along_axis(apart, found, 1).argsort(1, kind="stable")
        found = np.take_along_axis(found, order, 1)
        yield some, found, np.sqrt(np.maximum(np.take_along_axis(apart, found, 1), 0))
