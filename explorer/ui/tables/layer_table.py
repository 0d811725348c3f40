"""The layers of a network as a table model: 1,000 rows without copying, only what changed told anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.controls.words import findable, plain_tip, searched
from explorer.ui.tables.layer_columns import COLUMNS, Column, Row, exact
from explorer.workspace.document import Change
from explorer.workspace.session import Session

Index = QModelIndex | QPersistentModelIndex
Right, Left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft


class LayerTable(QAbstractTableModel):
    """One row a node, in the order the network runs, or sorted by a column; all, or those searched for. The project
    shown is the one followed last: of a large network it may be that of the turn before."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._document = session, session.document
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder
        self._words: tuple[str, ...] = ()
        self.ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._learn()
        self._arrange(self._sorted())

    def row_of(self, id: str) -> int | None:
        """The row that shows a node."""
        return self._rows.get(id)

    def follow(self, change: Change) -> None:
        """Show the changed document: only touched rows where their order stayed."""
        self._learn()
        if not self._rearrange():
            return
        rows = sorted(self._rows[id] for id in change.touched if id in self._rows)
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], len(COLUMNS) - 1))
        if change.before.network is not change.after.network and self.ids:
            for number, column in enumerate(COLUMNS):
                if column.whole:
                    self.dataChanged.emit(self.index(0, number), self.index(len(self.ids) - 1, number))

    def adopt(self) -> None:
        """Count and write everything as the session does now."""
        if self.ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.ids) - 1, len(COLUMNS) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which the network runs."""
        self._column, self._order = column, order
        self._rearrange()

    def search(self, text: str) -> None:
        """Keep the layers that have all these words in id, kind, settings, shape (256x56x56) or problem."""
        self._words = tuple(searched(text).split())
        self._rearrange()

    def table(self, rows: Iterable[int], columns: Sequence[Column], *, plain: bool, total: bool) -> list[list[str]]:
        """Rows as text under a head line, above their total; plain: exact, for computing with."""
        shown = [self._row(self.ids[row]) for row in rows]
        cells = [[column.plain(row) if plain else column.text(row) for column in columns] for row in shown]
        if total:
            least = any(row.facts.problem for row in shown)
            sums = [(column, sum(column.value(row) for row in shown) if column.adds else "") for column in columns]
            last = [(exact(value) if plain else column.show(value)) if value != "" else "" for column, value in sums]
            cells.append(["at least" if least else "total", *last[1:]])
        return [[column.heading(self._session.conventions) for column in columns], *cells]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].heading(self._session.conventions)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return (Right if COLUMNS[section].number else Left) | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.InitialSortOrderRole:  # who sorts by a number looks for the largest
                return int(COLUMNS[section].number)  # 0 ascending, 1 descending: Qt reads no enumeration here
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].explained(self._session.conventions) or None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (Right if column.number else Left) | Qt.AlignmentFlag.AlignVCenter
        id = self.ids[index.row()]
        problem = self.facts[id].problem
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self._row(id))
        if role == Qt.ItemDataRole.ForegroundRole:
            if problem:
                return QColor(theme.current().problem)
            return QColor(theme.current().dim) if column.adds and not column.value(self._row(id)) else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(problem or column.text(self._row(id)))
        return None

    def _row(self, id: str) -> Row:
        project, facts = self._project, self.facts[id]
        whole = self.sums, self._fields, self._session.conventions
        return Row(Node(id, project.layer(id)), facts, *whole, id in project.bypassed)

    def _learn(self) -> None:
        """What the network has as a whole; receptive fields are looked for when a cell asks."""
        self._project, self.facts, self.sums = self._document.project, self._document.facts, self._document.sums
        self._fields = self._document.fields

    def _sorted(self) -> list[str]:
        network = self._project.network
        runs = [node.id for node in network.order]
        placed = set(runs)
        ids = runs + [id for id in network.nodes if id not in placed]
        if self._words:
            ids = [id for id in ids if self._has_words(id)]
        if self._column >= 0:
            value = COLUMNS[self._column].value
            keys = {id: value(self._row(id)) for id in ids}
            # A problem stands where a shape would: texts come before tuples.
            ids.sort(
                key=lambda id: (isinstance(keys[id], tuple), keys[id]),
                reverse=self._order == Qt.SortOrder.DescendingOrder,
            )
        return ids

    def _has_words(self, id: str) -> bool:
        text = findable(Node(id, self._project.layer(id)), self.facts[id])
        return all(word in text for word in self._words)

    def _arrange(self, ids: list[str]) -> None:
        self.ids = ids
        self._rows = {id: row for row, id in enumerate(ids)}

    def _rearrange(self) -> bool:
        """Put the rows in their order; whether they were in it already."""
        old, ids = self.ids, self._sorted()
        if ids == old:
            return True
        if len(ids) == len(old) and set(ids) == set(old):
            self.layoutAboutToBeChanged.emit()
            kept = self.persistentIndexList()
            self._arrange(ids)
            self.changePersistentIndexList(
                kept, [self.index(self._rows[old[index.row()]], index.column()) for index in kept]
            )
            self.layoutChanged.emit()
        else:
            self.beginResetModel()
            self._arrange(ids)
            self.endResetModel()
        return False
