"""The open projects, each with its undo history, and the one signal that says what is shown changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import QObject, Signal

from explorer.maths.differing import differing
from explorer.maths.values import dataclass
from explorer.network.analysis import Facts, analyse, reanalysed, totals
from explorer.network.annotations import Bookmark
from explorer.network.project import Project
from explorer.network.receptive_field import ReceptiveFields
from explorer.workspace.history import History, Step
from explorer.workspace.tab import Tab


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
    stepped = Signal()  # the history in front has another step, is at another one, or is another tab's
    renamed = Signal()  # path or clean state of a tab changed
    tabs_changed = Signal()  # opened, closed, reordered, or another one is in front

    def __init__(self, project: Project | None = None) -> None:
        super().__init__()
        self.selected: tuple[str, ...] = ()  # nodes, as the session has them: edits remember it
        project = project or Project()
        self.tab = Tab(project, project, analyse(project.network), History())
        self.tabs = [self.tab]
        self._summed: tuple[Mapping[str, Facts], Facts] = self.facts, totals(self.facts)
        self._fields: tuple[Mapping[str, Facts], ReceptiveFields] | None = None

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
    def history(self) -> History:
        return self.tab.history

    @property
    def before(self) -> Project:
        """As it was before the last edit of the network; moving nodes is none. As it is where there was none."""
        for step in reversed(self.history.steps[: self.history.index]):
            if step.before.network != step.after.network:
                return step.before
        return self.project

    def edit(self, text: str, project: Project, merge: str = "") -> None:
        """Make `project` the current one, undoably. Equal `merge` keys in a row undo as one step. What goes wrong is
        raised, and leaves the project and its history as they were."""
        if project != self.project:
            change, clean = self._change_to(project), self.history.clean
            self.history.take(Step(text, self.project, project, merge, self.selected, self.selected))
            self._show(change)
            self._tell_step(clean)

    def undo(self) -> None:
        """Take the last step back, where there is one."""
        self.go(self.history.index - 1)

    def redo(self) -> None:
        """Take the step again that was taken back last, where there is one."""
        self.go(self.history.index + 1)

    def go(self, index: int) -> None:
        """Undo or redo until so many steps are done, as far as there are; shown as one change. What goes wrong is
        raised, and leaves the project and its history as they were."""
        history = self.history
        index = min(max(index, 0), history.count)
        if index != history.index:
            project, selected, view = history.way(index)
            change, clean = self._change_to(project, True, selected, view), history.clean
            self.replaying.emit()
            history.go(index, self.selected)
            self._show(change)
            self._tell_step(clean)

    def keep_views(self, before: Bookmark, after: Bookmark) -> None:
        """The last edit took the view from one place to another: undo brings it back, and redo there again."""
        self.history.keep_views(before, after)

    def look(self, project: Project) -> None:
        """Show the same network in another way: which groups are open, and where that puts things. No step to undo,
        nothing unsaved; undo brings back the view there was with the network it brings back."""
        if project != self.project:
            self._show(self._change_to(project))

    def open(self, project: Project, path: str = "", facts: Mapping[str, Facts] | None = None) -> None:
        """Start this tab afresh with another project: no history, nothing unsaved. facts: where they are known."""
        change = self._change_to(project, facts=facts)
        self.history.clear()
        self.tab.opened = project
        self._show(change)
        self.tab.path = path
        self.stepped.emit()
        self.renamed.emit()

    def add_tab(self, project: Project, path: str = "", facts: Mapping[str, Facts] | None = None) -> None:
        """Open a project in a tab of its own, behind the one in front. facts: where they are known."""
        tab = Tab(project, project, analyse(project.network) if facts is None else facts, History(), path)
        self.tabs.insert(self.tabs.index(self.tab) + 1, tab)
        self.show_tab(tab)

    def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front."""
        before, self.tab = self.tab, tab
        self.changed.emit(Change(before.project, tab.project, before.facts, tab.facts))
        self.stepped.emit()
        self.renamed.emit()
        self.tabs_changed.emit()

    def close_tab(self, tab: Tab) -> None:
        """Give a tab up that is not in front, with its edits."""
        self.tabs.remove(tab)
        self.renamed.emit()
        self.tabs_changed.emit()

    def move_tab(self, start: int, end: int) -> None:
        """Put a tab at another place among the others."""
        self.tabs.insert(end, self.tabs.pop(start))
        self.tabs_changed.emit()

    def saved(self, path: str, project: Project, tab: Tab | None = None) -> None:
        """Remember that `path` holds the `project` of a tab, by default the one in front; later edits stay unsaved."""
        tab = tab or self.tab
        tab.path, tab.source, tab.opened = path, path, project
        if tab.project == project:
            tab.history.clean = True
        self.renamed.emit()

    def set_unsaved(self, unsaved: bool, tab: Tab | None = None) -> None:
        """Let a tab, by default the one in front, have edits that would be lost, or none any more."""
        history = (tab or self.tab).history
        was, history.clean = history.clean, not unsaved
        if was == unsaved:
            self.renamed.emit()

    def _tell_step(self, clean: bool) -> None:
        """The history is at another step; it was clean before, or not."""
        self.stepped.emit()
        if clean != self.history.clean:
            self.renamed.emit()

    def _change_to(
        self, project: Project, replayed: bool = False, selected: tuple[str, ...] = (), view: Bookmark | None = None,
        facts: Mapping[str, Facts] | None = None,
    ) -> Change:  # fmt: skip
        """What is different with this project; nothing is shown yet. All that may fail of an edit is done here."""
        before, facts_before = self.project, self.facts
        other = differing(before.network.nodes, project.network.nodes)
        if facts is not None:
            news = differing(facts_before, facts)
        elif project.network is before.network:
            facts, news = facts_before, set[str]()
        else:
            facts, news = reanalysed(project.network, facts_before, other)
        change = Change(before, project, facts_before, facts, replayed, selected, view)
        change.__dict__["other_nodes"], change.__dict__["other_facts"] = other, news  # which nobody need find again
        return change

    def _show(self, change: Change) -> None:
        """Let the project be the current one. What goes wrong in who hears of it is told by Qt's binding, never raised
        here."""
        self.tab.project, self.tab.facts = change.after, change.facts
        self.changed.emit(change)
