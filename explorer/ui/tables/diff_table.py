"""What differs between two networks as a table model: what takes long is found when it is painted."""

from __future__ import annotations

import time
from collections.abc import Iterable
from heapq import nlargest
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor

from explorer.network.conventions import TORCH, Conventions
from explorer.network.diff import Diff, Pair
from explorer.network.diff_words import AND, ARROW, COLUMNS, NUMBERS, cells, headings, seen
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip

MARK, SETTINGS, OUTPUT, SEEN = 0, 3, 4, 7
"""Columns that are shown in another way than the rest."""
TINT = 30
"""How much of 255 a row has of its colour: what is written on it stays as readable as without."""
TURN = 0.008
"""Seconds that receptive fields may take in a turn of the event loop: half a frame."""
WAITING = "…"
CHANGED: dict[str, str] = {"with other weights": "changed"}
"""States that have the colour of another."""
Index = QModelIndex | QPersistentModelIndex
Right, Left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


class DiffTable(QAbstractTableModel):
    """One row a layer, all or only those in which something differs; the new value stands below the old one."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Pair] = []
        self.headings = _capitalised(TORCH)
        self._diff: Diff | None = None
        self._said: list[tuple[str, ...]] = []  # the cells of each row, but for the receptive field
        self._shown: list[list[str]] = []  # the same in lines
        self._first = 0  # row in which something differs
        self._seen: dict[int, str] = {}
        self._wanted: list[int] = []  # rows that were painted without their receptive fields, the latest last
        self._soon = QTimer(self, interval=0)
        self._soon.timeout.connect(self._find)

    def show_diff(self, diff: Diff | None, whole: bool, conventions: Conventions = TORCH) -> None:
        """Show another comparison, or the same counted otherwise."""
        self.beginResetModel()
        self._diff, self.headings = diff, _capitalised(conventions)
        self.rows = [row for row in diff.rows if whole or row.state != "same"] if diff else []
        self._said = [cells(diff, row, conventions) for row in self.rows] if diff else []
        self._shown = [[_in_lines(column, text) for column, text in enumerate(row)] for row in self._said]
        self._first = next((i for i, row in enumerate(self.rows) if row.state != "same"), len(self.rows))
        self._seen, self._wanted = {}, []
        self.endResetModel()

    def row_of(self, old: str, new: str) -> int | None:
        """The row of a pair of ids, else that of the layer in the new network."""
        exact = (i for i, row in enumerate(self.rows) if (row.old, row.new) == (old, new))
        return next(exact, next((i for i, row in enumerate(self.rows) if new and row.new == new), None))

    def lines(self, row: int) -> int:
        """How many lines a row needs; once something differs, receptive fields may, which are known later."""
        pair = self.rows[row]
        least = 2 if row >= self._first and pair.old and pair.new else 1
        return max(least, *(text.count("\n") + 1 for text in self._shown[row]))

    def longest(self, column: int) -> list[str]:
        """The longest texts of a column, and its heading, among them the widest but for a few pixels."""
        if column == SEEN:  # which are known later
            return [self.headings[column], "→ 1000×1000"]
        lines = {line for row in self._shown for line in row[column].split("\n")}
        return [self.headings[column], *nlargest(5, lines, key=len)]

    def plain(self, rows: Iterable[int]) -> list[tuple[str, ...]]:
        """Rows as text, each with a word for its mark."""
        return [(self.rows[row].state, *self._said[row][1:], self._sees(row)) for row in rows]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.headings[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return (Right if section in NUMBERS else Left) | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return self.headings[section] or "Change"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column != SEEN:
                return self._shown[row][column]
            text = self._text(row, column)
            return _in_lines(column, text) if self.lines(row) > 1 else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if column == MARK else Right if column in NUMBERS else Left
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.rows[row].state if column == MARK else self._text(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.rows[row].state if column == MARK else self._text(row, column)
        if role == Qt.ItemDataRole.FontRole and column == MARK:
            font = sized("body")
            font.setBold(True)
            return font
        if role in (Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole):
            return self._colour(row, column, role == Qt.ItemDataRole.BackgroundRole)
        return None

    def _colour(self, row: int, column: int, behind: bool) -> QColor | None:
        """Of the ground, or of what is written on it; None for the usual one."""
        pair, colours = self.rows[row], theme.current()
        if behind:
            if pair.state == "same":
                return None
            tint = QColor(colours.changes[CHANGED.get(pair.state, pair.state)])
            tint.setAlpha(TINT)
            return tint
        if column == MARK:
            return QColor(colours.changes.get(CHANGED.get(pair.state, pair.state), colours.dim))
        if column == OUTPUT and pair.facts[1] and pair.facts[1].problem:
            return QColor(colours.problem)
        return QColor(colours.dim) if pair.state == "same" else None

    def _text(self, row: int, column: int) -> str:
        if column != SEEN:
            return self._said[row][column]
        if row not in self._seen:
            self._wanted.append(row)
            self._soon.start()
        return self._seen.get(row, WAITING)

    def _sees(self, row: int) -> str:
        assert self._diff is not None
        if row not in self._seen:
            self._seen[row] = seen(self._diff, self.rows[row])
        return self._seen[row]

    def _find(self) -> None:
        """Those painted last first: others may be scrolled away."""
        until = time.monotonic() + TURN
        while self._wanted and time.monotonic() < until:
            row = self._wanted.pop()
            if row not in self._seen:
                self._sees(row)
                self.dataChanged.emit(self.index(row, SEEN), self.index(row, SEEN))
        if not self._wanted:
            self._soon.stop()


def _capitalised(conventions: Conventions) -> tuple[str, ...]:
    return tuple(name[:1].upper() + name[1:] for name in headings(conventions))


def _in_lines(column: int, text: str) -> str:
    """The new value below the old one; of settings one below the other."""
    if column == SETTINGS:
        return text.replace(AND, "\n")
    return text.replace(ARROW, f"\n{ARROW.lstrip()}")
