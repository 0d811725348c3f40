"""Rows that follow each other, taken together: one range is selected at once, 3,000 rows one by one in some frames."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelectionModel


def selected_rows(model: QItemSelectionModel) -> list[int]:
    """The rows of which something is selected, from above. `selectedRows` would ask each of them for each column."""
    ranges = model.selection().toList()
    return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of rows, from above; each row counts once."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
