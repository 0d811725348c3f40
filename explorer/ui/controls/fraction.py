"""Fields for numbers that go up and down in steps, written alike in every language."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox


class Fraction(QDoubleSpinBox):
    """Written with a point in every language, as all numbers here; a comma that is typed is one, too.

    Qt goes by the system's language: a point, and in English a comma, is left out there as what parts thousands.
    """

    def __init__(self, low: float, high: float, step: float, decimals: int) -> None:
        super().__init__(minimum=low, maximum=high, singleStep=step, decimals=decimals)
        self.setLocale(QLocale.c())
        self.setKeyboardTracking(False)

    def validate(self, text: str, position: int) -> Any:
        return super().validate(text.replace(",", "."), position)


class Whole(QSpinBox):
    """A whole number with the digits 0 to 9 in every language; who types one is done with it at Enter or elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setKeyboardTracking(False)
