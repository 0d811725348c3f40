"""A curve over whole numbers of which one is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

LINES = (0.0, 0.25, 0.5, 0.75, 1.0)


class CurveView(QWidget):
    """Values from 0 to 1, a point for each number from 1 on; a click or the arrows left and right choose one."""

    chosen = Signal(int)

    def __init__(self, across: str, up: str, last: int) -> None:
        super().__init__()
        self._across, self._up, self._last = across, up, last
        self._values: dict[int, float] = {}
        self.number = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{up} against {across}")
        self.setMinimumHeight(18 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 20 * GRID)

    def show_values(self, values: Mapping[int, float], number: int) -> None:
        """Show other values, and which number is chosen."""
        self._values, self.number = dict(values), number
        told = (f"{self._across} {at}: {value:.3f}" for at, value in self._values.items())
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def place(self, number: int, value: float) -> QPointF:
        """Where a point is drawn."""
        room = QRectF(self.rect()).adjusted(5 * GRID, 3 * GRID, -GRID, -3 * GRID)
        share = (number - 0.5) / self._last
        return QPointF(room.left() + share * room.width(), room.bottom() - value * room.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sized("small"))
            line = painter.fontMetrics().height()
            left, right = self.place(1, 0).x() - 2 * GRID, self.place(self._last, 0).x() + GRID
            for value in LINES:
                y = self.place(1, value).y()
                painter.setPen(QColor(colours.dot))
                painter.drawLine(QPointF(left, y), QPointF(right, y))
                painter.setPen(QColor(colours.dim))
                room = QRectF(0, y - line / 2, left - 4, line)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}")
            painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self._up)
            foot = self.place(1, 0).y() + 2
            for number in range(1, self._last + 1):
                room = QRectF(self.place(number, 0).x() - 2 * GRID, foot, 4 * GRID, line)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(number))
            painter.drawText(QRectF(0, foot, self.width(), line), Qt.AlignmentFlag.AlignLeft, self._across)
            points = [self.place(number, value) for number, value in sorted(self._values.items())]
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawPolyline(points)
            for number, value in self._values.items():
                here = number == self.number
                painter.setBrush(QColor(colours.accent if here else colours.base))
                painter.drawEllipse(self.place(number, value), 6 if here else 4, 6 if here else 4)
            if theme.has_keys(self):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QColor(colours.accent))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._choose(min(range(1, self._last + 1), key=lambda number: abs(self.place(number, 0).x() - x)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._choose(self.number + (1 if event.key() == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    def _choose(self, number: int) -> None:
        if 1 <= number <= self._last and number != self.number:
            self.chosen.emit(number)
