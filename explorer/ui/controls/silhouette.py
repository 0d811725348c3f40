"""The silhouette of a network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.network.outline import Column
from explorer.ui import theme
from explorer.ui.theme import GRID

THIN, THICK = 2.0, 18.0
"""Pixels of a vector and of a thousand channels, where there is room."""
LEAST = 3.0
"""Pixels that the smallest image is high."""


def draw(painter: QPainter, room: QRectF, columns: Sequence[Column]) -> None:
    """Fill `room` with the columns from left to right, in the colours of the layers' families."""
    if not columns:
        return
    wide = [max(THIN + box.thickness * (THICK - THIN) for box in column) for column in columns]
    gap = 2.0
    scale = min(1.0, room.width() / (sum(wide) + gap * (len(wide) - 1)))
    x = room.center().x() - scale * (sum(wide) + gap * (len(wide) - 1)) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.current().edge), 1))
    painter.drawLine(QPointF(x, room.center().y()), QPointF(room.right() - x + room.left(), room.center().y()))
    painter.setPen(Qt.PenStyle.NoPen)
    for column, width in zip(columns, wide, strict=True):
        share = (room.height() - 2 * (len(column) - 1)) / len(column)
        for number, box in enumerate(column):
            height = max(LEAST, box.height * share)
            middle = room.top() + number * (share + 2) + share / 2
            painter.setBrush(theme.current().family(box.group))
            part = QRectF(x, middle - height / 2, max(1.0, scale * width), height)
            painter.drawRoundedRect(part, min(1.5, part.width() / 2), 1.5)
        x += scale * (width + gap)
    painter.restore()


class Silhouette(QWidget):
    """The picture of one network."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = ()
        self.setFixedHeight(14 * GRID)

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Draw these from now on; none take no room."""
        self.columns = columns
        self.setHidden(not columns)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            draw(painter, QRectF(self.rect()), self.columns)
