"""A field for how much something counts beside others."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from explorer.ui.controls.words import plain_tip
from explorer.ui.controls.written import Written
from explorer.ui.theme import GRID

HIGHEST = 1e6


class WeightField(Written):
    """A number from 0 to a million; up, down and the wheel step it. What is no such number is not taken."""

    weighed = Signal(float)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__("fraction", 0, HIGHEST)
        self._tip = tip
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(tip))
        self.setFixedWidth(9 * GRID)
        self.entered.connect(self._take)

    def _take(self, value: Any) -> None:
        sound = isinstance(value, int | float) and 0 <= value <= HIGHEST
        self.setToolTip(plain_tip(self._tip if sound else "A weight is a number from 0 to 1000000."))
        if sound:
            self.weighed.emit(float(value))
