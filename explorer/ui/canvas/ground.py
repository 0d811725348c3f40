"""The quiet dotted ground under the network."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from explorer.ui import theme

PERIOD = 4.0 * theme.GRID
"""Scene units from dot to dot."""
FADED, FULL = 0.45, 0.85
"""The dots fade in between these scales."""
LARGE = 1.4
"""From this scale on dots are larger: the further they are apart, the less small ones are seen."""
HIGH = 5
"""Pixels of a row, with room for a dot half a pixel off."""


class Ground:
    """One row of dots, a period wider than the view, copied again and again: thousands of dots from Python took 8 ms, a
    pixmap as large as the view up to 4 at each new scale."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._row = QPixmap()

    def paint(self, painter: QPainter, area: QRectF, size: QSize, ratio: float) -> None:
        """Fill `area` (scene units) of a view of `size` pixels."""
        transform = painter.worldTransform()
        scale = transform.m11()
        colours = theme.current()
        painter.fillRect(area, QColor(colours.canvas))
        if scale <= FADED:
            return
        key = (size.width(), scale, ratio, colours.name)
        if key != self._key:
            self._key, self._row = key, _dotted(size.width(), scale, ratio)
        period = PERIOD * scale
        origin, seen = transform.map(QPointF(0, 0)), transform.mapRect(area)
        left, top = round(origin.x() % period - period), round(origin.y() % period - period)
        painter.resetTransform()
        for i in range(max(0, floor((seen.top() - top) / period)), ceil((seen.bottom() - top) / period) + 1):
            painter.drawPixmap(QPointF(left, top + round(i * period) - HIGH // 2), self._row)
        painter.setWorldTransform(transform)


def _dotted(width: float, scale: float, ratio: float) -> QPixmap:
    period = PERIOD * scale
    width += 2 * period
    dot = QColor(theme.current().dot)
    dot.setAlphaF(min(1.0, (scale - FADED) / (FULL - FADED)))
    side = 2.0 if scale < LARGE else 3.0
    row = QPixmap(ceil(width * ratio), ceil(HIGH * ratio))
    row.setDevicePixelRatio(ratio)
    row.fill(Qt.GlobalColor.transparent)
    with QPainter(row) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(dot)
        across = (round(i * period) - side / 2 for i in range(ceil(width / period) + 1))
        painter.drawRects([QRectF(x, HIGH // 2 - side / 2, side, side) for x in across])
    return row
