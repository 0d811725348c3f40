"""A small sign for each family of layers: colour is not the only cue."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen


def paint_glyph(painter: QPainter, group: str, colour: QColor) -> None:
    """The family's sign in the square from (0, 0) to (12, 12)."""
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if group == "Window":  # a window on an image
        painter.drawRect(QRectF(0.5, 0.5, 11, 11))
        painter.fillRect(QRectF(2.5, 2.5, 5, 5), colour)
    elif group == "Activation":  # a hinge
        painter.drawPolyline([QPointF(0.5, 9.5), QPointF(5.5, 9.5), QPointF(11, 1.5)])
    elif group == "Norm":  # a bell
        bell = QPainterPath(QPointF(0.5, 10.5))
        bell.cubicTo(4.5, 10.5, 3.5, 1.5, 6, 1.5)
        bell.cubicTo(8.5, 1.5, 7.5, 10.5, 11.5, 10.5)
        painter.drawPath(bell)
    elif group == "Join":  # two into one
        painter.drawPolyline([QPointF(1, 1), QPointF(6, 6.5), QPointF(11, 1)])
        painter.drawLine(QLineF(6, 6.5, 6, 11.5))
    elif group == "Dense":  # all to all
        for a in (1.5, 10.5):
            for b in (1.5, 10.5):
                painter.drawLine(QLineF(a, 1.5, b, 10.5))
    elif group == "Shape":  # an image laid out in a row
        painter.drawRect(QRectF(3.5, 0.5, 5, 5))
        painter.drawLine(QLineF(0.5, 10, 11.5, 10))
    elif group == "Input":  # a picture
        painter.drawRect(QRectF(0.5, 1.5, 11, 9))
        painter.drawPolyline([QPointF(1.5, 9.5), QPointF(4.5, 5.5), QPointF(7, 8), QPointF(8.5, 6.5), QPointF(11, 9)])
    elif group == "Detection":  # a box's corners, and its middle
        for x in (0.5, 11.5):
            for y in (0.5, 11.5):
                painter.drawPolyline([QPointF(x, y + (6 - y) * 0.55), QPointF(x, y), QPointF(x + (6 - x) * 0.55, y)])
        painter.drawPoint(QPointF(6, 6))
    elif group == "Group":  # several in one
        painter.drawRoundedRect(QRectF(0.5, 3.5, 8, 8), 1.5, 1.5)
        painter.drawPolyline([QPointF(3.5, 0.8), QPointF(11, 0.8), QPointF(11, 8.5)])
    else:
        painter.drawEllipse(QRectF(1.5, 1.5, 9, 9))
