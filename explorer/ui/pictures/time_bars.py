"""Times as bars beside each other, from a thousandth of a second to minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

THICK = 6.0 * GRID
"""Pixels of a bar at most."""
DECADES = 5
"""That a logarithmic axis shows below the longest time."""


class TimeBars(QWidget):
    """One row for each name, also for those that have no time yet."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(names)
        self._times: dict[str, float] = {}
        self._unknown = ""
        self.logarithmic = False
        self.setMinimumSize(40 * GRID, 8 * GRID * len(names))
        self.setAccessibleName("Time for one picture")

    def sizeHint(self) -> QSize:
        return QSize(70 * GRID, 10 * GRID * len(self._names))

    def show_times(self, times: Mapping[str, float], unknown: str = "not measured yet") -> None:
        """Show other times, in milliseconds. unknown: what is said of a name without one."""
        self._times, self._unknown = dict(times), unknown
        self.setAccessibleDescription(", ".join(f"{name}: {in_words(time)}" for name, time in times.items()))
        self.update()

    def set_logarithmic(self, on: bool) -> None:
        """Let equal steps be equal factors, or equal times."""
        self.logarithmic = on
        self.update()

    def share(self, time: float) -> float:
        """How long a bar is, of the longest one."""
        longest = max(self._times.values())
        if not self.logarithmic:
            return time / longest
        return max(0.0, 1 + log10(time / longest) / DECADES)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sized("title"))
            line = painter.fontMetrics().height()
            row = (self.height() - line) / len(self._names)
            least = min(self._times.values(), default=1.0)
            for number, name in enumerate(self._names):
                top = number * row
                bar = QRectF(0, top + line + 4, self.width(), min(THICK, row - line - 2 * GRID))
                painter.setPen(QColor(colours.edge))  # in the projector's theme its ground is the window's
                painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
                painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
                time = self._times.get(name)
                words = self._unknown
                if time is not None:
                    painter.fillRect(
                        bar.adjusted(0, 0, (self.share(time) - 1) * bar.width(), 0), QColor(colours.accent)
                    )
                    words = in_words(time) + (
                        f", {times_in_words(time / least)} as long as the fastest" if time > 1.05 * least else ""
                    )
                room = QRectF(0, top, self.width(), line)
                painter.setFont(sized("title"))
                painter.setPen(QColor(colours.text))
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft, name)
                painter.setFont(sized("body"))
                painter.setPen(QColor(colours.dim if time is None else colours.text))
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
            if self.logarithmic and self._times:
                self._draw_decades(painter, row, line)

    def _draw_decades(self, painter: QPainter, row: float, line: int) -> None:
        """Where 1, 10, 100 … milliseconds are: on such an axis a bar's length alone says little."""
        painter.setFont(sized("small"))
        highest = floor(log10(max(self._times.values())))
        for power in range(highest - DECADES + 1, highest + 1):
            x = self.share(10.0**power) * self.width()
            painter.setPen(QPen(QColor(theme.current().dim), 1, Qt.PenStyle.DotLine))
            for number in range(len(self._names)):
                top = number * row + line + 4
                painter.drawLine(QPointF(x, top), QPointF(x, top + min(THICK, row - line - 2 * GRID)))
            room = QRectF(x - 5 * GRID, len(self._names) * row - GRID, 10 * GRID, line)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, in_words(10.0**power))


def in_words(time: float) -> str:
    """Milliseconds as people say them."""
    if time < 1000:
        return f"{time:.3g} ms" if time < 100 else f"{time:.0f} ms"
    return f"{time / 1000:.3g} s" if time < 100_000 else f"{time / 60_000:.1f} min"


def times_in_words(factor: float) -> str:
    """How many times as much, with a decimal where it is little."""
    return f"{factor:,.0f} times" if factor >= 10 else f"{factor:.1f} times"
