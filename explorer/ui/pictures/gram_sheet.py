"""Maps of a few channels of two pictures with their numbers, and the Gram matrix of each beside them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen

from explorer.maths.gram import Features, gram
from explorer.ui import theme
from explorer.ui.pictures.box_sheet import ARROWS
from explorer.ui.pictures.sheet import Sheet

SIDE = 2
"""Places of a map across, and down."""
CHANNELS = 3
TITLE, BETWEEN, BEFORE = 0.75, 0.5, 1.3
"""In cells: above the maps, between two of them, and before the matrix."""
BLOCK = TITLE + CHANNELS + 0.35
"""In cells: what one picture takes from top to bottom."""
MATRIX = CHANNELS * SIDE + (CHANNELS - 1) * BETWEEN + BEFORE
EDGE = 0.3
"""In cells: free on all sides."""
EXTENT = (MATRIX + CHANNELS + 2 * EDGE, 2 * BLOCK + 2 * EDGE)


AIR = 6
"""Pixels of a cell that its number leaves free, left and right together."""


@dataclass(frozen=True)
class Cell:
    """One number: of the map of channel `row` at place `column`, or of the Gram matrix in that row and column.

    picture: 0 the one whose style is taken, 1 the one that is made.
    """

    picture: int
    of: str  # "map" or "matrix"
    row: int
    column: int

    @property
    def left_top(self) -> tuple[float, float]:
        """Where its corner lies on the sheet."""
        top = self.picture * BLOCK + TITLE
        if self.of == "matrix":
            return MATRIX + self.column, top + self.row
        down, across = divmod(self.column, SIDE)
        return self.row * (SIDE + BETWEEN) + across, top + (CHANNELS - SIDE) / 2 + down


CELLS = [
    Cell(picture, of, row, column)
    for picture in (0, 1)
    for of, columns in (("map", SIDE * SIDE), ("matrix", CHANNELS))
    for row in range(CHANNELS)
    for column in range(columns)
]


class GramSheet(Sheet):
    """A click or an arrow key picks a number; figures, + and − change one of a map."""

    picked = Signal(object)  # Cell
    typed = Signal(object, float)  # a Cell of a map, and what it shall be

    def __init__(self, titles: tuple[str, str], names: tuple[str, ...]) -> None:
        super().__init__(EXTENT)
        self._titles, self._names = titles, names
        self.features: tuple[Features, Features] = (((0.0,) * SIDE**2,) * CHANNELS,) * 2
        self.cell = Cell(1, "matrix", 0, 1)
        self.pair, self.place = (0, 1), (0, 0)

    def show_features(self, style: Features, made: Features) -> None:
        """Show other numbers."""
        self.features = style, made
        self._describe()
        self.update()

    def number(self, cell: Cell) -> float:
        """What stands in a cell."""
        f = self.features[cell.picture]
        return (gram(f) if cell.of == "matrix" else f)[cell.row][cell.column]

    def written(self, cell: Cell, measure: QFontMetrics) -> str:
        """A cell's number in as many of three digits as it has room for; the formulas have more."""
        number, room = self.number(cell), self.rect_of(cell).width() - AIR * self.larger
        texts = [f"{number:.{digits}g}" for digits in (3, 2, 1)]
        return next((text for text in texts if measure.horizontalAdvance(text) <= room), texts[-1])

    def told(self, cell: Cell) -> str:
        """A cell in words."""
        number, first, title = f"{self.number(cell):.4g}", self._names[cell.row], self._titles[cell.picture]
        if cell.of == "matrix":
            return f"{title}: {first} with {self._names[cell.column]}, {number}"
        down, across = divmod(cell.column, SIDE)
        return f"{title}: {first} at row {down + 1}, column {across + 1}, {number}"

    def pick(self, cell: Cell) -> None:
        """Let the formulas, and the keys, be about another number."""
        self.cell = cell
        if cell.of == "matrix":
            self.pair = cell.row, cell.column
        else:
            self.place = cell.row, cell.column
        self._describe()
        self.update()
        self.picked.emit(cell)

    def rect_of(self, cell: Cell) -> QRectF:
        """Where a cell lies on the widget."""
        left, top = cell.left_top
        return self._at(left, top, left + 1, top + 1)

    def _at(self, *box: float) -> QRectF:
        left, top, right, bottom = (side + EDGE for side in box)
        return self.outline((left, top, right, bottom))

    def _describe(self) -> None:
        self.setAccessibleDescription(self.told(self.cell))

    # Painting

    def paint_on(self, painter: QPainter) -> None:
        colours = theme.current()
        matrices = [gram(f) for f in self.features]
        reach = [max(max(map(max, part)) for part in both) or 1.0 for both in (self.features, matrices)]
        painter.setFont(self.words())
        for cell in CELLS:
            of_matrix = cell.of == "matrix"
            value = (matrices if of_matrix else self.features)[cell.picture][cell.row][cell.column]
            area = self.rect_of(cell)
            painter.fillRect(area, colours.heated(max(0.0, value) / reach[of_matrix]))
            painter.setPen(QColor(colours.edge))
            painter.drawRect(area)
            painter.setPen(QColor(colours.text))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.written(cell, painter.fontMetrics()))
        self._write(painter)
        self._mark(painter)

    def _write(self, painter: QPainter) -> None:
        """Titles, the channels' names, and what leads to the matrix."""
        painter.setPen(QColor(theme.current().text))
        for picture, title in enumerate(self._titles):
            top = picture * BLOCK
            matrix = "A" if picture == 0 else "G"
            line = self._at(0, top, MATRIX - BEFORE, top + TITLE)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
            head = self._at(MATRIX, top, MATRIX + CHANNELS, top + TITLE)
            painter.drawText(head, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, matrix)
            arrow = self._at(MATRIX - BEFORE, top + TITLE, MATRIX, top + TITLE + CHANNELS)
            painter.drawText(arrow, Qt.AlignmentFlag.AlignCenter, "→")
            for channel, name in enumerate(self._names):
                left = channel * (SIDE + BETWEEN)
                below = top + TITLE + (CHANNELS + SIDE) / 2
                place = self._at(left - BETWEEN / 2, below, left + SIDE + BETWEEN / 2, below + 0.6)
                painter.drawText(
                    place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{channel + 1} {name}"
                )

    def _mark(self, painter: QPainter) -> None:
        """The two channels whose product is formed, in both pictures; the number the slope is of; and the keys'."""
        colours = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.text), 2))
        for picture in (0, 1):
            for channel in set(self.pair):
                first, last = (Cell(picture, "map", channel, k) for k in (0, SIDE**2 - 1))
                painter.drawRect(self.rect_of(first).united(self.rect_of(last)))
            painter.drawRect(self.rect_of(Cell(picture, "matrix", *self.pair)))
        painter.setPen(QPen(QColor(colours.text), 2, Qt.PenStyle.DotLine))
        painter.drawRect(self.rect_of(Cell(1, "map", *self.place)).adjusted(3, 3, -3, -3))
        painter.setPen(QPen(QColor(colours.accent), 3))
        painter.drawRect(self.rect_of(self.cell))

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = next((cell for cell in CELLS if self.rect_of(cell).contains(event.position())), None)
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pick(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text, number = event.text(), self.number(self.cell)
        if event.key() in ARROWS:
            self.pick(self._beside(*ARROWS[Qt.Key(event.key())]))
        elif self.cell.of == "map" and text and text in "0123456789+-":
            other = {"+": number + 1, "-": number - 1}.get(text)
            self.typed.emit(self.cell, max(0.0, float(text) if other is None else other))
        else:
            super().keyPressEvent(event)

    def _beside(self, across: int, down: int) -> Cell:
        """The nearest cell in this direction, the cell itself where there is none."""
        here = QPointF(*self.cell.left_top)

        def far(cell: Cell) -> float:
            way = QPointF(*cell.left_top) - here
            along, aside = way.x() * across + way.y() * down, abs(way.x() * down) + abs(way.y() * across)
            return along + 3 * aside if along > 0 and aside < along else float("inf")

        nearest = min(CELLS, key=far)
        return nearest if far(nearest) < float("inf") else self.cell
