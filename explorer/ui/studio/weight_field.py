"""A field for how much something counts beside others."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from explorer.probes.style import MOST_WEIGHT
from explorer.ui.controls.words import plain_tip
from explorer.ui.controls.written import Written
from explorer.ui.theme import GRID


class WeightField(Written):
    """A number from 0 to a million; up, down and the wheel step it. What is no such number is not taken."""

    weighed = Signal(float)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__("fraction", 0, MOST_WEIGHT)
        self._tip = tip
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(tip))
        self.setFixedWidth(9 * GRID)
        self.entered.connect(self._take)

    def _take(self, value: Any) -> None:
        sound = isinstance(value, int | float) and 0 <= value <= MOST_WEIGHT
        self.setToolTip(plain_tip(self._tip if sound else f"A weight is a number from 0 to {MOST_WEIGHT:,.0f}."))
        if sound:
            self.weighed.emit(float(value))
