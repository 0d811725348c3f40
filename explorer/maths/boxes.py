"""Boxes as (left, top, right, bottom)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

Box = tuple[float, float, float, float]


def area(box: Box) -> float:
    """0 for a box without inside."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def share(box: Box, size: tuple[float, float]) -> Box:
    """A box in pixels of a picture of (width, height), in shares of it."""
    return box[0] / size[0], box[1] / size[1], box[2] / size[0], box[3] / size[1]


def pixels(box: Box, size: tuple[float, float]) -> Box:
    """A box in shares of a picture of (width, height), in its whole pixels."""
    return round(box[0] * size[0]), round(box[1] * size[1]), round(box[2] * size[0]), round(box[3] * size[1])


def overlap(a: Box, b: Box) -> Box:
    """The part both have; its area is 0 where they have none."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def iou(a: Box, b: Box) -> Fraction:
    """Intersection over union, from 0 to 1, exactly; 0 where both boxes are empty."""
    from fractions import Fraction  # late: who only draws boxes need not wait for it

    both = Fraction(area(overlap(a, b)))
    union = Fraction(area(a)) + Fraction(area(b)) - both
    return both / union if union else Fraction(0)
