"""A picture with the window that slides over it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from explorer.ui import theme
from explorer.ui.pictures.box_sheet import ARROWS
from explorer.ui.pictures.sheet import Sheet


class WindowSheet(Sheet):
    """The window goes in steps: arrows take one, the mouse takes it to where it points."""

    asked = Signal(int, int)  # row and column of the window among all

    def __init__(self, window: int, stride: int) -> None:
        super().__init__((1.0, 1.0))
        self._window, self._stride = window, stride
        self.cell = (0, 0)
        self.setAccessibleName("Picture with the sliding window")

    @property
    def places(self) -> int:
        """Windows across, and as many down."""
        return (int(self.extent[0]) - self._window) // self._stride + 1

    def paint_on(self, painter: QPainter) -> None:
        top, left = (place * self._stride for place in self.cell)
        outline = self.outline((left, top, left + self._window, top + self._window))
        for tone, line in ((QColor("black"), 5), (QColor(theme.current().accent), 3)):
            painter.setPen(QPen(tone, line))
            painter.drawRect(outline)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def _follow(self, event: QMouseEvent) -> None:
        """Put the window's middle under the pointer, as near as its steps go."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            x, y = self.on_sheet(event.position())
            self.asked.emit(*(self._held(round((at - self._window / 2) / self._stride)) for at in (y, x)))

    def _held(self, place: int) -> int:
        return min(max(place, 0), self.places - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS:
            across, down = ARROWS[Qt.Key(event.key())]
            self.asked.emit(self._held(self.cell[0] + down), self._held(self.cell[1] + across))
        else:
            super().keyPressEvent(event)
