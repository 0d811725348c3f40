"""A picture with boxes on the grid of a one-shot detector."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from explorer.maths.targets import Encoding
from explorer.ui import theme
from explorer.ui.pictures.box_sheet import ARROWS, BoxSheet
from explorer.ui.pictures.class_colours import class_colour


class TargetSheet(BoxSheet):
    """A picture with its boxes, their middles, and the grid; cells that hold an object are tinted."""

    cell_asked = Signal(int, int)

    def __init__(self) -> None:
        super().__init__((1.0, 1.0), 1.0, growing=True)
        self.grid, self.cell = 1, (0, 0)
        self.encoding: Encoding | None = None
        self.kinds: tuple[int, ...] = ()

    def cell_box(self, row: int, column: int) -> QRectF:
        """Where a cell lies on the widget."""
        wide, high = (side / self.grid for side in self.extent)
        return self.outline((column * wide, row * high, (column + 1) * wide, (row + 1) * high))

    def tints(self) -> list[tuple[QRectF, int]]:
        """The parts of the cells that are tinted, each with its object: those of a cell share it, by their anchors."""
        owners = self.encoding.owners if self.encoding else {}
        cells: dict[tuple[int, int], list[int]] = {}
        for slot in sorted(owners, key=lambda slot: slot.anchor):
            cells.setdefault((slot.row, slot.column), []).append(owners[slot])
        found = []
        for (row, column), held in cells.items():
            whole = self.cell_box(row, column)
            wide = whole.width() / len(held)
            for place, owner in enumerate(held):
                found.append((QRectF(whole.left() + place * wide, whole.top(), wide, whole.height()), owner))
        return found

    def paint_under(self, painter: QPainter) -> None:
        for area, owner in self.tints():
            tint = class_colour(self.kinds[owner])
            tint.setAlphaF(0.45)
            painter.fillRect(area, tint)
        for tone, line in (("#000000", 2.0), ("#ffffff", 1.0)):  # seen on any ground
            painter.setPen(QPen(QColor(tone), line))
            for number in range(1, self.grid):
                x, y = (side * number / self.grid for side in self.extent)
                painter.drawLine(self.on_widget(x, 0), self.on_widget(x, self.extent[1]))
                painter.drawLine(self.on_widget(0, y), self.on_widget(self.extent[0], y))

    def paint_on(self, painter: QPainter) -> None:
        super().paint_on(painter)
        for one in self.drawn:
            left, top, right, bottom = one.box
            middle = self.on_widget((left + right) / 2, (top + bottom) / 2)
            painter.setPen(QPen(QColor("black"), 1.5))
            painter.setBrush(class_colour(one.colour))
            painter.drawEllipse(middle, 5 * self.larger, 5 * self.larger)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().accent), 4))
        painter.drawRect(self.cell_box(*self.cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in ARROWS:
            across, down = ARROWS[Qt.Key(event.key())]
            row, column = self.cell
            self.cell_asked.emit(row + down, column + across)
        else:
            super().keyPressEvent(event)
