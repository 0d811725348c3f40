"""The groups and layers of a network as a tree model; only rows that are another's are told anew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.network.digest import Digest, digest
from explorer.network.folding import Folding
from explorer.network.groups import TOP
from explorer.network.network import Network
from explorer.network.placing import accommodated
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.controls.spoken import group_spoken, layer_spoken
from explorer.ui.controls.words import plain_tip
from explorer.workspace.ablating import factors_of
from explorer.workspace.document import Change
from explorer.workspace.session import Session

Index = QModelIndex | QPersistentModelIndex
MANY = 64
MIME = "application/x-cnn-explorer-outline"
"""Rows that are dragged: a JSON list of ids."""
NOWHERE = QModelIndex()
OUTSIDE = Qt.ItemFlag.ItemIsDropEnabled
ROW = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
LAYER = ROW | Qt.ItemFlag.ItemNeverHasChildren
GROUP = ROW | Qt.ItemFlag.ItemIsDropEnabled | Qt.ItemFlag.ItemIsEditable
"""What can be done with a row. Qt asks every row of a tree that it lays out, and joining flags takes microseconds."""


class OutlineTree(QAbstractItemModel):
    """A row for each group and each layer, in the order the network runs; a group is named, and takes what is dropped
    on it. The project shown is the one followed last: of a large network it may be that of the turn before."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._document = session, session.document
        self._learn()
        self._arrange()

    def index_of(self, id: str) -> QModelIndex:
        """The row of a node or a group; none where it is not there."""
        return self.createIndex(self._rows[id], 0, self._numbers[id]) if id in self._rows else QModelIndex()

    def id_of(self, index: Index) -> str:
        """What a row stands for, TOP for none."""
        return self._ids[index.internalId()] if index.isValid() else TOP

    def follow(self, change: Change) -> None:
        """Show the changed document; rows move only where nodes or groups did."""
        before, after = change.before, change.after
        self._learn()
        same = [[(n.id, n.inputs) for n in p.network.nodes.values()] for p in (before, after)] if change.rewired else []
        homes = [(p.groups.homes, {id: g.parent for id, g in p.groups.groups.items()}) for p in (before, after)]
        if (same and same[0] != same[1]) or homes[0] != homes[1]:
            self.beginResetModel()
            self._arrange()
            self.endResetModel()
        elif change.restated or before.groups != after.groups:
            self._digests.clear()
            self.adopt()

    def adopt(self) -> None:
        """Write everything anew. Of many groups one is told for all: a tree writes all its rows where some are others,
        and telling it of each takes longer than a frame."""
        for parent in (TOP, *(self._groups if len(self._groups) <= MANY else ())):
            parts = self._parts.get(parent, ())
            if parts:
                self.dataChanged.emit(self.index_of(parts[0]), self.index_of(parts[-1]))

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        numbers = self._below.get(self.id_of(parent), ())
        if not 0 <= row < len(numbers) or column:
            return QModelIndex()
        return self.createIndex(row, column, numbers[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject's own parent() has no argument
        return self.index_of(self._project.groups.home(self.id_of(index)))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return len(self._below.get(self.id_of(parent), ()))

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 1

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
            return group_spoken(group.name, self._digest(id), conventions, "closed" if group.closed else "open")
        facts, kind = self._facts[id], self._project.layer(id).kind
        shape = conventions.shape(facts.shape) if facts.shape is not None else ""
        factors, answer = tuple(sorted(factors_of(document, id).values())), id == self._session.answer
        return layer_spoken(
            kind,
            id,
            shape,
            conventions.parameters(facts),
            facts.problem,
            factors,
            answer,
            id in self._project.bypassed,
        )

    # Editing

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return OUTSIDE
        return GROUP if self._ids[index.internalId()] in self._groups else LAYER

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
            self._document.edit(f"Move into {name}", _replaced(project.regrouped(groups)))
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
            times = self._digest(id).times
            name = self._groups[id].name
            return f"{name} ×{times}" if times > 1 else name
        return f"{id}  {self._project.layer(id).kind}"

    def _problem(self, id: str) -> str:
        facts = self._facts.get(id)
        return (facts or self._digest(id).facts).problem

    def _digest(self, id: str) -> Digest:
        if id not in self._digests:
            self._digests[id] = digest(self._folding, self._facts, id)
        return self._digests[id]

    def _learn(self) -> None:
        self._project, self._facts = self._document.project, self._document.facts
        self._groups = self._project.groups.groups
        self._folding = Folding(self._project.network, self._project.groups, Network())  # what is drawn nobody asks

    def _arrange(self) -> None:
        """Rows in the order in which the network runs: a group comes where its first layer does."""
        network, groups = self._project.network, self._project.groups
        runs = dict.fromkeys([*(node.id for node in network.order), *network.nodes])
        parts: dict[str, dict[str, None]] = {TOP: {}}
        for node in runs:
            way = (*groups.path(node), node)
            for home, part in zip((TOP, *way), way, strict=False):
                parts.setdefault(home, {})[part] = None
        self._parts = {home: tuple(inside) for home, inside in parts.items()}
        self._rows = {part: row for inside in self._parts.values() for row, part in enumerate(inside)}
        self._ids = list(self._rows)
        self._numbers = numbers = {id: number for number, id in enumerate(self._ids)}
        self._below = {home: [numbers[id] for id in inside] for home, inside in self._parts.items()}
        self._digests: dict[str, Digest] = {}


def _replaced(project: Project) -> Project:
    """With a place for what is drawn now and was not before."""
    return accommodated(project, project.network)
