"""Words beside the mouse while something is dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.canvas.card import font, metrics


def paint_note(painter: QPainter, at: QPointF, text: str, zoom: float, *, problem: bool = False) -> None:
    """A few words beside the mouse, of one size at every zoom."""
    colours = theme.current()
    painter.save()
    painter.translate(at)
    painter.scale(colours.larger / zoom, colours.larger / zoom)
    painter.translate(14, 14)
    box = QRectF(0, 0, metrics(12).horizontalAdvance(text) + 16, 24)
    beyond = painter.transform().mapRect(box).right() - painter.viewport().right()
    box.translate(-max(0.0, beyond) / colours.larger, 0)  # at the right edge of the view it is read, too
    painter.setPen(QPen(QColor(colours.problem if problem else colours.edge), 1))
    painter.setBrush(QColor(colours.card))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(colours.problem if problem else colours.text))
    painter.setFont(font(12))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
