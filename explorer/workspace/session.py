"""What the user looks at: selection, picture, and the worker's answers about them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal

from explorer.engine.questions import (
    Decode,
    Devices,
    Export,
    Look,
    Models,
    OpenFile,
    OpenModel,
    OpenNetwork,
    PictureFile,
    PictureSource,
    Pixels,
    Predict,
)
from explorer.maths.records import Device, FeatureMaps, ModelCard, Picture, Prediction, Progress
from explorer.network.analysis import analyse
from explorer.network.conventions import Conventions
from explorer.network.project import SUFFIX, Project
from explorer.workspace.document import Change, Document
from explorer.workspace.lanes import Lanes
from explorer.workspace.saving import Saving
from explorer.workspace.worker import Worker

PEACE = 30.0
"""Seconds: a question that kills two workers within this time is not asked a third time by itself."""


class Session(Lanes):
    """Asks the worker when the document, the selection or the picture changes; panels hear its signals.

    A signal carries the whole new value; None means there is none (yet). Lanes are "model" (opening a network),
    "picture", "predict", "maps", "compare", "save", "export"; "models" and "devices" are asked once.
    """

    selection_changed = Signal(object)  # tuple[str, ...] of node ids, the last one chosen last
    picture_changed = Signal(object)  # Picture | None
    prediction_changed = Signal(object)  # Prediction | None
    pointed_out = Signal(str)  # a node's id: it should be seen for a moment
    conventions_changed = Signal(object)  # Conventions
    maps_changed = Signal(object)  # FeatureMaps | None
    models_changed = Signal(object)  # tuple[ModelCard, ...]
    devices_changed = Signal(object)  # tuple[Device, ...]
    opened = Signal(str)  # another project was opened, from this path ("" for none)
    opens_over_edits = Signal(object)  # a project arrives after edits were made meanwhile; call it to open it still
    saved = Signal(str)  # path
    exported = Signal(object)  # Exported

    def __init__(self, document: Document, worker: Worker) -> None:
        super().__init__(worker)
        self.document = document
        self.selection: tuple[str, ...] = ()
        self.picture: Picture | None = None
        self.prediction: Prediction | None = None
        self.maps: FeatureMaps | None = None
        self.models: tuple[ModelCard, ...] = ()
        self.devices: tuple[Device, ...] = ()
        self.device = ""
        self.own_scale = True
        self.conventions = Conventions()
        self._source: PictureSource | None = None
        self._saving = Saving(self)
        self._being_saved: list[Project] = []  # states of the open document
        self._saving.finished.connect(self._finish_saving)
        self._asked_again = -PEACE
        self._refresh_soon = QTimer(self, singleShot=True, interval=0)
        self._refresh_soon.timeout.connect(self._refresh)
        document.changed.connect(self._follow)
        worker.died.connect(self._ask_again)
        self._ask_once()

    # What is looked at

    def select(self, ids: tuple[str, ...]) -> None:
        """Select nodes; the feature maps of the last one are shown."""
        ids = tuple(i for i in ids if i in self.document.project.network.nodes)
        if ids != self.selection:
            shown, self.selection = self.selection[-1:], ids
            self.selection_changed.emit(ids)
            if shown != ids[-1:] and not self._refresh_soon.isActive():  # which looks as well
                self._look()

    def open_picture(self, path: str) -> None:
        """Look through the network at a picture file."""
        self._take_picture(PictureFile(path), Path(path).name)

    def paste_picture(self, pixels: Any, name: str = "pasted picture") -> None:
        """Look at pixels (H, W, 3) uint8 that have no file."""
        self._take_picture(Pixels(pixels, name), name)

    def point_out(self, id: str) -> None:
        """Light a node up for a moment, without selecting it."""
        if id in self.document.project.network.nodes:
            self.pointed_out.emit(id)

    def set_own_scale(self, own: bool) -> None:
        """Give each channel its own brightness range, or all the same."""
        if own != self.own_scale:
            self.own_scale = own
            self._look()

    def set_conventions(self, conventions: Conventions) -> None:
        """Count and write numbers in another way."""
        if conventions != self.conventions:
            self.conventions = conventions
            self.conventions_changed.emit(conventions)

    def set_device(self, id: str) -> None:
        """Run networks on another device from now on."""
        if id != self.device:
            self.device = id
            self.devices_changed.emit(self.devices)
            self._refresh_soon.start()

    # What is open

    def open_model(self, name: str) -> None:
        """Open a model of the library, getting it first where needed. Asks nothing: see the window for that."""
        title = next((card.title for card in self.models if card.name == name), name)
        self._open_when_there(OpenModel(name), title)

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

    def cancel(self, lane: str) -> None:
        """Stop what runs in a lane."""
        self.worker.stop(lane)
        self._set_work(lane, None)
        if lane == "predict":  # what is shown may be of another picture
            self._show_prediction(None)
        elif lane == "maps":
            self._show_maps(None)

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
            self.ask("models", Models(), self._show_models)
        self.ask("devices", Devices(), self._show_devices)

    def _ask_again(self) -> None:
        """A new worker is on its way: what was asked of the old one is asked once more, but not for ever."""
        self._ask_once()
        now = time.monotonic()
        if now - self._asked_again > PEACE:
            self._asked_again = now
            self._refresh_soon.start()

    def _show_models(self, models: tuple[ModelCard, ...]) -> None:
        self.models = models
        self.models_changed.emit(models)

    def _show_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices
        if self.device not in {d.id for d in devices}:
            self.device = devices[0].id
        self.devices_changed.emit(devices)

    def _open_when_there(self, question: OpenModel | OpenNetwork | OpenFile, title: str, path: str = "") -> None:
        asked_over = self.document.project

        def show(project: Project) -> None:
            analyse(project.network)  # a turn of its own: what is found out about its layers is remembered
            QTimer.singleShot(0, self, lambda: arrive(project))

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
        self.worker.ask("models", Models(), self._show_models, lambda _: None)
        self.opened.emit(path)

    def _finish_saving(self, path: str, project: Project, problem: str) -> None:
        self._set_work("save", None)
        if problem:
            self.failed.emit("save", problem)
            return
        if any(project is ours for ours in self._being_saved):
            self.document.saved(path, project)
        self.saved.emit(path)

    def _take_picture(self, source: PictureSource, name: str) -> None:
        def show(picture: Picture) -> None:
            self._source, self.picture = source, picture
            self.picture_changed.emit(picture)
            self._refresh()

        self.ask("picture", Decode(source), show, f"Opening {name}")

    # Answers that follow the document

    def _follow(self, change: Change) -> None:
        nodes = change.after.network.nodes
        if change.brought_back:
            self.select(change.brought_back)
        elif any(i not in nodes for i in self.selection):
            self.select(tuple(i for i in self.selection if i in nodes))
        before, after = change.before, change.after
        if change.rewired or before.weights != after.weights or before.recipe != after.recipe:
            self._refresh_soon.start()  # once for all edits of this turn of the event loop

    def _refresh(self) -> None:
        self._predict()
        self._look()

    def _predict(self) -> None:
        if self._source is None or not self.document.project.network.nodes:
            self.worker.stop("predict")
            self._set_work("predict", None)
            self._show_prediction(None)
            return
        question = Predict(self.document.project, self._source, self.device or "cpu")
        self.ask("predict", question, self._show_prediction, "Running the network")

    def _show_prediction(self, prediction: Prediction | None) -> None:
        self.prediction = prediction
        self.prediction_changed.emit(prediction)

    def _look(self) -> None:
        if self._source is None or not self.selection:
            self.worker.stop("maps")
            self._set_work("maps", None)
            self._show_maps(None)
            return
        node = self.selection[-1]
        question = Look(self.document.project, self._source, node, self.device or "cpu", self.own_scale)
        self.ask("maps", question, self._show_maps, f"Running up to {node}")

    def _show_maps(self, maps: FeatureMaps | None) -> None:
        if maps is not None and self.selection[-1:] != (maps.node,):
            return
        self.maps = maps
        self.maps_changed.emit(maps)
