"""The layers of a network as a table model: 1,000 rows without copying, only what changed told anew."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.network.analysis import Facts, totals
from explorer.network.layer import described
from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.words import plain_tip, share_in_words
from explorer.workspace.document import Change, Document

COLUMNS = ("Layer", "Kind", "Settings", "Output", "Parameters", "MACs", "Share")
NUMBERS = range(4, 7)
"""Columns that hold numbers, aligned right."""
Index = QModelIndex | QPersistentModelIndex
Right, Left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


class LayerTable(QAbstractTableModel):
    """One row a node, in the order the network runs, or sorted by a column."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder
        self.ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._all = 0
        self._arrange()

    def row_of(self, id: str) -> int | None:
        """The row that shows a node."""
        return self._rows.get(id)

    def plain(self, rows: Iterable[int]) -> list[list[str]]:
        """Rows as text with exact numbers, under a head line."""
        return [
            list(COLUMNS),
            *([self._plain(row, column) for column in range(len(COLUMNS))] for row in rows),
        ]

    def follow(self, change: Change) -> None:
        """Show the changed document: only touched rows where their order stayed."""
        old, all_before = self.ids, self._all
        ids = self._sorted()
        if ids != old:
            if len(ids) == len(old) and set(ids) == set(old):
                self.layoutAboutToBeChanged.emit()
                kept = self.persistentIndexList()
                self._arrange()
                self.changePersistentIndexList(
                    kept, [self.index(self._rows[old[index.row()]], index.column()) for index in kept]
                )
                self.layoutChanged.emit()
            else:
                self.beginResetModel()
                self._arrange()
                self.endResetModel()
            return
        self._all = totals(change.facts).parameters
        rows = sorted(self._rows[id] for id in change.touched if id in self._rows)
        last = len(COLUMNS) - 1
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))
        if self._all != all_before:
            self.dataChanged.emit(self.index(0, last), self.index(len(self.ids) - 1, last))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which the network runs."""
        old = self.ids
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        self._column, self._order = column, order
        self._arrange()
        self.changePersistentIndexList(
            kept, [self.index(self._rows[old[index.row()]], index.column()) for index in kept]
        )
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return (Right if section in NUMBERS else Left) | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.ToolTipRole and section == len(COLUMNS) - 1:
                return "Share of the network's parameters"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (Right if column in NUMBERS else Left) | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            if self._of(index.row())[1].problem:
                return QColor(theme.current().problem)
            return QColor(theme.current().dim) if self._text(index.row(), column) == "0" else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._of(index.row())[1].problem or self._text(index.row(), column))
        return None

    def _of(self, row: int) -> tuple[Node, Facts]:
        id = self.ids[row]
        return self._document.project.network.nodes[id], self._document.facts[id]

    def _plain(self, row: int, column: int) -> str:
        if column == len(COLUMNS) - 1:
            return f"{self._share(row):.4f}"
        text = self._text(row, column)
        return exact(text) if column > 1 else text  # an id may have commas of its own

    def _share(self, row: int) -> float:
        return self._of(row)[1].parameters / self._all if self._all else 0.0

    def _text(self, row: int, column: int) -> str:
        node, facts = self._of(row)
        if column < 3:
            return (node.id, node.layer.kind, node.layer.brief())[column]
        if column == 3:
            return described(facts.shape) if facts.shape is not None else facts.problem
        if column < 6:
            return f"{(facts.parameters, facts.macs)[column - 4]:,}"
        share = self._share(row)
        return share_in_words(share) if share else ""

    def _sorted(self) -> list[str]:
        network, facts = self._document.project.network, self._document.facts
        runs = [node.id for node in network.order]
        placed = set(runs)
        ids = runs + [id for id in network.nodes if id not in placed]
        keys: tuple[Any, ...] = (
            str,
            lambda id: network.nodes[id].layer.kind,
            lambda id: network.nodes[id].layer.brief(),
            lambda id: facts[id].shape or (),
            lambda id: facts[id].parameters,
            lambda id: facts[id].macs,
            lambda id: facts[id].parameters,
        )
        if self._column >= 0:
            ids.sort(key=keys[self._column], reverse=self._order == Qt.SortOrder.DescendingOrder)
        return ids

    def _arrange(self) -> None:
        self.ids = self._sorted()
        self._rows = {id: row for row, id in enumerate(self.ids)}
        self._all = totals(self._document.facts).parameters


def exact(text: str) -> str:
    """Numbers as a spreadsheet reads them: without commas between thousands."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def tab_separated(rows: Iterable[Sequence[str]]) -> str:
    """Lines for the clipboard; a tab or line break inside a cell becomes a space."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)


def comma_separated(rows: Iterable[Sequence[str]]) -> str:
    """Lines of a CSV file; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    safe = ([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row] for row in rows)
    csv.writer(out).writerows(safe)
    return out.getvalue()


def marked_down(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Lines of a Markdown table; columns in `right` are set right."""
    rule = [" --: " if column in right else " --- " for column in range(len(head))]
    cells = ([re.sub(r"([\\|`*_~<\[])", r"\\\1", " ".join(cell.split())) for cell in row] for row in (head, *rows))
    first, *others = (f"| {' | '.join(row)} |" for row in cells)
    return "\n".join([first, f"|{'|'.join(rule)}|", *others, ""])
