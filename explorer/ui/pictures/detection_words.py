"""What is said of cells and boxes of a detector, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.head_records import Heads, Spot
from explorer.maths.records import Guess

if TYPE_CHECKING:  # the window is on the screen sooner without numpy
    from explorer.maths.heads import RawBoxes


def read_at(heads: Heads, cell: Spot, anchor: int | None) -> str:
    """p_c in a cell: of one anchor, or the most of all with each of them."""
    from explorer.maths.midpoints import objectness

    where = f"{heads.heads[cell.head].node} · row {cell.row}, column {cell.column}"
    value = float(objectness(heads, cell.head, anchor)[cell.row, cell.column])
    if anchor is not None:
        return f"{where} · anchor {anchor + 1}: p_c = {value:.4f}"
    count = len(heads.heads[cell.head].anchors)
    each = (float(objectness(heads, cell.head, number)[cell.row, cell.column]) for number in range(count))
    return f"{where} · p_c = {value:.4f}, the most of {', '.join(f'{one:.4f}' for one in each)}"


def together(raw: RawBoxes, guesses: tuple[Guess, ...]) -> str:
    """A sentence on the boxes that were found in one cell, "" where each has a cell of its own."""
    from explorer.maths.midpoints import shared

    spots = [raw.spot(guess.place) for guess in guesses]
    told = []
    for group in shared(spots):
        head, row, column = spots[group[0]].head, spots[group[0]].row, spots[group[0]].column
        takes = [f"anchor {spots[number].anchor + 1} holds {guesses[number].label}" for number in group]
        told.append(f"row {row}, column {column} of {raw.heads.heads[head].node}: {', '.join(takes)}")
    return f"Found in one cell, {'; '.join(told[:3])}." if told else ""
