"""A small map of scores: in each cell a bar for every class."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.pictures.class_colours import class_colour
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ScoreMap(QWidget):
    """Bars from the least to the largest score of all cells; a click picks a cell."""

    picked = Signal(int, int)  # row, column

    def __init__(self) -> None:
        super().__init__()
        self._scores: NDArray[np.float32] | None = None
        self._places = (1, 1)
        self._shown: Collection[tuple[int, int]] = ()
        self.cell = (0, 0)
        self.setMinimumSize(16 * GRID, 16 * GRID)
        self.setAccessibleName("Output of the network")

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 30 * GRID)

    def show_scores(
        self, scores: NDArray[np.float32] | None, places: tuple[int, int], shown: Collection[tuple[int, int]]
    ) -> None:
        """Show scores (R, C, classes) of some cells; places: rows and columns, also where there are no scores yet."""
        self._scores, self._places, self._shown = scores, places, shown
        self.update()

    def cell_area(self, row: int, column: int) -> QRectF:
        """Where a cell lies on the widget."""
        rows, columns = self._places
        side = min(self.width() / columns, self.height() / rows) - 1
        left, top = (self.width() - side * columns) / 2, (self.height() - side * rows) / 2
        return QRectF(left + column * side, top + row * side, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            rows, columns = self._places
            low, span = 0.0, 1.0
            if self._scores is not None:
                low = float(self._scores.min())
                span = float(self._scores.max()) - low or 1.0
            for row in range(rows):
                for column in range(columns):
                    area = self.cell_area(row, column)
                    painter.fillRect(area, self.palette().color(QPalette.ColorRole.Base))
                    if self._scores is not None and (row, column) in self._shown:
                        self._draw_bars(painter, area, (self._scores[row, column] - low) / span)
                    painter.setPen(QColor(colours.edge))
                    painter.drawRect(area)
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.drawRect(self.cell_area(*self.cell))

    def _draw_bars(self, painter: QPainter, area: QRectF, heights: NDArray[np.float32]) -> None:
        room = area.adjusted(area.width() / 8, area.height() / 8, -area.width() / 8, -area.height() / 8)
        wide = room.width() / len(heights)
        for number, height in enumerate(heights.tolist()):
            bar = QRectF(room.left() + number * wide, room.bottom(), max(wide - 1, 1.0), 0)
            bar.setTop(room.bottom() - max(1.0, height * room.height()))
            painter.fillRect(bar, class_colour(number).darker(130))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        rows, columns = self._places
        for row in range(rows):
            for column in range(columns):
                if event.button() == Qt.MouseButton.LeftButton and self.cell_area(row, column).contains(
                    event.position()
                ):
                    self.picked.emit(row, column)
