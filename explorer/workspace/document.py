"""The open project, its undo history, and the one signal that says it changed."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.network.analysis import Facts, analyse
from explorer.network.project import Project

STEPS = 1000
"""Edits that can be undone; each keeps a network of its own, 40 kB where that has 200 layers."""


@dataclass(frozen=True)
class Change:
    """The project before and after, and the facts of both; views redraw what differs. replayed: by undo or redo."""

    before: Project
    after: Project
    facts_before: Mapping[str, Facts]
    facts: Mapping[str, Facts]
    replayed: bool = False

    @cached_property
    def touched(self) -> set[str]:
        """Ids of nodes added, removed, edited, moved, or with other facts than before."""
        return (
            _differ(self.before.network.nodes, self.after.network.nodes)
            | _differ(self.before.places, self.after.places)
            | _differ(self.facts_before, self.facts)
        )

    @property
    def brought_back(self) -> tuple[str, ...]:
        """Ids of the nodes that undo or redo brought back."""
        if not self.replayed:
            return ()
        return tuple(id for id in self.after.network.nodes if id not in self.before.network.nodes)

    @property
    def rewired(self) -> bool:
        """Whether the network itself changed, not only places."""
        return self.before.network is not self.after.network and self.before.network != self.after.network


def _differ(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    if old is new:
        return set()
    changed = {i for i, value in new.items() if (was := old.get(i)) is not value and was != value}
    return changed | (old.keys() - new.keys())


class Document(QObject):
    """One project with its history. `edit` is the only way to change it.

    opened: the project as it was opened, or saved last.
    """

    changed = Signal(object)  # Change
    renamed = Signal()  # path or clean state changed

    def __init__(self, project: Project | None = None) -> None:
        super().__init__()
        self.project = self.opened = project or Project()
        self.facts: dict[str, Facts] = analyse(self.project.network)
        self.path: str = ""
        self.history = QUndoStack(self)
        self.history.setUndoLimit(STEPS)
        self.history.cleanChanged.connect(self.renamed)

    @property
    def before(self) -> Project:
        """As it was before the last edit of the network; moving nodes is none. As it is where there was none."""
        for index in reversed(range(self.history.index())):
            edit = self.history.command(index)
            if isinstance(edit, _Edit) and edit.before.network != edit.after.network:
                return edit.before
        return self.project

    def edit(self, text: str, project: Project, merge: str = "") -> None:
        """Make `project` the current one, undoably. Equal `merge` keys in a row undo as one step."""
        if project != self.project:
            self.history.push(_Edit(self, text, project, merge))

    def open(self, project: Project, path: str = "") -> None:
        """Start afresh with another project: no history, nothing unsaved."""
        self.history.clear()
        self.opened = project
        self._show(project)
        self.path = path
        self.renamed.emit()

    def saved(self, path: str, project: Project) -> None:
        """Remember that `path` holds `project`; edits made since stay unsaved."""
        self.path, self.opened = path, project
        if self.project == project:
            self.history.setClean()
        self.renamed.emit()

    def _show(self, project: Project, replayed: bool = False) -> None:
        before, facts_before = self.project, self.facts
        self.project = project
        if project.network is not before.network:
            self.facts = analyse(project.network, before.network, facts_before)
        self.changed.emit(Change(before, project, facts_before, self.facts, replayed))


class _Edit(QUndoCommand):
    """The only undo command: swap one project for another."""

    def __init__(self, document: Document, text: str, after: Project, merge: str) -> None:
        super().__init__(text)
        self.document: Document = weakref.proxy(document)  # a circle through Qt's stack crashes when it is collected
        self.before, self.after, self.merge = document.project, after, merge
        self.done = False

    def redo(self) -> None:
        self.document._show(self.after, self.done)  # Qt calls it the first time as well
        self.done = True

    def undo(self) -> None:
        self.document._show(self.before, True)

    def id(self) -> int:
        return 1 if self.merge else -1

    def mergeWith(self, later: QUndoCommand) -> bool:
        if not isinstance(later, _Edit) or self.merge != later.merge:
            return False
        self.after = later.after
        self.setObsolete(self.after == self.before)  # typed there and back: Qt takes the step away
        return True
