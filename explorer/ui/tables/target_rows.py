"""What stands in one cell of a detector's target, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.maths.targets import entry_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ANY = "?"
"""Stands where p_c is 0: the loss does not look there."""


def target_rows(vector: NDArray[np.float64], classes: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """The head, and for each number of a cell's A·(5 + C) its name and what each anchor has there."""
    names = entry_names(classes)
    parts = vector.reshape(-1, len(names)).tolist()
    rows = [
        [name, *(f"{part[row]:.4g}" if part[0] or row == 0 else ANY for part in parts)]
        for row, name in enumerate(names)
    ]
    return ["number", *(f"anchor {number}" for number in range(1, len(parts) + 1))], rows
