"""Worked formulas typeset as mathematics: letters above, numbers below, aligned term by term."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
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
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from explorer.network.formulas import Row
from explorer.network.latex import latex, markdown
from explorer.ui import theme
from explorer.ui.labels import sized
from explorer.ui.theme import GRID
from explorer.ui.typesetting import LETTERS, NUMBERS, Box, Face, Typesetter
from explorer.ui.words import plain_tip

SMALLEST = 0.8
"""A formula slightly too long is drawn this much smaller before it is broken into lines."""


@lru_cache(maxsize=1)
def typesetter() -> Typesetter:
    """The one that all formulas and letters share."""
    return Typesetter(sized("body"))


class LetterLabel(QWidget):
    """One letter with its subscripts, dimmed, beside the name it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self._box: Box | None = None
        self.setFixedSize(3 * GRID, 3 * GRID)

    def say(self, letter: str) -> None:
        """Show another letter, or nothing."""
        self._box = typesetter().leaf(letter, "") if letter else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._box:
            painter = QPainter(self)
            painter.setPen(QColor(theme.current().dim))
            self._box.draw(painter, 0, (self.height() + self._box.up - self._box.down) / 2 + 1, LETTERS)


class FormulaView(QWidget):
    """One worked formula; Ctrl+C or the context menu copies it as text."""

    asked = Signal(str)  # a letter: where does it come from?

    NAME = 10 * GRID
    """Width of the column with what the formula gives."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._set = typesetter()
        self._equals = self._set.plain.width("= ")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # Fixed would cut the height
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._heights: dict[int, int] = {}  # by width: the layout asks many times
        self.show_row(row)

    def show_row(self, row: Row) -> None:
        """Show another formula."""
        if row == getattr(self, "row", None):
            return
        self.row = row
        self._heights.clear()
        leaf = not row.symbol.sign  # a letter alone has nothing to be aligned with
        self._readings = (LETTERS,) if leaf else (LETTERS, NUMBERS)
        self._terms = [self._set.leaf(row.symbol.letter, "")] if leaf else self._set.chain(row.symbol)
        self.setAccessibleName(f"{row.name} = {row}")
        self.setToolTip(plain_tip(f"{row.name} = {row}"))
        self.updateGeometry()
        self.update()

    def copy(self) -> None:
        """Put the formula on the clipboard, as one line of text."""
        QGuiApplication.clipboard().setText(f"{self.row.name} = {self.row}")

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

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = round(self._draw(None, width))
        return self._heights[width]

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(38 * GRID, 2 * GRID)  # the layout asks heightForWidth for the height it really takes

    def minimumSizeHint(self) -> QSize:
        return QSize(24 * GRID, 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, self.width())
        if self.hasFocus():
            painter.setPen(QColor(theme.current().accent))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction("Copy formula", self.copy)
        menu.addAction("Copy as Markdown", lambda: QGuiApplication.clipboard().setText(markdown(self.row)))
        menu.addAction("Copy as LaTeX", lambda: QGuiApplication.clipboard().setText(latex(self.row)))
        menu.addSeparator()
        for letter in dict.fromkeys(letter for letter, _ in self.letters()):
            menu.addAction(f"Where {letter} comes from").triggered.connect(
                lambda _=False, letter=letter: self.asked.emit(letter)
            )
        menu.exec(event.globalPos())

    def letters(self) -> list[tuple[str, QRectF]]:
        """The letters that are drawn, also those behind numbers, and where."""
        picture = QPicture()
        painter = QPainter(picture)
        self._set.noting = []
        self._draw(painter, self.width())
        painter.end()
        found, self._set.noting = self._set.noting, None
        return found

    def _letter_at(self, point: QPointF) -> str:
        return next((letter for letter, area in self.letters() if area.contains(point)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._letter_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (letter := self._letter_at(event.position())):
            self.asked.emit(letter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _draw(self, painter: QPainter | None, width: float) -> float:
        """Draw if there is a painter; the height it takes."""
        gap = GRID / 2
        y, left = gap / 2, self.NAME + self._equals
        whole = sum(term.width for term in self._terms)
        if left + whole > width:  # too long to stand beside its name
            left = GRID + self._equals
            y += self._set.height
            self._write(painter, "dim", self._set.plain, 2, y - self._set.descent, self.row.name)
        beside = left > self.NAME
        for line in self.lines(max(width - left, whole if whole * SMALLEST < width - left else 0)):
            box = self._set.row(*line)
            squeeze = min(1.0, (width - left) / box.width)
            for reading in self._readings:
                y += box.up
                if beside:
                    self._write(painter, "dim", self._set.plain, 2, y, self.row.name)
                    beside = False
                if reading == NUMBERS and line[0] is self._terms[0]:
                    self._write(painter, "text", self._set.plain, left - self._equals, y, "=")
                if painter:
                    painter.save()
                    painter.setPen(QColor(theme.current().text))
                    painter.translate(left, y)
                    painter.scale(squeeze, squeeze)
                    box.draw(painter, 0, 0, reading)
                    painter.restore()
                end, baseline = left + box.width * squeeze, y
                y += box.down + (gap if reading == NUMBERS else 2 * gap)
        result = f" = {self.row.value:,}"
        if end + self._set.bold.width(result) > width:
            result, end = result.strip(), left - self._equals
            baseline = y + self._set.capital + gap
            y = baseline + self._set.descent + gap
        self._write(painter, "accent", self._set.bold, end, baseline, result)
        return y

    def _write(self, painter: QPainter | None, colour: str, face: Face, x: float, y: float, text: str) -> None:
        if painter:
            painter.setPen(QColor(getattr(theme.current(), colour)))
            painter.setFont(face.font)
            painter.drawText(QPointF(x, y), text)
