"""A drawing, as large as there is room for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.maths.drawing import Drawing
from explorer.ui import theme
from explorer.ui.theme import GRID
from explorer.workspace.painting import paint

CHECKS = "#ffffff", "#e4e7ec"
"""What shows through where nothing is drawn."""


class DrawingView(QWidget):
    """Shows a page with a drawing on it."""

    def __init__(self) -> None:
        super().__init__()
        self.drawing: Drawing | None = None
        self.transparent = False
        self.setAccessibleName("Preview of the figure")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(40 * GRID, 30 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(90 * GRID, 70 * GRID)

    def show_drawing(self, drawing: Drawing | None, transparent: bool = False) -> None:
        """Show this one from now on, or none; transparent: with a chequered ground behind it."""
        self.drawing, self.transparent = drawing, transparent
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
        painter, page = QPainter(self), self.page
        painter.fillRect(page, QColor(CHECKS[0]))
        if self.transparent:
            painter.setBrushOrigin(page.topLeft())
            painter.fillRect(page, QColor(CHECKS[1]))
            painter.fillRect(page, Qt.BrushStyle.Dense4Pattern)
        painter.setPen(QColor(theme.current().edge))
        painter.drawRect(page)
        painter.translate(page.topLeft())
        painter.scale(page.width() / self.drawing.width, page.width() / self.drawing.width)
        paint(painter, self.drawing)
