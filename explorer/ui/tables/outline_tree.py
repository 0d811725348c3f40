"""The groups and layers of a network as a tree model; only rows that are another's are told anew."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QItemSelectionRange, QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel

from explorer.network.folding import Folding
from explorer.network.groups import TOP
from explorer.network.network import Network
from explorer.network.placing import accommodated
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.controls.digests import Digests
from explorer.ui.controls.spoken import group_spoken, layer_spoken
from explorer.ui.controls.words import plain_tip
from explorer.ui.tables.row_changes import RowChanges, Rows, row_changes
from explorer.workspace.ablating import factors_of
from explorer.workspace.document import Change
from explorer.workspace.session import Session

Index = QModelIndex | QPersistentModelIndex
MANY = 64
"""Groups above which it is not told of each that its rows say something else."""
MIME = "application/x-cnn-explorer-outline"
"""Rows that are dragged: a JSON list of ids."""
ROW = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
LAYER = ROW | Qt.ItemFlag.ItemNeverHasChildren
GROUP = ROW | Qt.ItemFlag.ItemIsDropEnabled | Qt.ItemFlag.ItemIsEditable
"""What can be done with a row."""


class OutlineTree(QStandardItemModel):
    """A row for each group and each layer, in the order the network runs; a group is named, and takes what is dropped
    on it. The project shown is the one followed last: of a large network it may be that of the turn before.

    A tree asks all its rows anew where one of them comes or goes. They are Qt's own items, so that it need not ask
    Python about thousands; what a row says is found here when it is seen. An item is touched by Python only to make it:
    PySide does not notice when Qt frees one.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setColumnCount(1)
        layer = QStandardItem()
        layer.setFlags(LAYER)
        self.setItemPrototype(layer)
        self._session, self._document = session, session.document
        self._ids: dict[str, list[str]] = {TOP: []}  # what each row stands for, by the group that it lies in
        self._rows: dict[str, int] = {}
        self._learn()
        rows = arranged(self._project)
        self.take(rows, self.changes(rows), Digests(self._folding, self._facts))

    def index_of(self, id: str) -> QModelIndex:
        """The row of a node or a group; none where it is not there."""
        row = self._rows.get(id)
        return QModelIndex() if row is None else self.index(row, 0, self.index_of(self.home_of(id)))

    def id_of(self, index: Index) -> str:
        """What a row stands for, TOP for none."""
        return self._ids[self.id_of(index.parent())][index.row()] if index.isValid() else TOP

    def ids_of(self, rows: QItemSelectionRange) -> list[str]:
        """What these rows stand for."""
        return self._ids[self.id_of(rows.parent())][rows.top() : rows.bottom() + 1]

    def row_of(self, id: str) -> int | None:
        """Which row of its group shows a node or a group."""
        return self._rows.get(id)

    def home_of(self, id: str) -> str:
        """The group in which it is shown."""
        return self._project.groups.home(id)

    def changes(self, rows: Rows) -> RowChanges:
        """What has to go and to come for these rows."""
        return row_changes(self._ids, rows)

    def digesting(self, change: Change) -> Generator[None, None, Digests]:
        """What the groups are together by now, those that were seen found out step by step."""
        project = self._document.project
        return self._digests.following(change, _folding(project))

    def take(self, rows: dict[str, list[str]], changes: RowChanges, digests: Digests) -> None:
        """Show the document as it is now, with these rows; see `changes` and `digesting`."""
        for home, runs in groupby(changes.gone, key=attrgetter("home")):
            around = self.index_of(home)
            for _, first, ids in runs:
                self.removeRows(first, len(ids), around)
                del self._ids[home][first : first + len(ids)]
            self._count(home)
        self._learn()
        for home, runs in groupby(changes.come, key=attrgetter("home")):
            around = self.index_of(home)
            for _, first, ids in runs:
                self._ids[home][first:first] = ids
                self._make(around, first, ids, rows)
            self._count(home)
        if changes.gone or changes.come:
            self._ids = rows
            self._rows = {id: row for inside in rows.values() for row, id in enumerate(inside)}
        self._digests = digests

    def _make(self, around: QModelIndex, first: int, ids: list[str], rows: Rows) -> None:
        """Make rows that come, with all that lies in them."""
        self.insertRows(first, len(ids), around)
        for row, id in enumerate(ids, first):
            index = self.index(row, 0, around)
            item = self.itemFromIndex(index)  # which makes it
            if id in rows:
                item.setFlags(GROUP)
                item.setColumnCount(1)
                self._ids[id] = rows[id]
                self._make(index, 0, rows[id], rows)

    def _count(self, home: str) -> None:
        self._rows.update((id, row) for row, id in enumerate(self._ids[home]))

    def adopt(self) -> None:
        """Write everything anew. Of many groups one is told for all: a tree writes all its rows where some are others,
        and telling it of each takes longer than a frame."""
        for parent in (TOP, *(self._groups if len(self._groups) <= MANY else ())):
            rows = self._ids.get(parent, ())
            if rows:
                around = self.index_of(parent)
                self.dataChanged.emit(self.index(0, 0, around), self.index(len(rows) - 1, 0, around))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        id, colours, groups = self.id_of(index), theme.current(), self._groups
        if role == Qt.ItemDataRole.EditRole and id in groups:
            return groups[id].name
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(id)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.spoken(id))
        if role == Qt.ItemDataRole.DecorationRole:
            return colours.family("Group" if id in groups else self._project.layer(id).group)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(colours.problem) if self._problem(id) else None
        return None

    def spoken(self, id: str) -> str:
        """A row in the same sentence as its card."""
        document, conventions = self._document, self._session.conventions
        if id in self._groups:
            group = self._groups[id]
            return group_spoken(group.name, self._digests[id], conventions, "closed" if group.closed else "open")
        facts, kind = self._facts[id], self._project.layer(id).kind
        shape = conventions.shape(facts.shape) if facts.shape is not None else ""
        factors, answer = tuple(sorted(factors_of(document, id).values())), id == self._session.answer
        parameters, aside = conventions.parameters(facts), id in self._project.bypassed
        return layer_spoken(kind, id, shape, parameters, facts.problem, factors, answer, aside)

    # Editing

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name, project = str(value).strip(), self._document.project
        if role != Qt.ItemDataRole.EditRole or not name or not name.isprintable():
            return False
        if self.id_of(index) not in project.groups.groups:  # gone in this turn
            return False
        self._document.edit(f"Name {name}", project.regrouped(project.groups.renamed(self.id_of(index), name)))
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Iterable[Index]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, json.dumps([self.id_of(index) for index in indexes]).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        return data.hasFormat(MIME) and bool(self._moved(data, self.id_of(parent)))

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        home = self.id_of(parent)
        moved = self._moved(data, home)
        if moved:
            project = self._document.project
            groups = project.groups.moved([id for id in moved if id not in project.groups.groups], moved, home)
            name = project.groups.groups[home].name if home else "the outline's top"
            after = accommodated(project.regrouped(groups), project.network)  # what is drawn now has a place
            self._document.edit(f"Move into {name}", after)
        return False  # the rows have moved already: the view has none to take away

    def _moved(self, data: QMimeData, home: str) -> list[str]:
        """What a drop would move into a group: not a group into itself, and nothing that is there already."""
        groups = self._document.project.groups
        if home and home not in groups.groups:  # gone in this turn
            return []
        ids = json.loads(bytes(data.data(MIME).data())) if data.hasFormat(MIME) else []
        around = groups.path(home) if home else ()
        return [id for id in ids if id in self._rows and id not in around and groups.home(id) != home]

    # What is shown

    def _title(self, id: str) -> str:
        if id in self._groups:
            times = self._digests[id].times
            name = self._short(id, self._groups[id].name)
            return f"{name} ×{times}" if times > 1 else name
        return f"{self._short(id, id)}  {self._project.layer(id).kind}"

    def _short(self, id: str, name: str) -> str:
        """A name without that of the group it lies in, which stands above; but for a number, which names nothing."""
        home = self.home_of(id)
        short = name.removeprefix(f"{self._groups[home].name}.") if home in self._groups else name
        return name if short.isdecimal() else short

    def _problem(self, id: str) -> str:
        facts = self._facts.get(id)
        return (facts or self._digests[id].facts).problem

    def _learn(self) -> None:
        self._project, self._facts = self._document.project, self._document.facts
        self._groups = self._project.groups.groups
        self._folding = _folding(self._project)


def _folding(project: Project) -> Folding:
    return Folding(project.network, project.groups, Network())  # what is drawn nobody asks


def arranged(project: Project) -> dict[str, list[str]]:
    """Rows in the order in which the network runs: a group comes where its first layer does."""
    network, groups = project.network, project.groups
    ids = list(dict.fromkeys([*(node.id for node in network.order), *network.nodes]))
    if not groups:
        return {TOP: ids}
    rows: dict[str, list[str]] = {TOP: []}
    for id in ids:
        home = groups.homes.get(id, TOP)
        if home not in rows:
            for around, group in pairwise((TOP, *groups.path(home))):
                if group not in rows:
                    rows[around].append(group)
                    rows[group] = []
        rows[home].append(id)
    return rows
