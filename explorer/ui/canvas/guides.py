"""What a dragged card is drawn to: lines on which other cards lie, and the grid."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.project import Place
from explorer.ui import theme
from explorer.ui.canvas.card import HEIGHT, WIDTH

REACH = 6.0
"""Pixels from which a card is drawn to a line on which others lie."""


class Guides:
    """Lines that a dragged card is drawn to: those on which other cards lie."""

    def __init__(self, others: Iterable[Place]) -> None:
        places = list(others)
        self._lefts, self._tops = sorted({x for x, _ in places}), sorted({y for _, y in places})
        self._left: float | None = None
        self._top: float | None = None

    def snapped(self, place: Place, zoom: float) -> Place:
        """`place` on the lines within reach at this zoom, else on the grid."""
        reach = REACH / zoom
        self._left, self._top = _nearest(self._lefts, place[0], reach), _nearest(self._tops, place[1], reach)
        left = _snapped(place[0]) if self._left is None else self._left
        return left, _snapped(place[1]) if self._top is None else self._top

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Draw the lines on which the card lies, through the middles of the cards."""
        painter.setPen(hair(QColor(theme.current().accent)))
        if self._left is not None:
            x = self._left + WIDTH / 2
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._top is not None:
            y = self._top + HEIGHT / 2
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))


def _nearest(lines: Sequence[float], value: float, reach: float) -> float | None:
    at = bisect(lines, value)
    best = min(lines[max(0, at - 1) : at + 1], key=lambda line: abs(line - value), default=None)
    return best if best is not None and abs(best - value) <= reach else None


def hair(colour: QColor) -> QPen:
    """A pen one pixel wide at every zoom."""
    pen = QPen(QColor(colour), 1)
    pen.setCosmetic(True)
    return pen


def _snapped(value: float) -> float:
    return round(value / theme.GRID) * float(theme.GRID)
