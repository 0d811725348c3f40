"""A colour and a shape for each class, told apart also by colour-blind eyes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from explorer.maths.class_colours import HUES
from explorer.ui import theme

SHAPES = ("circle", "square", "triangle", "diamond")
MARKS = len(HUES) * len(SHAPES)
"""Classes that are told apart; further ones, and pictures of no known class, have a grey point."""
POINTS = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
}


def mark(place: int, size: int, ratio: float, faded: bool = False) -> QPixmap:
    """The mark of the class at this place among all, `size` pixels wide on a screen of this ratio; −1 is no class."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    colours = theme.current()
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        known = 0 <= place < MARKS
        painter.setOpacity(0.15 if faded else 1.0)
        painter.setPen(QPen(QColor(colours.text if known else colours.dim), 1))
        painter.setBrush(QColor(HUES[place % len(HUES)] if known else colours.edge))
        shape = SHAPES[place // len(HUES)] if known else "circle"
        middle, radius = QPointF(size / 2, size / 2), size / 2 - 2
        if shape == "circle":
            painter.drawEllipse(middle, radius, radius)
        else:
            painter.drawPolygon(QPolygonF([middle + QPointF(x, y) * radius / 1.3 for x, y in POINTS[shape]]))
    return pixmap
