"""The outline: groups and layers as a tree, on the same selection as the canvas, and its equal for keys and ears."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QVBoxLayout, QWidget

from explorer.network.folding import folded
from explorer.network.removal import removed
from explorer.ui.controls.following import Following
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import Text
from explorer.ui.controls.turns import Parts
from explorer.ui.row_runs import runs
from explorer.ui.tables.outline_tree import Index, OutlineTree, arranged
from explorer.ui.theme import GRID
from explorer.workspace.document import Change
from explorer.workspace.session import Session

HINT = "No layers yet. What you build or open is listed here, group by group."


class OutlinePanel(KeysOn, QWidget):
    """The tree. Arrows walk and unfold, typing finds, Enter goes to a layer or opens a group on the canvas, F2 names a
    group, Del deletes; rows can be dragged into another group."""

    edit_requested = Signal(str)  # a node's id: its settings should get the keys
    fold_requested = Signal(str)  # a group's id: it should be opened on the canvas, or closed

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._unfolded: set[str] = set()  # groups; to ask the tree about hundreds takes longer than all the rest
        self.setAccessibleName("Outline")
        self.setMinimumSize(16 * GRID, 20 * GRID)
        self.model = OutlineTree(session)
        self.tree = _Tree(self)
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Groups and layers")
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.tree.setIndentation(2 * GRID)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setIconSize(QSize(GRID, GRID))
        self.tree.setHeaderHidden(True)
        self.tree.doubleClicked.connect(self.enter)
        self.tree.expanded.connect(lambda index: self._unfolded.add(self.model.id_of(index)))
        self.tree.collapsed.connect(lambda index: self._unfolded.discard(self.model.id_of(index)))
        self.hint = Text(HINT, "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self.hint)
        column.addWidget(self.tree, 1)
        self.tree.selectionModel().selectionChanged.connect(self._tell_selection)
        self.following = Following(self, session, self._follow, self._take_selection)
        session.conventions_changed.connect(lambda _: self.model.adopt())
        session.selection_changed.connect(lambda _: self.take_selection())
        self._show_hint()
        self.take_selection()

    @property
    def first(self) -> QWidget:
        return self.tree

    def sizeHint(self) -> QSize:
        return QSize(26 * GRID, 40 * GRID)

    def enter(self, index: QModelIndex) -> None:
        """Go to a layer's settings, or open or close a group on the canvas."""
        if id := self.model.id_of(index):
            grouped = id in self._session.document.project.groups.groups
            (self.fold_requested if grouped else self.edit_requested).emit(id)

    def delete(self) -> None:
        """Remove what is selected; what a removed layer fed is fed by its input, if that fits."""
        document, ids = self._session.document, self._session.selection
        if ids:
            words = ids[0] if len(ids) == 1 else f"{len(ids)} layers"
            after, problem = removed(document.project, ids, document.facts)
            document.edit(f"Delete {words}", after)
            if problem:
                self._session.failed.emit("canvas", problem)

    def take_selection(self) -> None:
        """Select the rows of the session's nodes: a group's where all in it are selected."""
        self.following.look_anew()

    def _take_selection(self) -> None:
        if self.visibleRegion().isEmpty():
            return
        groups, nodes = self._session.document.project.groups, self._session.selection
        whole = groups.whole(nodes)
        held = {node for id in whole for node in groups.nodes(id)}
        wanted = [*whole, *(node for node in nodes if node not in held)]
        if set(wanted) == set(self._chosen()):
            return
        chosen, beside = QItemSelection(), dict[str, list[int]]()
        for id in wanted:
            if (row := self.model.row_of(id)) is not None:
                beside.setdefault(self.model.home_of(id), []).append(row)
        for home, rows in beside.items():
            around = self.model.index_of(home)
            for first, last in runs(rows):
                chosen.select(self.model.index(first, 0, around), self.model.index(last, 0, around))
        with self.following.showing():
            self.tree.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if wanted:
                current = self.model.index_of(wanted[-1])
                self.tree.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.tree.scrollTo(current)

    def showEvent(self, event: QShowEvent) -> None:
        self.take_selection()

    def _chosen(self) -> list[str]:
        """What the selected rows stand for, the current one last."""
        ranges, current = self.tree.selectionModel().selection().toList(), self.model.id_of(self.tree.currentIndex())
        return sorted((id for rows in ranges for id in self.model.ids_of(rows)), key=lambda id: id == current)

    def _tell_selection(self) -> None:
        if not self.following.shows:
            project = self._session.document.project
            self._session.select(folded(project.network, project.groups).nodes(self._chosen()))

    def _follow(self, change: Change) -> Parts:
        rows = arranged(self._session.document.project)
        yield
        digests = yield from self.model.digesting(change)
        changes = self.model.changes(rows)
        self._unfolded &= rows.keys()
        unfolded = [id for id in changes.groups(rows) if id in self._unfolded]
        with self.following.showing():
            self.model.take(rows, changes, digests)
            for id in unfolded:
                self.tree.expand(self.model.index_of(id))
            if change.restated or change.before.groups is not change.after.groups:
                self.model.adopt()
        self._show_hint()

    def _show_hint(self) -> None:
        anything = bool(self._session.document.project.network.nodes)
        self.hint.setHidden(anything)
        self.tree.setHidden(not anything)


class _Tree(QTreeView):
    """A tree whose Enter and Del are the outline's, with rows that stay as high as they are."""

    def __init__(self, panel: OutlinePanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # Not QTreeView's, which asks each row whether something lies in it now: of 3,000 that takes most of a frame.
        QAbstractItemView.dataChanged(self, first, last, roles)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self._panel.enter(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and not editing:
            self._panel.delete()
        else:
            super().keyPressEvent(event)
