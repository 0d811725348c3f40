"""Shapes of boxes as points, width to the right and height downwards, with the anchors as boxes from the corner."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.pictures.class_colours import class_colour, text_on
from explorer.ui.pictures.point_sheet import PointSheet
from explorer.ui.pictures.sheet import MARGIN

STEP = 0.005
"""Shares of the picture."""
QUARTERS = (0.25, 0.5, 0.75, 1.0)


class ShapePlane(PointSheet):
    """A click adds a box of that width and height; each point has the colour of its anchor."""

    def __init__(self) -> None:
        super().__init__((1.0, 1.0), STEP, growing=True)
        self.setAccessibleName("Widths and heights of boxes")
        self._owners: list[int] = []
        self._anchors: list[tuple[float, float]] = []

    def show_anchors(self, anchors: list[tuple[float, float]], owners: list[int]) -> None:
        """Show other anchors, and which one each point belongs to."""
        self._anchors, self._owners = anchors, owners
        self.update()

    def paint_on(self, painter: QPainter) -> None:
        self._draw_axes(painter)
        painter.setPen(QPen(QColor("black"), 0.8))
        for place, point in enumerate(self.points):
            owner = self._owners[place] if place < len(self._owners) else -1
            painter.setBrush(class_colour(owner) if owner >= 0 else QColor(theme.current().dim))
            painter.drawEllipse(self.on_widget(*point), 4 * self.larger, 4 * self.larger)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(self.words())
        for number, (wide, high) in enumerate(self._anchors):
            outline = self.outline((0, 0, wide, high))
            for tone, line in ((QColor("black"), 4), (class_colour(number), 2)):
                painter.setPen(QPen(tone, line))
                painter.drawRect(outline)
            plate = QRectF(0, 0, MARGIN * self.larger, MARGIN * self.larger)
            plate.moveCenter(outline.bottomRight())
            painter.fillRect(plate, class_colour(number))
            painter.setPen(text_on(class_colour(number)))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        if self.points:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.drawEllipse(self.on_widget(*self.points[self.chosen]), 8 * self.larger, 8 * self.larger)

    def _draw_axes(self, painter: QPainter) -> None:
        colours = theme.current()
        painter.setFont(self.words())
        margin = MARGIN * self.larger
        for share in QUARTERS:
            painter.setPen(QColor(colours.dot))
            painter.drawLine(self.on_widget(share, 0), self.on_widget(share, 1))
            painter.drawLine(self.on_widget(0, share), self.on_widget(1, share))
            painter.setPen(QColor(colours.dim))
            above = QRectF(0, 0, 6 * margin, margin)
            above.moveCenter(self.on_widget(share, 0) - QPointF(0, margin / 2))
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{share:.0%}" + " width" * (share == 0.5))
            beside = QRectF(self.on_widget(1, share) + QPointF(-6 * margin - 3, -margin), QSizeF(6 * margin, margin))
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight, f"{share:.0%}" + " height" * (share == 0.5))
