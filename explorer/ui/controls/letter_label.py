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
        self._letter = ""
        self.setFixedSize(3 * GRID, 3 * GRID)

    def say(self, letter: str) -> None:
        """Show another letter, or nothing."""
        self._letter = letter
        self._box = typesetter().leaf(letter, "") if letter else None
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:  # another theme, whose words may be larger
            self.say(self._letter)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._box:
            with QPainter(self) as painter:
                painter.setPen(QColor(theme.current().dim))
                self._box.draw(painter, 0, (self.height() + self._box.up - self._box.down) / 2 + 1, LETTERS)
