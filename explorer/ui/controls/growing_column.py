"""A column of words and numbers that is read from the last row of a lecture hall: as large as its room allows."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLayoutItem,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.controls.labels import enlarge
from explorer.ui.controls.scroll_column import ScrollColumn
from explorer.ui.theme import GRID

SIZES = (2.0, 1.75, 1.5, 1.375, 1.25, 1.125, 1.0)
"""By how much words may be larger than the theme has them."""
EMPTY = 0.5
"""The part of the room from which on, where it is empty, larger words are tried again: numbers that get shorter and
longer while one drags must not make everything jump."""
BROAD = 44 * GRID
"""Pixels of width that a panel's words fill well; twice as large ones twice that."""
WORDS = QLabel, QAbstractButton, QComboBox, QAbstractSpinBox
"""Qt's own parts that have words."""
LARGER = "larger"
"""Property of such a part: how many times as large its words are as the theme has them."""


def grow(part: QWidget, larger: float) -> None:
    """Have all words in a part written so many times as large as the theme has them. One that draws them itself, or
    measures them, has a `grow` of its own, and `needs`: pixels of width below which it is cut."""
    if hasattr(part, "grow"):
        part.grow(larger)
    elif isinstance(part, WORDS):
        before = part.property(LARGER) or 1.0
        if larger != before:
            part.setProperty(LARGER, larger)
            enlarge(part, larger / before)
            if isinstance(part, QComboBox):  # it would not measure again how much room it likes
                QApplication.sendEvent(part, QEvent(QEvent.Type.StyleChange))
    else:
        for child in part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            grow(child, larger)


def needs(part: QWidget) -> int:
    """Pixels of width below which a part is cut."""
    return part.needs() if hasattr(part, "needs") else part.minimumSizeHint().width()


class Halves(QVBoxLayout):
    """A column; where it is broad, what comes from one of its parts on stands beside what comes before."""

    beside: QWidget | None = None
    least = 0
    """Pixels of width from which on there are two halves."""

    def halves(self, width: int) -> tuple[list[QLayoutItem], list[QLayoutItem]]:
        """What stands on the left, and on the right; nothing there where all is one column."""
        items = [item for place in range(self.count()) if (item := self.itemAt(place)) is not None]
        split = self.indexOf(self.beside) if self.beside is not None and width >= self.least else len(items)
        left, right = ([item for item in part if not item.isEmpty()] for part in (items[:split], items[split:]))
        return (left, right) if left and right else ([*left, *right], [])

    def room(self, width: int) -> int:
        """Pixels of width that a part has."""
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return (inner - margins.left()) // 2 if self.halves(width)[1] else inner

    def heightForWidth(self, width: int) -> int:
        left, right = self.halves(width)
        if not right:
            return super().heightForWidth(width)
        margins, room = self.contentsMargins(), self.room(width)
        high = max(self._place(half, QRect(0, 0, room, 0), show=False) for half in (left, right))
        return margins.top() + high + margins.bottom()

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        left, right = self.halves(area.width())
        if right:
            inner, room = area.marginsRemoved(self.contentsMargins()), self.room(area.width())
            self._place(left, QRect(inner.left(), inner.top(), room, 0), show=True)
            self._place(right, QRect(inner.right() - room + 1, inner.top(), room, 0), show=True)

    def _place(self, items: list[QLayoutItem], area: QRect, *, show: bool) -> int:
        """How high these are one below the other; with `show` each is put to its place."""
        y = 0
        for item in items:
            grows = item.hasHeightForWidth()
            high = item.heightForWidth(area.width()) if grows else item.sizeHint().height()
            if show:
                item.setGeometry(QRect(area.left(), area.top() + y, area.width(), high))
            y += high + self.spacing()
        return y - self.spacing()


class GrowingColumn(ScrollColumn):
    """Its texts, fields, tables and formulas get larger together where there is room.

    It shrinks before it scrolls, and grows again where it gets another size or half of it is empty.
    """

    larger = 1.0
    """How many times as large as the theme has them its words are."""
    column: Halves

    def __init__(self, broad: int = 0) -> None:
        """broad: pixels of width that its words fill; they are twice as large only where there is twice that."""
        self._broad = broad
        super().__init__(Halves())

    def beside(self, part: QWidget) -> None:
        """Have what comes from this part on stand beside what comes before, where there is room for both."""
        self.column.beside, self.column.least = part, 2 * self._broad

    def _fit(self) -> None:
        if not self._changing and self.larger != 1:
            self._grow(self.larger)  # one that was hidden till now, or has another row
        super()._fit()
        if self._changing or self.width() <= self._bar:
            return
        if not self._fits():
            self._choose([size for size in SIZES if size < self.larger])
        elif self.larger < SIZES[0] and self._high() < (1 - EMPTY) * self.height():
            self._choose(SIZES)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits() and self.larger < SIZES[0]:
            self._choose(SIZES)

    def _choose(self, sizes: Iterable[float]) -> None:
        """Take the first of these sizes that fits, or the last."""
        before, self._changing = self.larger, True  # each size would be laid out
        try:
            for size in sizes:
                self.larger = size
                if size > 1 and not self._broad_enough():
                    continue
                self._grow(size)
                if self._fits():
                    break
            if self.larger != before:
                self._grow(self.larger, hidden=True)
        finally:
            self._changing = False
        super()._fit()

    def _grow(self, larger: float, hidden: bool = False) -> None:
        for part in self._parts(hidden):
            grow(part, larger)

    def _parts(self, hidden: bool = False) -> list[QWidget]:
        items = [self.column.itemAt(place) for place in range(self.column.count())]
        parts = [part for item in items if item is not None and (part := item.widget()) is not None]
        return [part for part in parts if part.isHidden() == hidden]

    def _high(self) -> int:
        return self.column.totalHeightForWidth(self.width() - self._bar)

    def _broad_enough(self) -> bool:
        return self.column.room(self.width() - self._bar) >= self.larger * self._broad

    def _fits(self) -> bool:
        if self.larger > 1 and not self._broad_enough():
            return False
        room = self.column.room(self.width() - self._bar)
        return self._high() <= self.height() and all(needs(part) <= room for part in self._parts())
