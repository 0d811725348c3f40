"""Which cell owns a box's midpoint, which anchor takes the box, and what happens where two want the same.

Source: Redmon et al. 2016, You only look once, arXiv:1506.02640, section 2: the cell in which the middle falls;
Redmon & Farhadi 2018, arXiv:1804.02767, section 2.1: of its anchors the one that overlaps the box best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.maths.box_records import Spot
from explorer.maths.boxes import Box
from explorer.maths.head_records import Heads


@dataclass(frozen=True)
class Claim:
    """What a box asks for: a cell, one of its anchors, and how well each of them fits, as IoU of the sizes alone.

    spot is None where the middle lies outside the network's input. lost: a box that came before has it already.
    """

    spot: Spot | None
    overlaps: tuple[float, ...]
    lost: bool = False


def claims(boxes: Sequence[Box], heads: Heads, number: int) -> tuple[Claim, ...]:
    """What each box, in pixels of the picture, asks of head `number`; the boxes come one after the other."""
    head = heads.heads[number]
    rows, columns = head.cells
    taken: set[Spot] = set()
    found: list[Claim] = []
    for left, top, right, bottom in boxes:
        x = ((left + right) / 2 - heads.corner[0]) / heads.scale[0] / heads.size[1] * columns
        y = ((top + bottom) / 2 - heads.corner[1]) / heads.scale[1] / heads.size[0] * rows
        size = (right - left) / heads.scale[0], (bottom - top) / heads.scale[1]
        overlaps = tuple(of_sizes(size, anchor) for anchor in head.anchors)
        inside = 0 <= x < columns and 0 <= y < rows
        spot = Spot(number, int(np.argmax(overlaps)), int(y), int(x)) if inside else None
        found.append(Claim(spot, overlaps, spot in taken))
        if spot is not None:
            taken.add(spot)
    return tuple(found)


def of_sizes(a: tuple[float, float], b: tuple[float, float]) -> float:
    """IoU of two boxes (width, height) with one middle."""
    both = min(a[0], b[0]) * min(a[1], b[1])
    union = a[0] * a[1] + b[0] * b[1] - both
    return both / union if union else 0.0


def shared(spots: Iterable[Spot]) -> list[list[int]]:
    """Which of some boxes have their middles in one cell: the numbers of those in each cell with more than one."""
    cells: dict[tuple[int, int, int], list[int]] = {}
    for number, spot in enumerate(spots):
        cells.setdefault((spot.head, spot.row, spot.column), []).append(number)
    return [numbers for numbers in cells.values() if len(numbers) > 1]


def cell_box(heads: Heads, spot: Spot) -> Box:
    """A cell, in pixels of the picture."""
    rows, columns = heads.heads[spot.head].cells
    return _placed(heads, spot.column / columns, spot.row / rows, (spot.column + 1) / columns, (spot.row + 1) / rows)


def anchor_box(heads: Heads, spot: Spot) -> Box:
    """The anchor, or region, that a box is told from, in pixels of the picture."""
    x, y, width, height = heads.heads[spot.head].anchor_at(spot, heads.size)
    high, wide = heads.size
    left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    return _placed(heads, left / wide, top / high, right / wide, bottom / high)


def whole_box(heads: Heads) -> Box:
    """The network's input, in pixels of the picture."""
    return _placed(heads, 0, 0, 1, 1)


def cell_at(heads: Heads, number: int, x: float, y: float) -> tuple[int, int] | None:
    """Row and column of a head's cell at a point of the picture; None outside the input."""
    rows, columns = heads.heads[number].cells
    left, top, right, bottom = whole_box(heads)
    column, row = (x - left) / (right - left) * columns, (y - top) / (bottom - top) * rows
    return (int(row), int(column)) if 0 <= column < columns and 0 <= row < rows else None


def objectness(heads: Heads, number: int, anchor: int | None) -> NDArray[np.float32]:
    """p_c in each cell (H, W) of a head: of one anchor, or the most of all."""
    there = heads.heads[number].objectness
    found: NDArray[np.float32] = there.max(0) if anchor is None else there[anchor]
    return found


def _placed(heads: Heads, left: float, top: float, right: float, bottom: float) -> Box:
    (x, y), (across, down) = heads.corner, heads.scale
    width, height = heads.size[1] * across, heads.size[0] * down
    return x + left * width, y + top * height, x + right * width, y + bottom * height
