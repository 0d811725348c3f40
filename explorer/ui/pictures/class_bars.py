"""How many of a channel's strongest places are of which class."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

NAMELESS = "in no folder"
"""Pictures that lie in the searched folder itself."""


class ClassBars(QWidget):
    """A bar for each class, the longest first; takes no room where there is nothing to tell apart."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.setFont(sized("small"))
        self.setAccessibleName("Classes of the strongest places")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many there are of each class."""
        self.counts = {name or NAMELESS: count for name, count in counts.items()} if any(counts) else {}
        said = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        self.setAccessibleDescription(said)
        self.setVisible(bool(self.counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, len(self.counts) * self._row)

    @property
    def _row(self) -> int:
        return self.fontMetrics().height() + GRID // 2

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, measure = theme.current(), self.fontMetrics()
        with QPainter(self) as painter:
            most, figures = max(self.counts.values(), default=1), measure.horizontalAdvance("999 ")
            names = max((measure.horizontalAdvance(name) for name in self.counts), default=0)
            half = min(names, self.width() // 2)
            for row, (name, count) in enumerate(self.counts.items()):
                line = QRect(0, row * self._row, self.width(), measure.height())
                painter.setPen(QColor(colours.text))
                words = measure.elidedText(name, Qt.TextElideMode.ElideMiddle, half)
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(count))
                room = self.width() - half - GRID - figures
                bar = QRect(half + GRID, line.center().y() - 3, round(room * count / most), 6)
                painter.fillRect(bar, QColor(colours.accent))
