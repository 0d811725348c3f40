"""The quiet dotted ground under the network."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from explorer.ui import theme

PERIOD = 4.0 * theme.GRID
"""Scene units from dot to dot."""
FADED, FULL = 0.45, 0.85
"""The dots fade in between these scales."""


class Ground:
    """One opaque pixmap, a period larger than the view, copied with an offset."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._pixmap = QPixmap()

    def paint(self, painter: QPainter, area: QRectF, size: QSize, ratio: float) -> None:
        """Fill `area` (scene units) of a view of `size` pixels."""
        transform = painter.worldTransform()
        scale = transform.m11()
        colours = theme.current()
        if scale <= FADED:
            painter.fillRect(area, QColor(colours.canvas))
            return
        key = (size, scale, ratio, colours.name)
        if key != self._key:
            self._key, self._pixmap = key, _dotted(size, scale, ratio)
        period = PERIOD * scale
        origin = transform.map(QPointF(0, 0))
        painter.resetTransform()
        painter.drawPixmap(
            QPointF(round(origin.x() % period - period), round(origin.y() % period - period)), self._pixmap
        )
        painter.setWorldTransform(transform)


def _dotted(size: QSize, scale: float, ratio: float) -> QPixmap:
    period = PERIOD * scale
    width, height = size.width() + 2 * period, size.height() + 2 * period
    colours = theme.current()
    dot = QColor(colours.dot)
    dot.setAlphaF(min(1.0, (scale - FADED) / (FULL - FADED)))
    side = 2.0 if scale < 2 else 3.0
    row = _filled(width, 5, ratio, QColor(0, 0, 0, 0))
    with QPainter(row) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(dot)
        across = (round(i * period) - side / 2 for i in range(ceil(width / period) + 1))
        painter.drawRects([QRectF(x, 2 - side / 2, side, side) for x in across])
    pixmap = _filled(width, height, ratio, QColor(colours.canvas))
    with QPainter(pixmap) as painter:  # a row again and again: thousands of rectangles from Python took 8 ms
        for i in range(ceil(height / period) + 1):
            painter.drawPixmap(QPointF(0, round(i * period) - 2), row)
    return pixmap


def _filled(width: float, height: float, ratio: float, colour: QColor) -> QPixmap:
    pixmap = QPixmap(ceil(width * ratio), ceil(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(colour)
    return pixmap
