"""Worked formulas typeset as mathematics: letters above, numbers below, aligned term by term."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPicture,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.maths.expressions import grouped
from explorer.network.formulas import Row
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.typesetting import LETTERS, NUMBERS, Box, Mark, Typesetter
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID

SMALLEST = 0.8
"""A formula slightly too long is drawn this much smaller before it is broken into lines."""
KEPT = 256
"""Formulas, each of about 20 kB, that are kept for the next look."""
WIDTHS = 4
"""Widths for which a formula remembers its lines; while a panel is dragged wider there is one for each pixel."""


def typesetter() -> Typesetter:
    """The one that all formulas and letters share, as large as words are in the theme."""
    return _typesetter(sized("body").pointSizeF())


@lru_cache(maxsize=2)
def _typesetter(_points: float) -> Typesetter:
    return Typesetter(sized("body"))


class Piece:
    """A part of a formula: a box in its place, in one of its readings and of the theme's colours."""

    def __init__(
        self, box: Box, x: float, y: float, reading: int = LETTERS, colour: str = "text", scale: float = 1.0
    ) -> None:
        self._box, self._x, self._y = box, x, y
        self._reading, self._colour, self._scale = reading, colour, scale

    def draw(self, painter: QPainter) -> None:
        """Draw it where it belongs."""
        painter.setPen(QColor(getattr(theme.current(), self._colour)))
        if self._scale == 1:
            self._box.draw(painter, self._x, self._y, self._reading)
        else:
            painter.save()
            painter.translate(self._x, self._y)
            painter.scale(self._scale, self._scale)
            self._box.draw(painter, 0, 0, self._reading)
            painter.restore()


class Formula:
    """One worked formula set in type: its terms, broken into lines where there is little room."""

    NAME = 10 * GRID
    """Least width of the column with what the formula gives."""

    def __init__(self, row: Row) -> None:
        self.row, self.text = row, f"{row.name} = {row}"
        self._set = typesetter()
        self._equals = self._set.plain.width("= ")
        self._left = max(self.NAME, self._set.plain.width("parameters") + GRID) + self._equals
        leaf = not row.symbol.sign  # a letter alone has nothing to be aligned with
        self._readings = (LETTERS,) if leaf else (LETTERS, NUMBERS)
        self._terms = [self._set.leaf(row.symbol.letter, "")] if leaf else self._set.chain(row.symbol)
        self._placed: dict[int, tuple[list[Piece], float]] = {}

    def lines(self, room: float) -> list[list[Box]]:
        """The terms broken into lines no wider than `room`."""
        lines: list[list[Box]] = [[]]
        used = 0.0
        for term in self._terms:
            if lines[-1] and used + term.width > room:
                lines.append([])
                used = 0.0
            lines[-1].append(term)
            used += term.width
        return lines

    def placed(self, width: int) -> tuple[list[Piece], float]:
        """Its pieces where there is room for `width` pixels, and the height they take."""
        if width not in self._placed:
            if len(self._placed) == WIDTHS:  # the oldest goes
                del self._placed[next(iter(self._placed))]
            self._placed[width] = self._place(width)
        return self._placed[width]

    def _place(self, width: int) -> tuple[list[Piece], float]:
        pieces: list[Piece] = []
        gap = GRID / 2
        y, left = gap / 2, self._left
        name = self._set.name(self.row.name)
        whole = sum(term.width for term in self._terms)
        if left + whole > width:  # too long to stand beside its name
            left = GRID + self._equals
            y += self._set.height
            pieces.append(Piece(name, 2, y - self._set.descent, colour="dim"))
            y += max(name.down - self._set.descent, 0)  # an index goes further down than words
        lines = self.lines(max(width - left, whole if whole * SMALLEST < width - left else 0))
        for reading in self._readings:  # all of the letters first: a broken line goes on where one reads on
            for line in lines:
                box = self._set.row(*line)
                squeeze = min(1.0, (width - left) / box.width)
                y += box.up
                if not pieces:
                    pieces.append(Piece(name, 2, y, colour="dim"))
                if reading == NUMBERS and line is lines[0]:
                    pieces.append(Piece(self._set.text("="), left - self._equals, y))
                pieces.append(Piece(box, left, y, reading, scale=squeeze))
                end, baseline = left + box.width * squeeze, y
                y += box.down + (gap if reading == NUMBERS or line is not lines[-1] else 2 * gap)
        result = self._set.text(f" = {grouped(self.row.value)}", self._set.bold)
        if end + result.width > width:
            result, end = self._set.text(f"= {grouped(self.row.value)}", self._set.bold), left - self._equals
            baseline = y + self._set.capital + gap
            y = baseline + self._set.descent + gap
        return [*pieces, Piece(result, end, baseline, colour="accent")], y


