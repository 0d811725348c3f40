"""How often each class is said to be which: a field of cells, dark where many pictures are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import counted, plain_tip
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.maths.confusion import Confusion

NAMED = 12
"""Pixels of a cell from which the classes' names stand beside the rows and above the columns."""
WIDEST = 96
"""Pixels of a cell at most."""
OTHERS, ELSE = "another class", "else"
"""What is said where it is none of the rows' classes, and the name above its column: others should have the room."""

CORNER = ("said →", "true ↓")
"""What stands beside the rows, and above the columns."""

Cell = tuple[int, int]
"""Row, the true class, and column, what is said."""


class ConfusionView(QWidget):
    """Rows are true classes, columns what is said, the last one every other class. A cell's colour is its share of the
    row. Arrows go from cell to cell; a click or Enter picks one."""

    picked = Signal(object)  # Cell
    pointed = Signal(object)  # Cell | None

    def __init__(self) -> None:
        super().__init__()
        self._confusion: Confusion | None = None
        self._names: tuple[str, ...] = ()
        self._heads: tuple[str, ...] = ()  # the names, as they stand beside the cells
        self._longest = 0
        self._image = QImage()
        self.cell: Cell | None = None
        self._over: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(24 * GRID, 20 * GRID)
        self.setAccessibleName("Confusion matrix")

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 50 * GRID)

    def show_confusion(self, confusion: Confusion | None, names: Sequence[str]) -> None:
        """Show other counts; names: those of the classes, in the order of the rows."""
        if self._names != (*names, OTHERS):
            self.cell, self._names = None, (*names, OTHERS)
            self._heads = (*names, ELSE)
            self._measure()
        self._confusion = confusion
        self._paint_image()
        self._describe()
        self.update()

    def told(self, cell: Cell) -> str:
        """What a cell counts, in words."""
        if self._confusion is None:
            return ""
        count = counted(int(self._confusion.counts[cell]), "picture")
        truth, said = self._names[cell[0]], self._names[cell[1]]
        return f"{truth}, said so: {count}" if cell[0] == cell[1] else f"true {truth}, said {said}: {count}"

    def field(self) -> QRectF:
        """Where the cells are drawn."""
        rows, columns = self._size
        (beside, above), side = self._margins, self._side
        spare = (self.width() - beside - columns * side) / 2, (self.height() - above - rows * side) / 2
        right, down = (max(0.0, float(int(room))) for room in spare)  # in the middle of its room, names and all
        return QRectF(beside + right, above + down, columns * side, rows * side)

    def rect_of(self, cell: Cell) -> QRectF:
        """Where a cell is drawn."""
        field, side = self.field(), self._side
        return QRectF(field.left() + cell[1] * side, field.top() + cell[0] * side, side, side)

    def cell_at(self, at: QPointF) -> Cell | None:
        """The cell under a point."""
        field = self.field()
        if not self._confusion or not field.contains(at):
            return None
        (rows, columns), side = self._size, self._side
        row, column = int((at.y() - field.top()) / side), int((at.x() - field.left()) / side)
        return (row, column) if row < rows and column < columns else None

    def pick(self, cell: Cell) -> None:
        """Pick a cell that is there."""
        rows, columns = self._size
        if 0 <= cell[0] < rows and 0 <= cell[1] < columns:
            self.cell = cell
            self._describe()
            self.update()
            self.picked.emit(cell)

    @property
    def numbered(self) -> bool:
        """Whether a count is written in each cell: where all of them have room."""
        if self._confusion is None or not self._confusion.classes:
            return False
        letters = QFontMetrics(sized("small"))
        most = f"{int(self._confusion.counts.max())}"
        return max(letters.horizontalAdvance(most) + 2, letters.ascent()) <= self._side

    @property
    def _size(self) -> tuple[int, int]:
        rows, columns = self._confusion.counts.shape if self._confusion else (0, 1)
        return rows, columns

    @property
    def _margins(self) -> tuple[float, float]:
        """Pixels for the names: beside the rows, and above the columns, where they stand upright."""
        metrics = self.fontMetrics()
        room = float(min(self._longest, self.width() // 4, self.height() // 3))
        return (room, room) if self._fitting(room) >= NAMED else (metrics.height() + 4.0, metrics.height() + 4.0)

    def _fitting(self, margin: float) -> float:
        rows, columns = self._size
        return max(0.01, min((self.width() - margin - 2) / columns, (self.height() - margin - 2) / max(1, rows)))

    @property
    def _side(self) -> float:
        """Pixels of a cell."""
        side = min(self._fitting(self._margins[0]), WIDEST)
        return float(int(side)) if side >= 3 else side  # cells of equal size, unless there are very many

    def _measure(self) -> None:
        """How long the names are."""
        self._longest = max(map(QFontMetrics(sized("small")).horizontalAdvance, (*self._heads, *CORNER))) + GRID

    def _paint_image(self) -> None:
        """One pixel for each cell."""
        if self._confusion is None or not self._confusion.classes:
            self._image = QImage()
            return
        import numpy as np

        counts, colours = self._confusion.counts, theme.current()
        shares = counts.astype(np.float32) / counts.sum(1, keepdims=True, dtype=np.float32)
        levels = np.ceil(255 * shares).astype(np.uint8)  # one picture is seen, too
        rows, columns = levels.shape
        image = QImage(levels.data, columns, rows, columns, QImage.Format.Format_Indexed8).copy()
        image.setColorTable([colours.heated(level / 255).rgb() for level in range(256)])
        self._image = image

    def _describe(self) -> None:
        rows, _ = self._size
        cell = f" {self.told(self.cell)}." if self.cell else ""
        self.setAccessibleDescription(f"{rows:,} true classes.{cell}")

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(colours.base))
            if self._confusion is None or self._image.isNull():
                return
            field, side, (rows, columns) = self.field(), self._side, self._size
            painter.drawImage(field, self._image)
            painter.setFont(sized("small"))
            painter.setPen(QColor(colours.text))
            beside, above = self._margins
            if side >= NAMED and beside > self.fontMetrics().height() + 4:
                self._name_lines(painter, side, rows, columns)
            else:
                top, left, centre = field.top() - above, field.left() - beside, Qt.AlignmentFlag.AlignCenter
                painter.drawText(QRectF(field.left(), top, field.width(), above), centre, "said")
                painter.rotate(-90)
                painter.drawText(QRectF(-field.bottom(), left, field.height(), beside), centre, "true")
                painter.resetTransform()
            if self.numbered:
                for row in range(rows):
                    for column in range(columns):
                        if count := int(self._confusion.counts[row, column]):
                            painter.drawText(self.rect_of((row, column)), Qt.AlignmentFlag.AlignCenter, f"{count}")
            painter.setPen(QColor(colours.edge))
            painter.drawRect(field)
            for cell, colour, thick in ((self._over, colours.text, 1), (self.cell, colours.accent, 3)):
                if cell is not None:
                    painter.setPen(QPen(QColor(colour), thick))
                    painter.drawRect(self.rect_of(cell))
            if self.hasFocus():
                painter.setPen(QColor(colours.accent))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _name_lines(self, painter: QPainter, side: float, rows: int, columns: int) -> None:
        (beside, above), field = self._margins, self.field()
        left, top = field.left() - beside, field.top() - above
        metrics, end = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for row in range(rows):
            name = metrics.elidedText(self._heads[row], Qt.TextElideMode.ElideRight, int(beside - 4))
            painter.drawText(QRectF(left, field.top() + row * side, beside - 4, side), end, name)
        painter.setPen(QColor(theme.current().dim))
        corner = QRectF(left, top, beside - 4, above - 4)
        painter.drawText(corner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, "\n".join(CORNER))
        painter.setPen(QColor(theme.current().text))
        painter.rotate(-90)
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for column in range(columns):
            name = metrics.elidedText(self._heads[column], Qt.TextElideMode.ElideRight, int(above - 4))
            painter.drawText(QRectF(4 - field.top(), field.left() + column * side, above - 4, side), start, name)
        painter.resetTransform()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._measure()  # words may be larger
            self._paint_image()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pick(cell)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, column = self.cell or (0, 0)
        steps = {
            Qt.Key.Key_Left: (row, column - 1), Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Up: (row - 1, column), Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_Return: (row, column), Qt.Key.Key_Enter: (row, column),
        }  # fmt: skip
        if (step := steps.get(Qt.Key(event.key()))) is None:
            super().keyPressEvent(event)
        else:
            self.pick(step if self.cell else (0, 0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(self.told(cell) if cell else ""), self)
            return True
        return super().event(event)

    def _point(self, cell: Cell | None) -> None:
        if cell != self._over:
            self._over = cell
            self.update()
            self.pointed.emit(cell)
