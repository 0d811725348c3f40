"""The columns beside a studio's picture, which become tabs where the window has no room for them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QWidget

from explorer.ui.controls.flow import ANY
from explorer.ui.controls.scroll_column import ScrollColumn
from explorer.ui.theme import GRID


class SideColumns:
    """Puts each column to its side of the middle, or, from the one that was added last on, behind the middle's tabs.

    row: has the middle, and the columns that have room. tabs: those of the middle.
    """

    def __init__(self, row: QHBoxLayout, middle: QWidget, tabs: QTabWidget) -> None:
        self._row, self._middle, self._tabs = row, middle, tabs
        self._columns: list[tuple[ScrollColumn, int, bool]] = []

    def add(self, name: str, *widgets: QWidget, width: int, before: bool) -> None:
        """One more column of so many pixels, left (before) or right of the middle, with widgets one below the other."""
        column = ScrollColumn()
        column.setAccessibleName(name)
        column.column.setContentsMargins(0, 0, GRID // 2, 0)
        for widget in widgets:
            column.column.addWidget(widget)
        column.column.addStretch(1)
        self._columns.append((column, width, before))
        self._put(column, width, before)

    def fit(self, room: int) -> None:
        """So many pixels are there for all of it."""
        room -= self._middle.minimumSizeHint().width()
        for column, width, before in self._columns:
            room -= width + self._row.spacing()
            if (room < 0) == (self._tabs.indexOf(column) < 0):
                if room < 0:
                    self._row.removeWidget(column)
                    column.setMinimumWidth(0)
                    column.setMaximumWidth(ANY)
                    self._tabs.addTab(column, column.accessibleName())
                else:
                    self._tabs.removeTab(self._tabs.indexOf(column))
                    self._put(column, width, before)

    def _put(self, column: ScrollColumn, width: int, before: bool) -> None:
        column.setFixedWidth(width)
        self._row.insertWidget(0 if before else self._row.count(), column)
        column.show()
