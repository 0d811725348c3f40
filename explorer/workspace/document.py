"""The open projects, each with its undo history, and the one signal that says what is shown changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoGroup, QUndoStack

from explorer.maths.differing import differing
from explorer.maths.values import dataclass
from explorer.network.analysis import Facts, analyse, reanalysed, totals
from explorer.network.annotations import Bookmark
from explorer.network.project import Project
from explorer.network.receptive_field import ReceptiveFields
from explorer.workspace.edit import Edit
from explorer.workspace.tab import Tab

STEPS = 1000
"""Edits that can be undone; each keeps a network of its own, 40 kB where that has 200 layers."""


@dataclass(frozen=True)
class Change:
    """The project before and after, and the facts of both; views redraw what differs. replayed: by undo or redo.

    selected: the nodes that were selected when the project was so; view: where one looked then, where the step took one
    elsewhere. Both only where it was replayed.
    """

    before: Project
    after: Project
    facts_before: Mapping[str, Facts]
    facts: Mapping[str, Facts]
    replayed: bool = False
    selected: tuple[str, ...] = ()
    view: Bookmark | None = None

    @cached_property
    def touched(self) -> set[str]:
        """Ids of nodes that are restated, or moved."""
        return self.restated | differing(self.before.places, self.after.places)

    @cached_property
    def other_nodes(self) -> set[str]:
        """Ids of nodes added, removed, edited, or linked otherwise."""
        return differing(self.before.network.nodes, self.after.network.nodes)

    @cached_property
    def other_facts(self) -> set[str]:
        """Ids of nodes with other facts than before, or that have none any more, or had none."""
        return differing(self.facts_before, self.facts)

    @cached_property
    def restated(self) -> set[str]:
        """Ids of nodes added, removed, edited, bypassed, or with other facts or factors than before."""
        return (
            self.other_nodes
            | self.other_facts
            | differing(self.before.factors, self.after.factors)
            | differing(self.before.bypassed, self.after.bypassed)
        )

    @cached_property
    def brought_back(self) -> tuple[str, ...]:
        """Ids of the nodes that undo or redo brought back."""
        before, after = self.before.network.nodes, self.after.network.nodes
        new = {id for id in self.other_nodes if id not in before} if self.replayed else ()
        return tuple(filter(new.__contains__, after)) if new else ()

    @cached_property
    def rearranged(self) -> bool:
        """Whether undo or redo took or brought nodes, or moved, linked or grouped some: what was selected then is so
        again. After one that only changed settings, who looks at a layer further on goes on looking at that."""
        before, after = self.before, self.after
        return self.replayed and (
            before.places != after.places
            or before.groups != after.groups
            or any(self._inputs(before, id) != self._inputs(after, id) for id in self.other_nodes)
        )

    @staticmethod
    def _inputs(project: Project, id: str) -> tuple[str, ...] | None:
        nodes = project.network.nodes
        return nodes[id].inputs if id in nodes else None

    @property
    def rewired(self) -> bool:
        """Whether the network itself changed, not only places."""
        return bool(self.other_nodes)

    @property
    def only_factors(self) -> bool:
        """Whether nothing changed but which channels are switched off or scaled."""
        return self.before.ablations != self.after.ablations and self.after == replace(
            self.before, ablations=self.after.ablations
        )

    @property
    def only_fed(self) -> bool:
        """Whether nothing changed but what further Inputs are fed."""
        return self.before.fed != self.after.fed and self.after == replace(self.before, fed=self.after.fed)

    @property
    def runs_otherwise(self) -> bool:
        """Whether the same picture may lead to other numbers now."""
        before, after = self.before, self.after
        return (
            self.rewired
            or before.weights != after.weights
            or before.recipe != after.recipe
            or before.factors != after.factors
            or before.main != after.main
            or before.fed != after.fed
        )


class Document(QObject):
    """The project in front, with its history; others wait in tabs. `edit` is the only way to change it.

    To bring another tab to the front is a change like any other: what is shown differs.
    """

    replaying = Signal()  # undo or redo is about to change what is shown
    changed = Signal(object)  # Change
    renamed = Signal()  # path or clean state of a tab changed
    tabs_changed = Signal()  # opened, closed, reordered, or another one is in front

    def __init__(self, project: Project | None = None) -> None:
        super().__init__()
        self.histories = QUndoGroup(self)  # which undoes in the tab in front
        self.selected: tuple[str, ...] = ()  # nodes, as the session has them: edits remember it
        self._held: Project | None = None  # where a jump in the history has come to, while it is made
        self._held_view: Bookmark | None = None
        project = project or Project()
        self.tab = self._made(project, analyse(project.network))
        self.tabs = [self.tab]
        self.histories.setActiveStack(self.tab.history)
        self._summed: tuple[Mapping[str, Facts], Facts] = self.facts, totals(self.facts)
        self._fields: tuple[Mapping[str, Facts], ReceptiveFields] | None = None

    def __del__(self) -> None:
        """Give the steps up while all of them are there: what collects a circle of objects with this one in it may free
        the steps first, and Qt would free them again."""
        for tab in self.tabs:
            with suppress(RuntimeError):  # Qt has freed the history already
                tab.history.blockSignals(True)
                tab.history.clear()

    @property
    def project(self) -> Project:
        return self.tab.project

    @property
    def opened(self) -> Project:
        """The project as it was opened, or saved last."""
        return self.tab.opened

    @property
    def facts(self) -> Mapping[str, Facts]:
        return self.tab.facts

    @property
    def sums(self) -> Facts:
        """The totals over all layers. Five parts of the window say them after each edit: they are added up once."""
        facts = self.facts
        if self._summed[0] is not facts:
            self._summed = facts, totals(facts)
        return self._summed[1]

    @property
    def fields(self) -> ReceptiveFields:
        """The receptive fields of all layers. Each is found when it is asked for, once for all parts of the window."""
        if self._fields is None or self._fields[0] is not self.facts:
            self._fields = self.facts, ReceptiveFields(self.project.network, self.facts)
        return self._fields[1]

    @property
    def path(self) -> str:
        """Its project file, "" for none."""
        return self.tab.path

    @property
    def history(self) -> QUndoStack:
        return self.tab.history

    @property
    def before(self) -> Project:
        """As it was before the last edit of the network; moving nodes is none. As it is where there was none."""
        for index in reversed(range(self.history.index())):
            edit = self.history.command(index)
            if isinstance(edit, Edit) and edit.before.network != edit.after.network:
                return edit.before
        return self.project

    def edit(self, text: str, project: Project, merge: str = "") -> None:
        """Make `project` the current one, undoably. Equal `merge` keys in a row undo as one step."""
        if project != self.project:
            Edit(self, text, project, merge).push_on(self.history)

    def keep_views(self, before: Bookmark, after: Bookmark) -> None:
        """The last edit took the view from one place to another: undo brings it back, and redo there again."""
        if isinstance(edit := self.history.command(self.history.index() - 1), Edit):
            edit.views = before, after

    def look(self, project: Project) -> None:
        """Show the same network in another way: which groups are open, and where that puts things. No step to undo,
        nothing unsaved; undo brings back the view there was with the network it brings back."""
        if project != self.project:
            self.show(project)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Undo or redo several steps inside of this: they are shown as one change, for drawing each takes a frame."""
        self._held, self._held_view = self.project, None
        try:
            yield
        finally:
            project, self._held = self._held, None
            if project is not self.project:
                self.show(project, True, self.selected, self._held_view)

    def open(self, project: Project, path: str = "") -> None:
        """Start this tab afresh with another project: no history, nothing unsaved."""
        self.history.clear()
        self.tab.opened = project
        self.show(project)
        self.tab.path = path
        self.renamed.emit()

    def add_tab(self, project: Project, path: str = "") -> None:
        """Open a project in a tab of its own, behind the one in front."""
        tab = self._made(project, analyse(project.network), path)
        self.tabs.insert(self.tabs.index(self.tab) + 1, tab)
        self.show_tab(tab)

    def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front."""
        before, self.tab = self.tab, tab
        self.histories.setActiveStack(tab.history)
        self.changed.emit(Change(before.project, tab.project, before.facts, tab.facts))
        self.renamed.emit()
        self.tabs_changed.emit()

    def close_tab(self, tab: Tab) -> None:
        """Give a tab up that is not in front, with its edits."""
        self.tabs.remove(tab)
        self.histories.removeStack(tab.history)
        tab.history.blockSignals(True)
        tab.history.deleteLater()
        self.renamed.emit()
        self.tabs_changed.emit()

    def move_tab(self, start: int, end: int) -> None:
        """Put a tab at another place among the others."""
        self.tabs.insert(end, self.tabs.pop(start))
        self.tabs_changed.emit()

    def saved(self, path: str, project: Project, tab: Tab | None = None) -> None:
        """Remember that `path` holds the `project` of a tab, by default of the one in front; edits made since stay
        unsaved."""
        tab = tab or self.tab
        tab.path, tab.source, tab.opened = path, path, project
        if tab.project == project:
            tab.history.setClean()
        self.renamed.emit()

    def _made(self, project: Project, facts: Mapping[str, Facts], path: str = "") -> Tab:
        history = QUndoStack(self)
        history.setUndoLimit(STEPS)
        history.cleanChanged.connect(self.renamed)
        self.histories.addStack(history)
        return Tab(project, project, facts, history, path)

    def show(
        self, project: Project, replayed: bool = False, selected: tuple[str, ...] = (), view: Bookmark | None = None
    ) -> None:
        """Let `project` be the current one, as a step of the history has it; see `Change` for the rest."""
        if self._held is not None:
            self._held, self.selected, self._held_view = project, selected, view or self._held_view
            return
        if replayed:
            self.replaying.emit()
        before, facts_before = self.project, self.facts
        other, news = set[str](), set[str]()
        facts = facts_before
        if project.network is not before.network:
            other = differing(before.network.nodes, project.network.nodes)
            facts, news = reanalysed(project.network, facts_before, other)
        self.tab.project, self.tab.facts = project, facts
        change = Change(before, project, facts_before, self.facts, replayed, selected, view)
        change.__dict__["other_nodes"], change.__dict__["other_facts"] = other, news  # which nobody need find again
        self.changed.emit(change)
