"""What is open, and how it is opened, saved and written out."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QTimer, Signal

from explorer.engine.library_questions import Models, OpenModel
from explorer.engine.questions import Devices, Export, OpenFile, OpenNetwork, OpenOwnCode
from explorer.maths.records import ModelCard, Progress
from explorer.maths.weight_records import WeightReport
from explorer.network.analysis import analyse
from explorer.network.conventions import Conventions
from explorer.network.project import SUFFIX, Project
from explorer.workspace.document import Document
from explorer.workspace.looking import Looking
from explorer.workspace.saving import Saving
from explorer.workspace.worker import Worker

Opening = OpenModel | OpenNetwork | OpenFile | OpenOwnCode

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
    opened = Signal(str)  # another project was opened, from this path ("" for none)
    opens_over_edits = Signal(object)  # a project arrives after edits were made meanwhile; call it to open it still
    saved = Signal(str)  # path
    exported = Signal(object)  # Exported

    def __init__(self, document: Document, worker: Worker) -> None:
        super().__init__(document, worker)
        self.models: tuple[ModelCard, ...] = ()
        self.conventions = Conventions()
        self._saving = Saving(self)
        self._being_saved: list[Project] = []  # states of the open document
        self._saving.finished.connect(self._finish_saving)
        self._asked_again = -PEACE
        worker.died.connect(self._ask_again)
        self._ask_once()

    def set_conventions(self, conventions: Conventions) -> None:
        """Count and write numbers in another way."""
        if conventions != self.conventions:
            self.conventions = conventions
            self.conventions_changed.emit(conventions)

    # What is open

    def open_model(self, name: str, accepted: bool = False) -> None:
        """Open a model of the library, getting it first where needed. Asks nothing: see the window for that.

        accepted: what its licence forbids was agreed to.
        """
        title = next((card.title for card in self.models if card.name == name), name)
        self._open_when_there(OpenModel(name, accepted), title)

    def open_network(self, name: str, title: str) -> None:
        """Open a network of the gallery; it has random weights. A classic is there at once, without the worker."""
        from explorer.classics.catalogue import CLASSICS  # nobody waits for them when the program starts

        if name in CLASSICS:
            self.open_project(CLASSICS[name].project)
        else:
            self._open_when_there(OpenNetwork(name), title)

    def open_project(self, project: Project) -> None:
        """Open a project that is there already, laid out where it has no places."""
        from explorer.network.placing import placed

        self._open(placed(project))

    def open_file(self, path: str) -> None:
        """Open a file with a network; one of another program's becomes a project that is not saved yet."""
        self._open_when_there(OpenFile(path), Path(path).name, path)

    def open_own_code(self, name: str, folder: str) -> None:
        """Run `package.module:factory` of a folder and open the module it makes; only where the user asked for that."""
        self._open_when_there(OpenOwnCode(name, folder), name)

    def new(self) -> None:
        """Start with an empty canvas."""
        self._open(Project())

    def save(self, path: str) -> None:
        """Write the project; `saved` or `failed` says how it went."""
        self._set_work("save", Progress(f"Saving {Path(path).name}"))
        self._being_saved.append(self.document.project)
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
        self.document.history.blockSignals(True)  # nobody is left to hear it, and Qt clears it when it goes
        self._saving.wait()
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

    def _open_when_there(self, question: Opening, title: str, path: str = "") -> None:
        asked_over = self.document.project

        def show(step: WeightReport | Project) -> None:
            if isinstance(step, WeightReport):
                self.reported.emit(step)
                return
            analyse(step.network)  # a turn of its own: what is found out about its layers is remembered
            QTimer.singleShot(0, self, lambda: arrive(step))

        def arrive(project: Project) -> None:
            if self.document.project is asked_over:
                self._open(project, path)
            else:
                self.opens_over_edits.emit(lambda: self._open(project, path))

        self.ask("model", question, show, f"Opening {title}")

    def _open(self, project: Project, path: str = "") -> None:
        """Show another project."""
        self._being_saved.clear()
        self.select(())
        self._show_prediction(None)  # it was another network's
        ours = path.lower().endswith(SUFFIX)  # another program's file is not written over
        self.document.open(project, path if ours else "")
        self.worker.ask("models", Models(), self.show_models, lambda _: None)
        self.opened.emit(path)

    def _finish_saving(self, path: str, project: Project, problem: str) -> None:
        self._set_work("save", None)
        if problem:
            self.failed.emit("save", problem)
            return
        if any(project is ours for ours in self._being_saved):
            self.document.saved(path, project)
        self.saved.emit(path)
