"""A drawing, as large as there is room for it."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.maths.drawing import Drawing
from explorer.ui import theme
from explorer.ui.theme import GRID
from explorer.workspace.painting import paint

CHECKS = "#ffffff", "#e4e7ec"
"""What shows through where nothing is drawn."""

SLICE = 0.008
"""Seconds of painting in a frame; a figure of a thousand layers takes a tenth of a second."""
AT_ONCE = 100
"""Shapes between two looks at the clock."""


class DrawingView(QWidget):
    """Shows a page with a drawing on it."""

    def __init__(self) -> None:
        super().__init__()
        self.drawing: Drawing | None = None
        self.transparent = False
        self._picture: QPixmap | None = None  # of the drawing, as far as it is painted
        self._painted = 0
        self.setAccessibleName("Preview of the figure")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40 * GRID, 30 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(90 * GRID, 70 * GRID)

    def show_drawing(self, drawing: Drawing | None, transparent: bool = False) -> None:
        """Show this one from now on, or none; transparent: with a chequered ground behind it."""
        self.drawing, self.transparent = drawing, transparent
        self._picture = None
        words = [label.text for label in drawing.labels] if drawing else []
        self.setAccessibleDescription(", ".join(words[:200]))
        self.update()

    @property
    def page(self) -> QRectF:
        """Where the drawing lies, pixels; empty without one."""
        if self.drawing is None:
            return QRectF()
        room = QRectF(self.rect()).adjusted(GRID, GRID, -GRID, -GRID)
        scale = min(room.width() / self.drawing.width, room.height() / self.drawing.height)
        page = QRectF(0, 0, scale * self.drawing.width, scale * self.drawing.height)
        page.moveCenter(room.center())
        return page

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.drawing is None:
            return
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._painted = 0
        if self._painted < len(self.drawing.shapes):
            self._go_on(self.drawing, self._picture)
        page = self.page
        with QPainter(self) as painter:
            painter.fillRect(page, QColor(CHECKS[0]))
            if self.transparent:
                painter.setBrushOrigin(page.topLeft())
                painter.fillRect(page, QBrush(chequered()))
            painter.setPen(QColor(theme.current().edge))
            painter.drawRect(page)
            painter.drawPixmap(0, 0, self._picture)

    def _go_on(self, drawing: Drawing, picture: QPixmap) -> None:
        """Paint as many more shapes as there is time for; the rest comes with the next frames."""
        page, begun = self.page, perf_counter()
        with QPainter(picture) as painter:
            painter.translate(page.topLeft())
            painter.scale(page.width() / drawing.width, page.width() / drawing.width)
            while self._painted < len(drawing.shapes) and perf_counter() - begun < SLICE:
                some = drawing.shapes[self._painted : self._painted + AT_ONCE]
                paint(painter, replace(drawing, shapes=some))
                self._painted += AT_ONCE
        if self._painted < len(drawing.shapes):
            QTimer.singleShot(0, self.update)


def chequered() -> QPixmap:
    """Four squares that are laid beside each other; light, for what is drawn is meant for paper."""
    squares = QPixmap(2 * GRID, 2 * GRID)
    squares.fill(QColor(CHECKS[0]))
    with QPainter(squares) as painter:
        for corner in (0, GRID):
            painter.fillRect(corner, corner, GRID, GRID, QColor(CHECKS[1]))
    return squares
