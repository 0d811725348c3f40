"""Landmarks as outputs of a network: two numbers for each point, always in the same order."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]
"""x and y in shares of the picture."""


def landmark_vector(points: Sequence[Point]) -> list[float]:
    """1 for “there is a face”, then x and y of each point: 2·k + 1 numbers."""
    return [1.0, *(value for point in points for value in point)]


def renumbered(points: Sequence[Point], by: int) -> list[Point]:
    """The same points, each with the number of the one `by` places before it."""
    by %= len(points) or 1
    return [*points[by:], *points[:by]]


def squared_error(a: Sequence[Point], b: Sequence[Point]) -> float:
    """What the loss makes of two labels of one face: the sum of all squared differences of their numbers."""
    pairs = zip(landmark_vector(a), landmark_vector(b), strict=True)
    return sum((x - y) ** 2 for x, y in pairs)


def between(a: Sequence[Point], b: Sequence[Point]) -> list[Point]:
    """What a network learns from two labels of one face: their mean has the least squared error to both."""
    return [((p[0] + q[0]) / 2, (p[1] + q[1]) / 2) for p, q in zip(a, b, strict=True)]
