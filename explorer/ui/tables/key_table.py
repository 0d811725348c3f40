"""Rows of commands and gestures with their keys, and a table that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from explorer.ui.row_table import dress
from explorer.ui.theme import GRID

COLUMNS = ("What it does", "Where", "Keys")
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class KeyRow:
    """What it does, where, by which keys; other words for the search; and what the row stands for."""

    cells: tuple[str, str, str]
    words: str = ""
    means: object = None

    def has(self, searched: str) -> bool:
        """Whether this is among its words, in small letters or large ones."""
        first, *others = self.cells
        return any(searched.lower() in text.lower() for text in (self.words or first, *others))


class KeyRows(QAbstractTableModel):
    """The rows, which are told only where they are seen: items for all of them took a frame."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Sequence[KeyRow] = ()

    def show_rows(self, rows: Sequence[KeyRow]) -> None:
        """Show other rows; the same number of them keep their places."""
        if len(rows) == len(self.shown):
            self.shown = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.shown = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        return COLUMNS[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self.shown[index.row()].cells[index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return FLAGS


class KeyTable(QTableView):
    """What it does and its keys have the room between them, for gestures are told in as many words.

    Only rows whose words do not fit into a line are measured: Qt measures all, each time that it lays the table out.
    """

    def __init__(self, rows: KeyRows) -> None:
        super().__init__()
        self._rows = rows
        self._least = 0  # pixels of a row with one line, once the columns have their room
        dress(self, "Keys and gestures")
        self.setWordWrap(True)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setModel(rows)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def fit(self) -> None:
        """Give the columns their room, and rows with many words more lines."""
        head, measure = self.horizontalHeader(), self.fontMetrics()
        if not self.isVisible() or not self._rows.shown:
            return
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        for wide in (0, 2):
            head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        places = {row.cells[1] for row in self._rows.shown}
        widest = max(map(measure.horizontalAdvance, places))
        head.resizeSection(1, max(widest + 2 * GRID, head.sectionSizeHint(1)))
        self._least = self.sizeHintForIndex(self._rows.index(0, 1)).height()
        self.verticalHeader().setDefaultSectionSize(self._least)
        self._fit_rows()

    def _fit_rows(self) -> None:
        measure, around = self.fontMetrics(), self._least - self.fontMetrics().height()
        rooms = [self.columnWidth(place) - GRID for place in range(3)]
        for number, row in enumerate(self._rows.shown):
            high = self._least
            for text, room in zip(row.cells, rooms, strict=True):
                if measure.horizontalAdvance(text) > room:
                    lines = measure.boundingRect(0, 0, room, 0, Qt.TextFlag.TextWordWrap, text).height()
                    high = max(high, lines + around)
            if self.rowHeight(number) != high:
                self.setRowHeight(number, high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._least and event.size().width() != event.oldSize().width():
            self._fit_rows()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()
