"""A letter of the formulas beside what it stands for."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.formula_view import typesetter
from explorer.ui.controls.typesetting import LETTERS, Box
from explorer.ui.theme import GRID


class LetterLabel(QWidget):
    """One letter with its subscripts, dimmed, beside the name it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self._box: Box | None = None
        self._letter, self._larger = "", 1.0
        self.setFixedSize(3 * GRID, 3 * GRID)

    def say(self, letter: str) -> None:
        """Show another letter, or nothing."""
        self._letter = letter
        self._box = typesetter().leaf(letter, "") if letter else None
        self.update()

    def grow(self, larger: float) -> None:
        """Be drawn so many times as large as the theme's words."""
        if larger != self._larger:
            self._larger = larger
            self.setFixedSize(round(3 * GRID * larger), round(3 * GRID * larger))
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:  # another theme, whose words may be larger
            self.say(self._letter)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._box:
            with QPainter(self) as painter:
                painter.setPen(QColor(theme.current().dim))
                painter.scale(self._larger, self._larger)
                high = self.height() / self._larger
                self._box.draw(painter, 0, (high + self._box.up - self._box.down) / 2 + 1, LETTERS)