def formula(row: Row) -> Formula:
    """The row set in type, as large as words are in the theme."""
    return kept_formula(row, sized("body").pointSizeF())


@lru_cache(KEPT)
def kept_formula(row: Row, _points: float) -> Formula:
    """Kept: layers share formulas, and setting one takes longer than showing it."""
    return Formula(row)


class FormulaView(QWidget):
    """One worked formula; Ctrl+C or the context menu copies it.

    A click on a letter asks where that comes from, one on a constant tells why it is there.
    """

    asked = Signal(str)  # a letter

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._larger = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # Fixed would cut the height
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._formula = formula(row)
        self._announce()

    @property
    def row(self) -> Row:
        """What is shown."""
        return self._formula.row

    def show_row(self, row: Row) -> None:
        """Show another formula."""
        if row != self.row:
            self._set_in_type(row)
            self._announce()

    def grow(self, larger: float) -> None:
        """Be drawn so many times as large as the theme's words."""
        if larger != self._larger:
            self._larger = larger
            self.updateGeometry()
            self.update()

    def needs(self) -> int:
        """It breaks its lines where it lacks room."""
        return 0

    def _set_in_type(self, row: Row) -> None:
        self._formula = formula(row)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:  # another theme, whose words may be larger
            self._set_in_type(self.row)

    def _announce(self) -> None:
        self.setAccessibleName(self._formula.text)
        self.setToolTip(plain_tip(self._formula.text))

    def copy(self) -> None:
        """Put the formula on the clipboard, as one line of text."""
        QGuiApplication.clipboard().setText(self._formula.text)

    def heightForWidth(self, width: int) -> int:
        return round(self._formula.placed(round(width / self._larger))[1] * self._larger)

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(38 * GRID, 2 * GRID)  # the layout asks heightForWidth for the height it really takes

    def minimumSizeHint(self) -> QSize:
        return QSize(24 * GRID, 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_pieces(painter)
            if theme.has_keys(self):
                painter.setPen(QColor(theme.current().accent))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)

    def _paint_pieces(self, painter: QPainter) -> None:
        painter.save()
        painter.scale(self._larger, self._larger)
        for piece in self._formula.placed(round(self.width() / self._larger))[0]:
            piece.draw(painter)
        painter.restore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        from explorer.network.latex import latex, markdown  # nobody waits for it when the program starts

        menu = Menu(self)
        menu.addAction("Copy formula", self.copy)
        menu.addAction("Copy as Markdown", lambda: QGuiApplication.clipboard().setText(markdown(self.row)))
        menu.addAction("Copy as LaTeX", lambda: QGuiApplication.clipboard().setText(latex(self.row)))
        menu.addSeparator()
        for mark in {(mark.text, mark.why): mark for mark in self.marks()}.values():
            told = f"{mark.text}: {mark.why}" if mark.why else f"Where {mark.text} comes from"
            menu.addAction(told).triggered.connect(lambda _=False, mark=mark: self._explain(mark))
        choose_from(menu, event.globalPos())

    def marks(self) -> list[Mark]:
        """The letters that are drawn, also those behind numbers, and the constants with a reason."""
        typeset, picture = typesetter(), QPicture()
        found = typeset.noting = []
        try:
            with QPainter(picture) as painter:
                self._paint_pieces(painter)
        finally:
            typeset.noting = None
        return found

    def _mark_at(self, point: QPointF) -> Mark | None:
        return next((mark for mark in self.marks() if mark.area.contains(point)), None)

    def _explain(self, mark: Mark) -> None:
        if mark.why:
            QToolTip.showText(self.mapToGlobal(mark.area.bottomLeft().toPoint()), plain_tip(mark.why), self)
        else:
            self.asked.emit(mark.text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._mark_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (mark := self._mark_at(event.position())):
            self._explain(mark)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
