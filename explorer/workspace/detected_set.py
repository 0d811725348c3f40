"""A folder of labelled pictures, looked at by the open detector."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.data_set_questions import EvaluateBoxes
from explorer.layers.detection import Yolo
from explorer.layers.regions import AnchorHead
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet
from explorer.maths.records import Progress
from explorer.workspace import disk
from explorer.workspace.data_set import LANE, State
from explorer.workspace.document import Change
from explorer.workspace.session import Session
from explorer.workspace.small_pictures import SmallPictures

FAULTS_SIDE = 176
"""Pixels of a thumbnail with boxes in it."""


class DetectedSet(QObject):
    """Works in lane "data set", as the other look at a folder does: a network either finds boxes or it does not. A
    pause stops the work; the cache knows where to go on.

    folder: "" for none yet. labels: COCO's file, or the folder with those of Pascal VOC or YOLO; "" for the pictures'
    own folder.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder, self.labels = "", ""
        self.state: State = "idle"
        self.pictures: DetectionSet | None = None
        self.evaluation: DetectionEvaluation | None = None
        self.small = SmallPictures(session, FAULTS_SIDE)
        session.work_changed.connect(self._hear)
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _path: self._forget())

    @property
    def applies(self) -> bool:
        """Whether the open network finds boxes."""
        nodes = self._session.document.project.network.nodes.values()
        return any(isinstance(node.layer, Yolo | AnchorHead) for node in nodes)

    def choose_folder(self, folder: str) -> None:
        """Take other pictures."""
        if folder != self.folder:
            self.folder = folder
            self._forget()

    def choose_labels(self, labels: str) -> None:
        """Hold what is found against other labels, at once where it is known already."""
        if labels != self.labels:
            begun, self.labels = self.state != "idle", labels
            self._forget()
            if begun:
                self.start()

    def start(self) -> None:
        """Look at all labelled pictures, or go on with it."""
        if not self.folder:
            return
        session, self.state = self._session, "running"
        labels = self.labels or self.folder
        question = EvaluateBoxes(session.document.project, self.folder, labels, session.device or "cpu")
        session.ask(LANE, question, self._show, "Looking for labels")
        self.changed.emit()

    def pause(self) -> None:
        """Stop for now; `start` goes on."""
        self._session.cancel(LANE)

    def export(self, path: str) -> None:
        """Write what is known of each class as a CSV file. Raises Refusal."""
        from explorer.formats.detection_scores import write  # nobody waits for it when the program starts

        pictures, evaluation = self.pictures, self.evaluation
        if pictures is not None and evaluation is not None:
            disk.written(path, lambda: write(path, pictures, evaluation.scores))

    def open(self, number: int) -> None:
        """Make a picture the current one."""
        if self.pictures is not None:
            self._session.open_picture(str(Path(self.folder) / self.pictures.files[number]))

    def _show(self, step: DetectionSet | DetectionEvaluation) -> None:
        if isinstance(step, DetectionSet):
            if self.pictures is None or step.files != self.pictures.files:
                self.small.take(self.folder, step.files)
                self.evaluation = None
            self.pictures = step
            return
        self.evaluation = step
        if self.pictures is not None and step.done == len(self.pictures.files):
            self.state = "done"
        self.changed.emit()

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """Work that ended before its end was stopped, or failed."""
        if lane == LANE and progress is None and self.state == "running":
            self.state = "paused" if self.evaluation is not None else "idle"
            self.changed.emit()

    def _follow(self, change: Change) -> None:
        if change.runs_otherwise:
            self._forget()

    def _forget(self) -> None:
        if self.state == "running":
            self._session.cancel(LANE)
        self.small.take("", ())
        self.pictures, self.evaluation, self.state = None, None, "idle"
        self.changed.emit()
