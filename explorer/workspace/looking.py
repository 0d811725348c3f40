"""What the user looks at: selection, picture, and the worker's answers about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal

from explorer.engine.questions import Decode, Look, PictureFile, PictureSource, Pixels, Predict
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool, MaxPool2d
from explorer.maths.box_records import Thresholds
from explorer.maths.brightness import Range
from explorer.maths.records import Cell, Device, FeatureMaps, Picture, Place, Prediction
from explorer.workspace.document import Change, Document
from explorer.workspace.lanes import Lanes
from explorer.workspace.thresholding import chosen, lacks_looks
from explorer.workspace.worker import Worker

MOST = 4
"""Nodes whose maps are shown at once."""
CLOSER = 300
"""Milliseconds after which boxes that another threshold lets count are looked at closer."""
POOLS = (MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, GlobalAvgPool)


class Looking(Lanes):
    """Asks the worker what there is to see when the document, the selection or the picture changes.

    A signal carries the whole new value; None means there is none (yet). Lanes are "picture", "predict" and "maps".
    """

    selection_changed = Signal(object)  # tuple[str, ...] of node ids, the last one chosen last
    picture_changed = Signal(object)  # Picture | None: another one, that stays
    frame_changed = Signal(object)  # Picture: the next one of a video; prediction and maps of just this one follow
    prediction_changed = Signal(object)  # Prediction | None
    pointed_out = Signal(str)  # a node's id: it should be seen for a moment
    beside_changed = Signal(object)  # tuple[FeatureMaps, ...]: other nodes' maps; `maps_changed` follows
    maps_changed = Signal(object)  # FeatureMaps | None: those of the node chosen last
    place_changed = Signal(object)  # Place | None: the number, and with it the channel, that was picked
    cell_changed = Signal(object)  # Cell | None: where the pointer is, over maps or over the picture
    devices_changed = Signal(object)  # tuple[Device, ...]
    thresholds_changed = Signal(object)  # Thresholds: which of a detector's boxes count; `prediction_changed` follows

    def __init__(self, document: Document, worker: Worker) -> None:
        super().__init__(worker)
        self.document = document
        self.selection: tuple[str, ...] = ()
        self.picture: Picture | None = None
        self.prediction: Prediction | None = None
        self.maps: FeatureMaps | None = None
        self.beside: tuple[FeatureMaps, ...] = ()
        self.place: Place | None = None
        self.cell: Cell | None = None
        self.devices: tuple[Device, ...] = ()
        self.device = ""
        self.looked: tuple[str, ...] = ()  # the nodes whose maps are shown, or asked for
        self.range: Range = "own"
        self.thresholds = Thresholds()
        self.before = False
        self.live = False  # the picture is one of a video that plays: the answers come with it
        self._source: PictureSource | None = None
        self._refresh_soon = QTimer(self, singleShot=True, interval=0)
        self._refresh_soon.timeout.connect(self._refresh)
        self._closer_soon = QTimer(self, singleShot=True, interval=CLOSER)
        self._closer_soon.timeout.connect(self._predict)
        self._behind = False  # a channel's factor, or what an Input is fed, changed while the network ran
        document.changed.connect(self._follow)
        self.work_changed.connect(lambda _lane, progress: None if progress else self._catch_up())

    @property
    def source(self) -> PictureSource | None:
        """Where the picture comes from, as the worker is asked about it."""
        return self._source

    @property
    def pictured(self) -> tuple[PictureSource, Picture] | None:
        """The picture and where it comes from; None where there is none, or a video plays."""
        return (self._source, self.picture) if self._source and self.picture and not self.live else None

    def show_picture(self, source: PictureSource, picture: Picture) -> None:
        """Look at a picture that is there already."""
        if picture is not self.picture:
            self.live = False
            self._source, self.picture = source, picture
            self.picture_changed.emit(picture)
            self._refresh_soon.start()

    def input_of(self, id: str) -> str:
        """What enters a layer that makes of each channel one: an activation, a norm, a pooling; "" for others."""
        node = self.document.project.network.nodes[id]
        alike = node.layer.group in ("Activation", "Norm") or isinstance(node.layer, POOLS)
        return node.inputs[0] if alike and len(node.inputs) == 1 else ""

    def select(self, ids: tuple[str, ...]) -> None:
        """Select nodes; the feature maps of the last ones are shown."""
        ids = tuple(filter(self.document.project.network.nodes.__contains__, ids))
        if ids != self.selection:
            self.selection = self.document.selected = ids
            self.selection_changed.emit(ids)
            if self.place is not None and ids[-1:] != (self.place.node,):
                self._set_place(None)
            if self._refresh_soon.isActive():  # which looks as well
                return
            if self.looked != self._to_look_at():
                self._look()
            elif "maps" not in self.work and self.maps is not None:  # another one of those that are shown
                self._show_maps((self.maps, *self.beside))

    def look_at(self, place: Place | None) -> None:
        """Pick one number of a node's maps, and select the node, last of those shown; None picks nothing."""
        if place is not None and self.selection[-1:] != (place.node,):
            others = self.selection if place.node in self.looked else ()
            self.select((*(i for i in others if i != place.node), place.node))
        if place is None or self.selection[-1:] == (place.node,):
            self._set_place(place)

    def point_at(self, cell: Cell | None) -> None:
        """The pointer is over a place of all channels, or over none."""
        if cell != self.cell:
            self.cell = cell
            self.cell_changed.emit(cell)

    def open_picture(self, path: str) -> None:
        """Look through the network at a picture file."""
        self._take_picture(PictureFile(path), Path(path).name)

    def paste_picture(self, pixels: Any, name: str = "pasted picture") -> None:
        """Look at pixels (H, W, 3) uint8 that have no file."""
        self._take_picture(Pixels(pixels, name), name)

    def show_frame(self, picture: Picture, prediction: Prediction | None, maps: tuple[FeatureMaps, ...]) -> None:
        """Look at the next frame of a video, of which the network's answers are known; no more is asked about it."""
        self.live = True
        self._source, self.picture = Pixels(picture.pixels, picture.name), picture
        self.frame_changed.emit(picture)
        self._show_prediction(prediction)
        self._show_maps(maps)

    def keep_frame(self) -> None:
        """The video stands still: its last frame is a picture like any other from now on."""
        if self.live:
            self.live = False
            self.picture_changed.emit(self.picture)
            self._refresh()

    def sees(self, pixels: Any) -> bool:
        """Whether the picture looked at is these pixels, and not a copy of them."""
        return pixels is not None and isinstance(self.source, Pixels) and self.source.pixels is pixels

    def comes_from(self, path: str) -> bool:
        """Whether the picture looked at is that of a file."""
        return isinstance(self._source, PictureFile) and self._source.path == path

    def point_out(self, id: str) -> None:
        """Light a node up for a moment, without selecting it."""
        if id in self.document.project.network.nodes:
            self.pointed_out.emit(id)

    def set_range(self, range: Range) -> None:
        """Give each channel its own brightness range, or all the same."""
        if range != self.range:
            self.range = range
            self._look()

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Let other boxes of a detector count; the network need not run for that."""
        if thresholds != self.thresholds:
            self.thresholds = thresholds
            self.thresholds_changed.emit(thresholds)
            if self.prediction is not None and self.prediction.heads is not None:
                self._show_prediction(self.prediction)

    def set_before(self, on: bool) -> None:
        """Show what enters an activation, a norm or a pooling beside what leaves it, or only that."""
        if on != self.before:
            self.before = on
            self._look()

    def set_device(self, id: str) -> None:
        """Run networks on another device from now on."""
        if id != self.device:
            self.device = id
            self.devices_changed.emit(self.devices)
            self._refresh_soon.start()

    def cancel(self, lane: str) -> None:
        """Stop what runs in a lane."""
        self.worker.stop(lane)
        self._set_work(lane, None)
        if lane == "predict":  # what is shown may be of another picture
            self._show_prediction(None)
        elif lane == "maps":
            self._show_maps(None)

    # How answers arrive

    def _show_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices
        if self.device not in {d.id for d in devices}:
            self.device = devices[0].id
        self.devices_changed.emit(devices)

    def _take_picture(self, source: PictureSource, name: str) -> None:
        def show(picture: Picture) -> None:
            self.live = False
            self._source, self.picture = source, picture
            self.picture_changed.emit(picture)
            self._refresh()

        self.ask("picture", Decode(source), show, f"Opening {name}")

    # Answers that follow the document

    def _follow(self, change: Change) -> None:
        nodes = change.after.network.nodes
        if change.rearranged:  # what undo did should be seen
            self.select(tuple(i for i in change.selected if i in nodes) or change.brought_back)
        elif any(i not in nodes for i in self.selection):
            self.select(tuple(i for i in self.selection if i in nodes))
        if change.only_factors or change.only_fed:
            self._behind = True
            self._catch_up()
        elif change.runs_otherwise:
            self._refresh_soon.start()  # once for all edits of this turn of the event loop

    def _catch_up(self) -> None:
        """Run again once what runs is through: while a slider is dragged each answer is shown, none given up for the
        next."""
        if self._behind and not self.work.keys() & {"predict", "maps"}:
            self._behind = False
            self._refresh_soon.start()

    def _refresh(self) -> None:
        self._predict()
        self._look()

    def _predict(self) -> None:
        if self.live:
            return
        if self.source is None or not self.document.project.network.nodes:
            self.worker.stop("predict")
            self._set_work("predict", None)
            self._show_prediction(None)
            return
        device = self.device or "cpu"
        question = Predict(self.document.project, self.source, device, thresholds=self.thresholds)
        self.ask("predict", question, self._show_prediction, "Running the network")

    def _show_prediction(self, prediction: Prediction | None) -> None:
        self.prediction = chosen(prediction, self.thresholds) if prediction else None
        self.prediction_changed.emit(self.prediction)
        if self.prediction is not None and lacks_looks(self.prediction) and not self.live:
            self._closer_soon.start()  # once the slider rests

    def _to_look_at(self) -> tuple[str, ...]:
        """The last four nodes selected, in the network's order, or the last one behind its input."""
        last = self.selection[-1:]
        if self.before and last and (source := self.input_of(last[0])):
            return source, *last
        return tuple(sorted(self.selection[-MOST:], key=list(self.document.project.network.nodes).index))

    def _look(self) -> None:
        self.looked = self._to_look_at()
        if self.live and self.selection:  # they come with the next frame
            return
        if self.source is None or not self.selection:
            self.worker.stop("maps")
            self._set_work("maps", None)
            self._show_maps(None)
            return
        together = self.before and bool(self.input_of(self.selection[-1]))
        device = self.device or "cpu"
        question = Look(self.document.project, self.source, self.looked, device, self.range, together)
        self.ask("maps", question, self._show_maps, f"Running up to {self.selection[-1]}")

    def _show_maps(self, found: tuple[FeatureMaps, ...] | None) -> None:
        found = found or ()
        maps = next((maps for maps in found if self.selection[-1:] == (maps.node,)), None)
        if found and maps is None:
            return
        self.maps, self.beside = maps, tuple(other for other in found if other is not maps)
        self.beside_changed.emit(self.beside)
        self.maps_changed.emit(maps)
        if self.cell is not None and self.cell.node not in [shown.node for shown in found]:
            self.point_at(None)
        place = self.place
        if maps is not None and place is not None and not maps.holds(place):
            self._set_place(None)

    def _set_place(self, place: Place | None) -> None:
        if place != self.place:
            self.place = place
            self.place_changed.emit(place)
