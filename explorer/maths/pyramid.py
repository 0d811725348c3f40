"""What a network that slid over a picture in many sizes proposes: the boxes of each size, and of all sizes together.

Source: Zhang et al. 2016, arXiv:1604.02878, section II; the pixels are counted as in the Python package mtcnn 1.0.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.boxes import Box
from explorer.maths.cascade import MOST, proposed, unrivalled
from explorer.maths.worked import Worked, power

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Field:
    """What a unit of the network sees: `window` × `window` pixels, the next unit `step` further."""

    window: int
    step: int


@dataclass(frozen=True, eq=False)
class Slid:
    """What the network said of the picture in one size.

    scale: how much smaller that is. size: its height and width. numbers: (6, H, W), the chances of nothing and of
    something, and how far the four sides lie from those of what the unit sees, in parts of it.
    """

    scale: float
    size: tuple[int, int]
    numbers: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Proposed:
    """Boxes (N, 4) in pixels of the picture, the highest chance first, their chances (N,), and which are left (N,)
    when a better one has dropped those that it overlaps."""

    boxes: Floats
    chances: Floats
    kept: NDArray[np.bool_]

    @property
    def left(self) -> tuple[Floats, Floats]:
        """Boxes and chances of those that are left."""
        return self.boxes[self.kept], self.chances[self.kept]


def of_one_size(slid: Slid, field: Field, least: float, within: float) -> Proposed:
    """The best `MOST` boxes with chances above `least`, and which of them overlap no better one by more than
    `within`."""
    boxes, chances = proposed(slid.numbers, least, field.window, field.step)
    boxes, chances = boxes[:MOST] / slid.scale, chances[:MOST]
    return Proposed(boxes, chances, unrivalled(boxes, within))


def of_all_sizes(sizes: Sequence[Proposed], overlap: float) -> Proposed:
    """What each size has left, the best `MOST` of it, and which of these overlap no better one by more than
    `overlap`."""
    left = [size.left for size in sizes]
    boxes = np.concatenate([np.zeros((0, 4)), *(boxes for boxes, _ in left)])
    chances = np.concatenate([np.zeros(0), *(chances for _, chances in left)])
    best = np.argsort(-chances, kind="stable")[:MOST]
    boxes, chances = boxes[best], chances[best]
    return Proposed(boxes, chances, unrivalled(boxes, overlap))


def window_of(row: int, column: int, scale: float, field: Field) -> tuple[float, float, float, float]:
    """What one unit sees, in pixels of the picture: left, top, right, bottom."""
    left, top = column * field.step, row * field.step
    return left / scale, top / scale, (left + field.window) / scale, (top + field.window) / scale


def surest(sizes: Sequence[Slid]) -> tuple[int, tuple[int, int]]:
    """The size with the largest chance of all, and its row and column there."""
    chances = [float(size.numbers[1].max()) for size in sizes]
    place = chances.index(max(chances))
    row, column = divmod(int(sizes[place].numbers[1].argmax()), sizes[place].numbers.shape[2])
    return place, (row, column)


def nearest(sizes: Sequence[Slid], field: Field, window: Box) -> int:
    """The size whose windows are most nearly as large as this one of the picture."""
    apart = [abs(log(field.window / size.scale / (window[2] - window[0]))) for size in sizes]
    return apart.index(min(apart))


def listed(boxes: Floats) -> list[Box]:
    """Boxes (n, 4) as tuples."""
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in boxes.tolist()]


def worked_scale(smallest: int, factor: float, number: int, field: Field) -> Worked:
    """How much smaller the picture becomes in its size `number`, counted from 0."""
    first = Worked("w", field.window) / Worked("m", smallest)
    return first * power(Worked("f", factor), Worked("i", number)) if number else first


def worked_sides(slid: Slid, row: int, column: int, field: Field) -> dict[str, Worked]:
    """The box of one unit in pixels of the picture. The package counts a window's pixels from 1 to w, so that its
    sides are w − 1 apart; each of them is moved by its number t."""
    scale, step = Worked("s", slid.scale), Worked("k", field.step)
    apart = Worked("w", field.window) - 1
    sides = {}
    for place, (name, letter, cell, start) in enumerate((
        ("left", "c", column, 1), ("top", "r", row, 1),
        ("right", "c", column, Worked("w", field.window)), ("bottom", "r", row, Worked("w", field.window)),
    )):  # fmt: skip
        move = Worked(f"t_{name}", float(slid.numbers[2 + place, row, column]))
        sides[name] = (step * Worked(letter, cell) + start + move * apart) / scale
    return sides
