"""How the numbers of one channel are spread, drawn small."""

from __future__ import annotations

from collections.abc import Sequence
from math import cbrt, ceil, sqrt
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import figure
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 32


def bins(numbers: int, most: int) -> int:
    """Into how many equal ranges to count so many numbers: the Rice rule, 2·n^(1/3), but `most` at most."""
    return max(1, min(most, ceil(2 * cbrt(numbers))))


class Histogram(QWidget):
    """Counts of numbers in at most 32 equal ranges, the smallest and largest number under them, a line at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = [0]  # how many numbers are in each range
        self._low = self._high = 0.0
        self.setMinimumSize(16 * GRID, 6 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(16 * GRID, 7 * GRID)

    def show_numbers(self, numbers: NDArray[np.float32]) -> None:
        """Count other numbers; those that are no finite number are left out."""
        import numpy as np

        finite = numbers[np.isfinite(numbers)].astype(float)
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        self.show_counts(np.histogram(finite, bins(finite.size, BINS), (low, high))[0].tolist(), low, high)

    def show_counts(self, counts: Sequence[int], low: float, high: float) -> None:
        """Show numbers that are counted already, in equal ranges from low to high."""
        self.counts, self._low, self._high = list(counts), low, high
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setFont(sized("small"))
            text = painter.fontMetrics().height()
            room = QRectF(0, 2, self.width(), self.height() - text - 4)
            painter.setPen(QColor(colours.edge))
            painter.drawLine(QPointF(0, room.bottom()), QPointF(room.right(), room.bottom()))
            # Roots, so that rare numbers stay visible beside the many zeros behind a ReLU.
            most = max(1.0, sqrt(max(self.counts)))
            width = room.width() / len(self.counts)
            for i, count in enumerate(self.counts):
                tall = sqrt(count) / most * room.height()
                painter.fillRect(
                    QRectF(i * width, room.bottom() - tall, max(1.0, width - 1), tall), QColor(colours.accent)
                )
            if self._low < 0 < self._high:
                x = -self._low / (self._high - self._low) * room.width()
                painter.setPen(QColor(colours.dim))
                painter.drawLine(QPointF(x, 0), QPointF(x, room.bottom()))
            painter.setPen(QColor(colours.dim))
            foot = QRectF(0, self.height() - text, self.width(), text)
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, figure(self._low))
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight, figure(self._high))
