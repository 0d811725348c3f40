"""The list of a folder in the dialog for files: name, size and date, sorted as one likes; typing finds a name."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from explorer.ui.choosing.entry_icons import icon
from explorer.ui.row_runs import runs, selected_rows
from explorer.ui.row_table import RowHeight, dress
from explorer.ui.theme import GRID
from explorer.workspace.folder_entries import Entry

COLUMNS = "Name", "Size", "Changed"
TYPING = 1.0
"""Seconds after which a letter begins another name to be found."""
Index = QModelIndex | QPersistentModelIndex
BY = [Entry._fields.index(name) for name in ("order", "size", "changed")]
"""What of an entry each column is sorted by."""
BY_NAME = itemgetter(BY[0])
Role = Qt.ItemDataRole
DESCENDING = Qt.SortOrder.DescendingOrder


class EntriesModel(QAbstractTableModel):
    """Entries in rows: folders first, in the order that was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Entry] = []
        self._folders, self._files = list[Entry](), list[Entry]()
        self.column, self.order = 0, Qt.SortOrder.AscendingOrder

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        self._folders, self._files = [], []
        self.add_entries(entries)

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Show these, too; of many that are sorted already, that takes no more than looking through them once."""
        self._folders += [entry for entry in entries if entry.folder is not False]
        self._files += [entry for entry in entries if entry.folder is False]
        for those in (self._folders, self._files):
            those.sort(key=BY_NAME)
        self._show_rows()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show the entries in another order."""
        self.column, self.order = column, order
        self._show_rows()

    def _show_rows(self) -> None:
        self.beginResetModel()
        self.rows = self._ordered(self._folders) + self._ordered(self._files)
        self.endResetModel()

    def _ordered(self, entries: list[Entry]) -> list[Entry]:
        """Of entries in the order of their names; numbers are sorted by numpy, ten times as fast as by Python."""
        turned = self.order == DESCENDING
        if not self.column:
            return entries[::-1] if turned else entries
        values = np.array(list(map(itemgetter(BY[self.column]), entries)))
        return [entries[place] for place in np.argsort(-values if turned else values, kind="stable").tolist()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.ToolTipRole:
            return f"Sort by this; once more turns the order round (Ctrl+{section + 1})"
        if role == Role.TextAlignmentRole:
            return _side(section)
        return COLUMNS[section] if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        entry, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return _cell(entry, column)
        if role == Role.TextAlignmentRole:
            return _side(column)
        if role == Role.DecorationRole and column == 0:
            return icon(entry.folder is not False)
        if role == Role.AccessibleTextRole:
            return f"{entry.name}, folder" if column == 0 and entry.folder else _cell(entry, column)
        return None


class EntriesTable(QTableView):
    """What lies in a folder. several: whether more than one may be chosen."""

    taken = Signal()  # what is chosen is wanted: Enter, or a double click
    chosen = Signal()  # another choice
    up_requested = Signal()

    def __init__(self, several: bool = False) -> None:
        super().__init__()
        self.entries = EntriesModel()
        self.setModel(self.entries)
        dress(self, "Files and folders")
        self.setFrameShape(QTableView.Shape.StyledPanel)
        self._row_height = RowHeight(self)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        self._typed, self._typed_at = "", 0.0
        header = self.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        # Its own is empty: for whether a column is chosen Qt asks each row, which took 0.5 s of 100,000.
        header.setSelectionModel(QItemSelectionModel(self.entries, header))
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setAccessibleName("Columns")
        header.sectionClicked.connect(self.sort_by)
        for column in range(len(COLUMNS)):
            keys = QShortcut(QKeySequence(f"Ctrl+{column + 1}"), self)
            keys.activated.connect(lambda column=column: self.sort_by(column))
        self.activated.connect(lambda _index: self.taken.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self._size_columns()

    @property
    def picked(self) -> list[Entry]:
        """The entries that are chosen, from above."""
        return [self.entries.rows[row] for row in selected_rows(self.selectionModel())]

    def show_entries(self, entries: Sequence[Entry], keep: bool) -> None:
        """Show other entries. keep: they are of the same folder, whose choice and place stay."""
        self._keeping(keep, lambda: self.entries.show_entries(entries))

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Show these of the same folder, too."""
        self._keeping(True, lambda: self.entries.add_entries(entries))

    def sort_by(self, column: int) -> None:
        """Sort by a column; once more turns the order round."""
        model = self.entries
        ascending = Qt.SortOrder.AscendingOrder
        order = DESCENDING if column == model.column and model.order == ascending else ascending
        self.horizontalHeader().setSortIndicator(column, order)
        self._keeping(True, lambda: model.sort(column, order))

    def pick(self, names: Collection[str]) -> None:
        """Choose the entries of these names."""
        rows = [row for row, entry in enumerate(self.entries.rows) if entry.name in names] if names else []
        self.clearSelection()
        if rows:
            self._go_to(rows[-1])
            chosen, model = QItemSelection(), self.entries
            for first, last in runs(rows):  # row by row, 100,000 took more than a minute
                chosen.select(model.index(first, 0), model.index(last, len(COLUMNS) - 1))
            self.selectionModel().select(chosen, self.selectionModel().SelectionFlag.ClearAndSelect)

    def keyboardSearch(self, search: str) -> None:
        """Go to the name that begins with what is typed; the same letter again goes to the next one."""
        now = time.monotonic()
        again = now - self._typed_at < TYPING
        self._typed, self._typed_at = (self._typed + search if again else search), now
        letters = set(self._typed)
        wanted = (self._typed[0] if len(letters) == 1 else self._typed).casefold()
        rows = self.entries.rows
        first = max(self.currentIndex().row(), 0) + (len(letters) == 1)
        for row in chain(range(first, len(rows)), range(min(first, len(rows)))):
            if rows[row].name.casefold().startswith(wanted):
                self._go_to(row)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace asks for the folder above, where Qt's own would search for what it writes; Home and End go to the
        first row and the last, where Qt's go to the first column and the last."""
        plain, rows = event.modifiers() == Qt.KeyboardModifier.NoModifier, len(self.entries.rows)
        if event.key() == Qt.Key.Key_Backspace:
            self.up_requested.emit()
        elif plain and rows and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to(0 if event.key() == Qt.Key.Key_Home else rows - 1)
        elif plain and rows and event.key() == Qt.Key.Key_Down and not self.picked:
            self._go_to(max(self.currentIndex().row(), 0))  # Qt's begins behind the first
        else:
            super().keyPressEvent(event)

    def _go_to(self, row: int) -> None:
        flags = self.selectionModel().SelectionFlag
        self.selectionModel().setCurrentIndex(self.entries.index(row, 0), flags.ClearAndSelect | flags.Rows)

    def _keeping(self, keep: bool, change: Callable[[], None]) -> None:
        names = {entry.name for entry in self.picked} if keep else set()
        place = self.verticalScrollBar().value() if keep else 0
        change()
        self._size_columns()
        self.pick(names)
        self.verticalScrollBar().setValue(place)
        self.chosen.emit()

    def _size_columns(self) -> None:
        words = self.fontMetrics()
        for column, longest in ((1, "999.9 MB"), (2, "2000-00-00 00:00")):
            self.setColumnWidth(column, words.horizontalAdvance(longest) + 3 * GRID)


def _cell(entry: Entry, column: int) -> str:
    if column == 0:
        return entry.name
    if column == 1:
        return "" if entry.folder is not False else entry.amount
    try:
        return datetime.fromtimestamp(entry.changed).strftime("%Y-%m-%d %H:%M") if entry.changed else ""
    except (OSError, OverflowError, ValueError):  # a disk may say any number
        return ""


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
