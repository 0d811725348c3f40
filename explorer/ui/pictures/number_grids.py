"""Small matrices drawn with their numbers, side by side: a window, times its kernel, is their products."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDEST, HIGHEST = 56, 32
"""Pixels of a cell at most."""
WIDE, HIGH = 7, 4
"""A cell with figures, where there is room."""
BETWEEN = 2 * GRID
"""Pixels between two matrices, for the sign."""
SMALLEST = 12
"""Pixels of height from which cells have figures, where words have their usual size."""
DIVERGING = "blue–white–red"
DARK = 140
"""Lightness, of 255, below which a colour takes white figures."""

Cell = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Matrix:
    """Numbers (h, w) under a title, with the sign that stands before them; None numbers are not there yet."""

    title: str
    values: NDArray[np.floating]
    sign: str = ""


@dataclass(frozen=True, eq=False)
class Grids:
    """What is drawn: matrices of one size. padded: (h, w), cells that are hatched.

    taken: how many cells, row by row, are in so far; the last matrix shows no others. marked: the cell that was
    kept, or that is being taken.
    """

    matrices: tuple[Matrix, ...]
    padded: NDArray[np.bool_]
    taken: int
    marked: Cell | None = None


class NumberGrids(QWidget):
    """Matrices with numbers, as large as there is room; a click on a cell asks where its number comes from."""

    picked = Signal(int, int)  # row and column of a cell

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Numbers around the place")
        self.grids: Grids | None = None
        self._most = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(24 * GRID, 10 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(50 * GRID, 16 * GRID)

    def show_grids(self, grids: Grids | None) -> None:
        """Show other matrices, or none."""
        self.grids = grids
        self.update()

    def grow(self, larger: float) -> None:
        """Have cells and figures up to so many times as large as usual, where there is height for it."""
        self._most = larger
        self.update()

    @property
    def larger(self) -> float:
        """How many times as large as usual cells and figures are."""
        rows = self.grids.padded.shape[0] if self.grids is not None else 0
        return min(self._most, max(1.0, self._most * self.height() / self.height_for(rows)))

    def words(self) -> QFont:
        """What figures and titles are written in."""
        font = sized("small")
        font.setPointSizeF(font.pointSizeF() * self.larger)
        return font

    def height_for(self, rows: int) -> int:
        """Pixels that so many rows take at most."""
        return round(self._most * (QFontMetricsF(sized("small")).height() + 2 * GRID + rows * HIGHEST))

    def areas(self) -> list[QRectF]:
        """Where each matrix lies."""
        if self.grids is None or not self.grids.padded.size:
            return []
        rows, columns = self.grids.padded.shape
        count = len(self.grids.matrices)
        larger = self.larger
        head = QFontMetricsF(self.words()).height() + 2
        across = (self.width() - GRID - (count - 1) * BETWEEN) / (count * columns)
        down = (self.height() - GRID - head) / rows
        wide = min(across, larger * (WIDEST if columns > 1 else 2 * WIDEST))
        least = SMALLEST * theme.current().larger * larger
        high = min(down, larger * HIGHEST, max(wide * HIGH / WIDE, least))
        if high < least:
            wide = high = min(wide, down)  # no figures: squares
        left = GRID / 2
        top = head + max(0.0, (self.height() - head - rows * high) / 2)
        step = columns * wide + BETWEEN
        return [QRectF(left + number * step, top, columns * wide, rows * high) for number in range(count)]

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell under a point of any of the matrices."""
        for area in self.areas():
            if self.grids is not None and area.contains(point):
                rows, columns = self.grids.padded.shape
                row = int((point.y() - area.top()) / area.height() * rows)
                column = int((point.x() - area.left()) / area.width() * columns)
                return min(row, rows - 1), min(column, columns - 1)
        return None

    def middle_of(self, cell: Cell, matrix: int = 0) -> QPointF:
        """Where a cell of a matrix is drawn."""
        assert self.grids is not None
        return _cell(self.areas()[matrix], self.grids.padded.shape, *cell).center()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.grids is not None:
                for number, area in enumerate(self.areas()):
                    self._paint(painter, area, self.grids.matrices[number], number == len(self.grids.matrices) - 1)
            if self.hasFocus():
                painter.setPen(QColor(theme.current().accent))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)

    def _paint(self, painter: QPainter, area: QRectF, matrix: Matrix, is_last: bool) -> None:
        assert self.grids is not None
        grids, colours, values = self.grids, theme.current(), matrix.values
        rows, columns = values.shape
        painter.setFont(self.words())
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(colours.dim))
        room = self.width() - area.left() if is_last else area.width() + BETWEEN - 2
        title = metrics.elidedText(matrix.title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QPointF(area.left(), area.top() - metrics.descent() - 1), title)
        if matrix.sign:
            before = QRectF(area.left() - BETWEEN, area.top(), BETWEEN, area.height())
            painter.drawText(before, Qt.AlignmentFlag.AlignCenter, matrix.sign)
        taken = grids.taken if is_last else values.size
        shades = shaded(values, taken)
        painter.drawImage(area, image_of_shades(shades))
        painter.setPen(QColor(colours.edge))
        painter.drawRect(area)
        first = _cell(area, values.shape, 0, 0)
        if not is_last:
            self._hatch(painter, area)
        if first.height() >= SMALLEST * theme.current().larger * self.larger:
            for row, column in product(range(rows), range(columns)):
                if row * columns + column < taken:
                    cell = _cell(area, values.shape, row, column)
                    self._write(painter, cell, float(values[row, column]), QColor(int(shades[row, column])))
        if grids.marked is not None:
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.drawRect(_cell(area, values.shape, *grids.marked))

    def _write(self, painter: QPainter, cell: QRectF, value: float, colour: QColor) -> None:
        metrics = QFontMetricsF(painter.font())
        texts = (short(value, digits) for digits in (3, 2, 1))
        if text := next((t for t in texts if metrics.horizontalAdvance(t) <= cell.width() - 2), ""):
            painter.setPen(QColor("white" if colour.lightness() < DARK else "black"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _hatch(self, painter: QPainter, area: QRectF) -> None:
        """Padding has a line across each cell."""
        assert self.grids is not None
        painter.setPen(QPen(QColor(theme.current().dim), 1))
        for row, column in zip(*self.grids.padded.nonzero(), strict=True):
            cell = _cell(area, self.grids.padded.shape, int(row), int(column))
            painter.drawLine(cell.bottomLeft(), cell.topRight())

    def told(self, cell: Cell) -> str:
        """A cell in words: what is multiplied, and what comes out."""
        assert self.grids is not None
        parts = [f"{m.sign} {exact(float(m.values[cell]))}".strip() for m in self.grids.matrices]
        return " ".join(parts) + (", padding" if self.grids.padded[cell] else "")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(self.told(cell)) if cell else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.cell_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (cell := self.cell_at(event.position())):
            self.picked.emit(*cell)


def shade(part: float) -> QColor:
    """The colour of a number from −1 (blue) to 1 (red); grey for what is none."""
    return (
        QColor(int(opaque(DIVERGING)[round(128 + 127 * min(max(part, -1.0), 1.0))])) if part == part else QColor("grey")
    )


def shaded(values: NDArray[np.floating], taken: int) -> NDArray[np.uint32]:
    """Colours (h, w) of numbers, white where they are 0; those from number `taken` on are clear."""
    import numpy as np

    sizes = np.abs(values)
    reach = float(sizes.max(initial=0.0, where=np.isfinite(values))) or 1.0
    level = np.nan_to_num(128 + 127 * (values / reach), nan=128, posinf=255, neginf=0)
    colours: NDArray[np.uint32] = opaque(DIVERGING)[np.rint(level).clip(0, 255).astype(np.uint8)]
    colours.ravel()[taken:] = 0
    return colours


def image_of_shades(shades: NDArray[np.uint32]) -> QImage:
    """An image of its own, a pixel for each colour."""
    height, width = shades.shape
    return QImage(shades.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


def short(value: float, digits: int = 3) -> str:
    """A number in about so many digits, for a cell; one that would be written as 0 has its power of ten."""
    if value == 0 or not isfinite(value):
        return exact(value).lstrip("−") if value == 0 else exact(value)
    size = abs(value)
    if size >= 10_000 or size < 0.5 * 10.0**-digits:
        text = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    else:
        text = f"{value:.{max(0, digits - (size >= 1) - (size >= 10) - (size >= 100))}f}"
    return text.replace("-", "−")


def brief(value: float) -> str:
    """A number with four digits."""
    return _plain(f"{value:.4g}")


def exact(value: float) -> str:
    """A number with six digits."""
    return _plain(f"{value:.6g}")


def _plain(text: str) -> str:
    return text.replace("-", "−").replace("inf", "∞").replace("nan", "NaN")


def _cell(area: QRectF, shape: tuple[int, ...], row: int, column: int) -> QRectF:
    wide, high = area.width() / shape[1], area.height() / shape[0]
    return QRectF(area.left() + column * wide, area.top() + row * high, wide, high)
