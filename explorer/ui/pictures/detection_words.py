"""What is said of cells and boxes of a detector, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.box_records import Spot
from explorer.maths.head_records import Head, Heads
from explorer.maths.records import Guess
from explorer.ui.pictures.detection_layers import LAYERS

if TYPE_CHECKING:  # the window is on the screen sooner without numpy
    from explorer.maths.anchored import Anchored
    from explorer.maths.heads import RawBoxes
    from explorer.maths.regions import Looked


def read_at(heads: Heads, cell: Spot, anchor: int | None) -> str:
    """p_c in a cell: of one anchor, or the most of all with each of them."""
    from explorer.maths.midpoints import objectness

    where = f"row {cell.row}, column {cell.column}"
    value = float(objectness(heads, cell.head, anchor)[cell.row, cell.column])
    if anchor is not None:
        return f"{where} · anchor {anchor + 1}: p_c = {value:.4f}"
    count = len(heads.heads[cell.head].anchors)
    each = (float(objectness(heads, cell.head, number)[cell.row, cell.column]) for number in range(count))
    return f"{where} · p_c = {value:.4f}, the most of {', '.join(f'{one:.4f}' for one in each)}"


def place_in_words(heads: Heads, spot: Spot) -> str:
    """Which cell and anchor, or which region, a box is told from."""
    head = heads.heads[spot.head]
    _, _, width, height = head.anchor_at(spot, heads.size)
    if not head.grid:
        return f"region {spot.column + 1} of {head.cells[1]:,}: {width:.3g} × {height:.3g}"
    return f"row {spot.row}, column {spot.column} · anchor {spot.anchor + 1}: {width:.3g}×{height:.3g}"


def head_in_words(head: Head | Anchored | Looked) -> str:
    """Its node, and how many cells or regions it has."""
    rows, columns = head.cells
    return f"{head.node} · {rows} × {columns} cells" if head.grid else f"{head.node} · {columns:,} regions"


def applying(head: Head | Anchored | Looked) -> frozenset[str]:
    """Which of the layers in `detection_layers` say something of such a head: regions are no grid, and a cell owns
    midpoints in YOLO only."""
    without = set() if head.owns else {"Midpoints"}
    return frozenset(LAYERS) - without - (set() if head.grid else {"Grid", "Anchors", "p_c"})


def together(raw: RawBoxes, guesses: tuple[Guess, ...]) -> str:
    """A sentence on the boxes that were found in one cell, "" where each has a cell of its own."""
    from explorer.maths.midpoints import shared

    if not all(head.owns for head in raw.heads.heads):
        return ""
    spots = [raw.spot(guess.place) for guess in guesses]
    told = []
    for group in shared(spots):
        head, row, column = spots[group[0]].head, spots[group[0]].row, spots[group[0]].column
        takes = [f"anchor {spots[number].anchor + 1} holds {guesses[number].label}" for number in group]
        told.append(f"row {row}, column {column} of {raw.heads.heads[head].node}: {', '.join(takes)}")
    return f"Found in one cell, {'; '.join(told[:3])}." if told else ""
