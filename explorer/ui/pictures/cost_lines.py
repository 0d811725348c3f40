"""Costs step by step, each on a scale of its own powers of ten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

LEAST = 1e-9
NOTHING = "What each step costs will be drawn here."


class CostLines(QWidget):
    """A line for each name, from the first step to the last; up is larger, on a logarithmic scale that all share."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, list[float]] = {}
        self._begin: dict[str, int] = {}
        self.setAccessibleName("Costs of each step")
        self.setMinimumHeight(12 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 16 * GRID)

    def show_costs(self, lines: Mapping[str, Sequence[float]]) -> None:
        """Show other numbers; those at the beginning of a line that are 0 are left out."""
        self._lines = {name: [log10(max(value, LEAST)) for value in values] for name, values in lines.items()}
        self._begin = {name: next((i for i, v in enumerate(values) if v > 0), 0) for name, values in lines.items()}
        told = (f"{name} {values[-1]:.3g}" for name, values in lines.items() if values)
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sized("small"))
            values = [value for name, line in self._lines.items() for value in line[self._begin[name] :]]
            if not values:
                painter.setPen(QColor(colours.dim))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, NOTHING)
                return
            low, high = min(values), max(max(values), min(values) + 0.1)
            room = QRectF(self.rect()).adjusted(GRID, GRID, -12 * GRID, -GRID)
            tones = (colours.accent, colours.text, colours.dim)
            for number, (name, line) in enumerate(self._lines.items()):
                tone = QColor(tones[number % len(tones)])
                step = room.width() / max(len(line) - 1, 1)
                points = [
                    QPointF(room.left() + i * step, room.bottom() - (value - low) / (high - low) * room.height())
                    for i, value in enumerate(line)
                    if i >= self._begin[name]
                ]
                painter.setPen(QPen(tone, 1.5))
                painter.drawPolyline(QPolygonF(points))
                if points:
                    at = QRectF(room.right() + GRID // 2, points[-1].y() - GRID, 12 * GRID, 2 * GRID)
                    painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, f"{name} {10 ** line[-1]:.2g}")
