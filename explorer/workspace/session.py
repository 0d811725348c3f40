"""What is open, and how it is opened, saved and written out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal

from explorer.engine.library_questions import Models, OpenModel
from explorer.engine.questions import Devices, Export, OpenFile, OpenNetwork, OpenOwnCode
from explorer.maths.records import ModelCard, Progress
from explorer.maths.steps import in_parts
from explorer.maths.weight_records import WeightReport
from explorer.network.analysis import Facts, reanalysing
from explorer.network.conventions import Conventions
from explorer.network.ends import answer
from explorer.network.project import SUFFIX, Project
from explorer.workspace import flow_direction, last_views, painted_size
from explorer.workspace.arrivals import Arrivals
from explorer.workspace.document import Document
from explorer.workspace.in_order import InOrder
from explorer.workspace.looking import Looking
from explorer.workspace.samples import suited
from explorer.workspace.saving import Saving
from explorer.workspace.tab import Tab
from explorer.workspace.worker import Worker

Opening = OpenModel | OpenNetwork | OpenFile | OpenOwnCode

A_TURN = 512
"""Layers whose facts are found in one turn of the event loop, some 5 to 15 µs each."""
PEACE = 30.0
"""Seconds: a question that kills two workers within this time is not asked a third time by itself."""


class Session(Looking):
    """The open document, what is looked at in it, and what goes into files; panels hear its signals.

    Lanes besides those of looking are "model" (opening a network), "library", "weights", "compare", "save" and
    "export"; "models" and "devices" are asked once.
    """

    conventions_changed = Signal(object)  # Conventions
    models_changed = Signal(object)  # tuple[ModelCard, ...]
    reported = Signal(object)  # WeightReport, on the file that is being opened
    arriving = Signal()  # another project is opened in the next turn of the event loop: what shows it makes ready
    leaving = Signal()  # another tab comes to the front: what is worth keeping of this one goes into it
    opened = Signal(str)  # another project is shown, which was opened from this path ("" for none)
    saved = Signal(str)  # path
    saving_late = Signal(str)  # path: its disk does not answer; it is tried further
    exported = Signal(object)  # Exported
    closed = Signal()  # nothing is edited any more

    def __init__(self, document: Document, worker: Worker) -> None:
        super().__init__(document, worker)
        self.models: tuple[ModelCard, ...] = ()
        self.conventions = Conventions()
        self._saving = Saving(self)
        self._being_saved: list[tuple[Tab, Project]] = []
        self._arrivals = Arrivals(self)
        self.openings = InOrder(self, "model")
        self._saving.finished.connect(self._finish_saving)
        self._saving.late.connect(self.saving_late)
        self._asked_again = -PEACE
        worker.died.connect(self._ask_again)
        worker.not_kept.connect(self.failed)
        worker.device_lost.connect(lambda: self.set_device("cpu"))
        self._ask_once()

    def set_conventions(self, conventions: Conventions) -> None:
        """Count and write numbers in another way."""
        if conventions != self.conventions:
            self.conventions = conventions
            self.conventions_changed.emit(conventions)

    @property
    def answer(self) -> str:
        """The node whose value is the network's answer, where there are several ends to choose from; else ""."""
        project = self.document.project
        return answer(project.network, self.document.facts, project.main)

    def choose_answer(self, id: str) -> None:
        """Let this end be the network's answer; one edit."""
        self.document.edit(f"Take {id} as the answer", replace(self.document.project, main=id))

    # What is open

    def open_model(self, name: str, accepted: bool = False, then: Callable[[], object] = lambda: None) -> None:
        """Open a model of the library, getting it first where needed. Asks nothing: see the window for that.

        accepted: what its licence forbids was agreed to; then: what comes once it is open.
        """
        title = next((card.title for card in self.models if card.name == name), name)
        shape = self.picture.size if self.picture is not None else None
        question = OpenModel(name, accepted, painted_size.remembered(), shape, flow_direction.remembered())
        self._open_when_there(question, title, then=then)

    def open_network(self, name: str, title: str, soon: bool = False) -> None:
        """Open a network of the gallery; it has random weights. A classic needs no worker: it is there at once, or
        soon, over several turns of the event loop in which the window answers."""
        from explorer.classics.catalogue import CLASSICS  # nobody waits for them when the program starts
        from explorer.network.grouping import arrived

        direction = flow_direction.remembered()
        if name not in CLASSICS:
            self._open_when_there(OpenNetwork(name, direction), title)
        elif soon:
            self._open_in_turns(lambda: arrived(CLASSICS[name].project, direction))
        else:
            self.open_project(arrived(CLASSICS[name].project, direction))

    def open_project(self, project: Project) -> None:
        """Open a project that is there already, laid out where it has no places."""
        from explorer.network.placing import placed

        self._open(placed(project if project.places else replace(project, direction=flow_direction.remembered())))

    def open_file(self, path: str) -> None:
        """Open a file with a network; one of another program's becomes a project that is not saved yet."""
        self._open_when_there(OpenFile(path, flow_direction.remembered()), Path(path).name, path)

    def open_own_code(self, name: str, folder: str) -> None:
        """Run `package.module:factory` of a folder and open the module it makes; only where the user asked for that."""
        self._open_when_there(OpenOwnCode(name, folder, flow_direction.remembered()), name)

    def recover(self, project: Project, path: str) -> None:
        """Show edits that were not saved, of the project at `path`, "" for a new one. Where that file is open by now,
        they are a step in its history: of two tabs with one file, each would save over the other's."""
        there = next((tab for tab in self.document.tabs if path and tab.path == path), None)
        if there is not None:
            self.show_tab(there)
            self.document.edit("Bring back unsaved edits", project)
        else:
            self._open(project, path)
            self.document.set_unsaved(True)

    def open_sample(self) -> None:
        """Look at the sample picture that this network can make something of."""
        self.open_picture(str(suited(self.document.project, self.document.facts)))

    def new(self) -> None:
        """Start with an empty canvas."""
        self._open(flow_direction.begun())

    def show_tab(self, tab: Tab) -> None:
        """Bring another open network to the front, with the picture and the selection it had."""
        if tab is not self.document.tab:
            self._leave()
            self.document.show_tab(tab)
            self._arrive(tab)

    def close_tab(self, tab: Tab) -> None:
        """Give an open network up with its edits; its neighbour comes to the front, or an empty canvas."""
        tabs = self.document.tabs
        if tab is self.document.tab:
            if len(tabs) == 1:
                self._leave()
                self.document.add_tab(flow_direction.begun())
                self._arrive(self.document.tab)
            else:
                at = tabs.index(tab)
                self.show_tab(tabs[at + 1 if at + 1 < len(tabs) else at - 1])
        self.document.close_tab(tab)

    def save(self, path: str) -> None:
        """Write the project; `saved` or `failed` says how it went."""
        self._set_work("save", Progress(f"Saving {Path(path).name}"))
        self._being_saved.append((self.document.tab, self.document.project))
        self._saving.start(path, self.document.project)

    def export(self, path: str, framework: str, replace: bool) -> None:
        """Write the network for other programs; `exported` or `failed` says how it went."""
        question = Export(self.document.project, path, framework, replace)
        self.ask("export", question, self.exported.emit, f"Writing {Path(path).name}")

    def try_again(self) -> None:
        """Start the worker once more after it went down, and ask it what is missing."""
        self.worker.restart()
        self._ask_once()
        self._refresh_soon.start()

    def close(self) -> None:
        """Finish what is being saved and end the worker; call before the application ends."""
        self._refresh_soon.stop()
        self._saving.wait()
        self.closed.emit()
        self.worker.close()

    # How answers arrive

    def _ask_once(self) -> None:
        """Questions whose answers stay the same while a worker lives."""
        if not self.models:
            self.ask("models", Models(), self.show_models)
        self.ask("devices", Devices(), self._show_devices)

    def _ask_again(self) -> None:
        """A new worker is on its way: what was asked of the old one is asked once more, but not for ever."""
        self._ask_once()
        now = time.monotonic()
        if now - self._asked_again > PEACE:
            self._asked_again = now
            self._refresh_soon.start()

    def show_models(self, models: tuple[ModelCard, ...]) -> None:
        """This is what the library has now."""
        self.models = models
        self.models_changed.emit(models)

    def _open_when_there(
        self, question: Opening, title: str, path: str = "", then: Callable[[], object] = lambda: None
    ) -> None:
        def show(step: WeightReport | Project) -> None:
            if isinstance(step, WeightReport):
                self.reported.emit(step)
                return
            self._open_in_turns(lambda: step, path, then)

        self.openings.take(path or None, lambda: self.ask("model", question, show, f"Opening {title}"))

    def _open_in_turns(
        self, make: Callable[[], Project], path: str = "", then: Callable[[], object] = lambda: None
    ) -> None:
        """The project, its facts, room for it, how it is shown and what comes then, each in a turn of the event loop:
        together they take several frames."""

        def parts() -> Iterator[None]:
            project = make()
            yield
            facts, _ = yield from in_parts(reanalysing(project.network, {}, project.network.nodes.keys()), A_TURN)
            yield
            self.arriving.emit()
            yield
            self._open(project, path, facts)
            yield
            then()

        self._arrivals.take(parts())

    def settle(self) -> None:
        """Open at once what is opened in turns: a key is pressed, and is meant for what comes."""
        self._arrivals.settle()

    def _open(self, project: Project, path: str = "", facts: Mapping[str, Facts] | None = None) -> None:
        """Show another project, in a tab of its own where this one was used."""
        self._leave()
        ours = path if path.lower().endswith(SUFFIX) else ""  # another program's file is not written over
        if self.document.tab.untouched:
            self.document.open(project, ours, facts)
        else:
            picture = self.document.tab.picture
            self.document.add_tab(project, ours, facts)
            self.document.tab.picture = picture  # one sees what another network makes of it
        self.document.tab.source = path
        self.document.tab.view = last_views.remembered(path) if path else None
        self.worker.ask("models", Models(), self.show_models, lambda _: None)
        self._arrive(self.document.tab)

    def _leave(self) -> None:
        """Keep in the tab what is looked at in it."""
        tab = self.document.tab
        tab.selection, tab.picture = self.selection, self.pictured
        self.leaving.emit()
        self.select(())
        self._show_prediction(None)  # it was another network's
        self.set_thresholds(replace(self.thresholds, hidden=frozenset()))  # and so were its classes

    def _arrive(self, tab: Tab) -> None:
        if tab.picture is not None:
            self.show_picture(*tab.picture)
        self.opened.emit(tab.source)
        self.select(tab.selection)

    def _finish_saving(self, path: str, project: Project, problem: str) -> None:
        self._set_work("save", Progress(f"Saving {Path(busy[-1]).name}") if (busy := self._saving.busy) else None)
        tabs = [tab for tab, ours in self._being_saved if ours is project and tab in self.document.tabs]
        self._being_saved = [each for each in self._being_saved if each[1] is not project]
        if problem:
            self.failed.emit("save", problem)
            return
        for tab in tabs:
            self.document.saved(path, project, tab)
        self.saved.emit(path)
