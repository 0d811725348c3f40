"""A folder of labelled pictures, looked at by the open detector."""

from __future__ import annotations

from explorer.engine.data_set_questions import EvaluateBoxes
from explorer.layers.detection import Yolo
from explorer.layers.regions import AnchorHead
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet
from explorer.workspace import disk
from explorer.workspace.folder_look import LANE, FolderLook
from explorer.workspace.session import Session
from explorer.workspace.small_pictures import SmallPictures

FAULTS_SIDE = 176
"""Pixels of a thumbnail with boxes in it."""


class DetectedSet(FolderLook[DetectionSet, DetectionEvaluation]):
    """labels: COCO's file, or the folder with those of Pascal VOC or YOLO; "" for the pictures' own folder."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.labels = ""
        self.small = SmallPictures(session, FAULTS_SIDE)

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

    def export(self, path: str) -> None:
        """Write what is known of each class as a CSV file. Raises Refusal."""
        from explorer.formats.detection_scores import write  # nobody waits for it when the program starts

        pictures, evaluation = self.pictures, self.evaluation
        if pictures is not None and evaluation is not None:
            disk.written(path, lambda: write(path, pictures, evaluation.scores))

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

    def _forget(self) -> None:
        if self.state == "running":
            self._session.cancel(LANE)
        self.small.take("", ())
        self.pictures, self.evaluation, self.state = None, None, "idle"
        self.changed.emit()
