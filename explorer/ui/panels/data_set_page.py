"""A folder of pictures as a whole: how often the network is right, where it is wrong, and what its layers do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.patch_records import Broken
from explorer.ui.asking_files import ask_folder
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.result_words import rightness, unread
from explorer.ui.controls.roomy import Roomy, Stack, laid_out_later
from explorer.ui.controls.words import counted, share_in_words
from explorer.ui.destinations import export
from explorer.ui.pictures.data_set_views import DataSetViews
from explorer.ui.pictures.detection_results import DetectionResults
from explorer.ui.pictures.labels_button import LabelsButton
from explorer.ui.theme import GRID
from explorer.workspace import disk
from explorer.workspace.data_set import EMBEDDING, DataSet
from explorer.workspace.detected_set import DetectedSet
from explorer.workspace.exports import write_image
from explorer.workspace.folder_look import LANE
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

WORDS = {"idle": "Look at all", "running": "Pause", "paused": "Go on", "done": "Look again"}
"""What the button says in each state of the work."""
POINTS = {
    "Mistakes": "which classes are taken for which, and the pictures behind each cell, the surest mistakes first",
    "Classes": "how often each class is found, and how often it is right where it is said",
    "Layers": "how much each layer answers: channels that are dead, and those that never rest",
    "Plane": "all pictures as points, like ones beside each other, by what any layer makes of them",
}
"""What the tabs will show."""
LOW = QSize(36 * GRID, 12 * GRID)
"""What the page without pictures asks for: at 200 % windows are low."""


class DataSetPage(QWidget):
    """Tabs: mistakes, what the folders mean, layers, and the plane; Escape goes back."""

    back_requested = Signal()

    def __init__(self, session: Session, data_set: DataSet) -> None:
        super().__init__()
        self._session, self.data_set, self.detected = session, data_set, DetectedSet(session)
        self.setAccessibleName("Data set")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.right, self.what = Text(size="title", wrap=False), Text(role="dim")
        self.right.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.right.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.untrained, self.broken = Text(role="problem", size="small"), Text(role="problem", size="small")
        self.problem = Text(role="problem")
        self._look = disk.Look(self)
        self.folder, self.run = QPushButton("Folder…"), QPushButton(WORDS["idle"])
        self.folder.setToolTip("Choose the folder that holds a folder of pictures for each class")
        self.labels = LabelsButton(self.detected)
        self.export, self.export_matrix = QPushButton("Predictions…"), QPushButton("Matrix…")
        self.export.setToolTip("Write what is said of each picture as a CSV file")
        self.export_matrix.setToolTip("Write the confusion matrix as a PNG file")
        self.back = QPushButton("Back")
        self.empty = Empty("")
        self.run_first = self.empty.add_button(WORDS["idle"])
        self.choose_first = self.empty.add_button("Choose folder…")
        self.points = self.empty.add_points(POINTS)
        self.stack = Stack()
        self.nothing = Roomy(self.empty, "What there will be to see", LOW)
        self.stack.addWidget(self.nothing)
        self._lay_out()
        for button in (self.folder, self.choose_first):
            button.clicked.connect(self.choose_folder)
        for button in (self.run, self.run_first):
            button.clicked.connect(self._start_or_pause)
        self.export.clicked.connect(self._export)
        self.export_matrix.clicked.connect(self._export_matrix)
        self.back.clicked.connect(self.back_requested)
        data_set.changed.connect(self._follow)
        self.detected.changed.connect(self._follow)
        session.document.changed.connect(lambda change: self._follow() if change.rewired else None)
        if not data_set.folder:
            data_set.choose_folder(Settings().folder("data set"))
        self.detected.choose_folder(data_set.folder)
        self._show()

    def _lay_out(self) -> None:
        head, line, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(Text("Data set", size="title", wrap=False), 1)
        line.addWidget(self.right)
        line.addWidget(self.what, 1)
        for button in (self.folder, self.labels, self.run, self.export, self.export_matrix, self.back):
            head.addWidget(button)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(LaneLine(self._session, LANE))
        column.addWidget(LaneLine(self._session, EMBEDDING))
        column.addLayout(line)
        for text in (self.untrained, self.broken, self.problem):
            column.addWidget(text)
        column.addWidget(self.stack, 1)

    # What there is to see once something was looked at: made before, it took most of a frame for nothing

    @cached_property
    def tabs(self) -> DataSetViews:
        """What a classifier makes of the pictures."""
        tabs = DataSetViews(self._session, self.data_set)
        self.stack.addWidget(tabs)
        return tabs

    @cached_property
    def results(self) -> DetectionResults:
        """What a detector finds of what is there."""
        results = DetectionResults(self.detected)
        results.show_results()
        self.stack.addWidget(results)
        return results

    def choose_folder(self) -> None:
        """Ask for the folder."""
        title = "Folder of labelled pictures" if self.detected.applies else "Folder of class folders"
        if folder := ask_folder(self, title, self.data_set.folder):
            self.take_folder(folder)

    def take_folder(self, folder: str) -> None:
        """Look at this folder from now on."""
        Settings().set_folder("data set", folder)
        self.data_set.choose_folder(folder)
        self.detected.choose_folder(folder)

    # What is shown

    @property
    def _looked_at(self) -> DataSet | DetectedSet:
        """What the open network is asked: where things are, or which class a picture is of."""
        return self.detected if self.detected.applies else self.data_set

    def showEvent(self, event: QShowEvent) -> None:
        self._show()

    def _follow(self) -> None:
        if self.isVisible():  # it hears five times of a network that opens
            self._show()

    def _show(self) -> None:
        with laid_out_later(self):
            self._show_all()
        if self.hasFocus():  # it took the keys as the button went: they are the button's again that comes
            for button in (self.run, self.run_first):
                if button.isVisible():
                    button.setFocus()

    def _show_all(self) -> None:
        data_set, pictures, found = self.data_set, self.data_set.pictures, self.data_set.evaluation
        judged = data_set.judged
        name = Path(data_set.folder).name or data_set.folder
        finds_boxes = self.detected.applies
        known = self.detected.evaluation is not None if finds_boxes else judged is not None
        self.stack.setCurrentWidget((self.results if finds_boxes else self.tabs) if known else self.nothing)
        self.run.setText(WORDS[self._looked_at.state])
        for button in (self.run, self.folder):
            button.setHidden(not known)
        for button in (self.export, self.export_matrix):
            button.setHidden(not known or finds_boxes)
        self.labels.setHidden(not finds_boxes or not data_set.folder)
        if finds_boxes and known:
            self._show_detected(name)
            return
        if not known or judged is None or pictures is None or found is None:
            for text in (self.right, self.what, self.untrained, self.broken):
                text.say("")
            self._say_empty(name)
            return
        self.export_matrix.setEnabled(bool(judged.confusion.classes))
        share, sample = rightness(judged)
        self.right.say(share)
        seen = f"{found.done:,} of " if found.done < len(pictures.files) else ""
        told = "; classes in the folders' order (see Classes)" if data_set.ordered else ""
        self.what.say(f"{sample}{seen}{counted(len(pictures.files), 'picture')} in {name}{told}")
        self._tell(pictures.untrained, found.broken)
        self.tabs.show_tab()

    def _show_detected(self, name: str) -> None:
        """What is said above the tabs of a detector."""
        pictures, found = self.detected.pictures, self.detected.evaluation
        if pictures is None or found is None:
            return
        precision = found.scores.summary["AP"]
        self.right.say("" if precision != precision else f"{share_in_words(precision)} average precision")
        seen = f"{found.done:,} of " if found.done < len(pictures.files) else ""
        things = counted(int(found.scores.things.sum()), "thing")
        self.what.say(f"{things} in {seen}{counted(len(pictures.files), 'labelled picture')} in {name}")
        self._tell(pictures.untrained, found.broken)

    def _tell(self, untrained: bool, broken: Sequence[Broken]) -> None:
        """What one should know of the result."""
        self.untrained.say("Random weights: what the network says means nothing." if untrained else "")
        self.broken.say(unread(broken))

    def _say_empty(self, name: str) -> None:
        data_set, anything = self.data_set, bool(self._session.document.project.network.nodes)
        running, finds_boxes = self._looked_at.state == "running", self.detected.applies
        if not anything:
            sentence = "Open a trained network first: then a folder of pictures tells how often it is right."
        elif not data_set.folder and finds_boxes:
            sentence = (
                "Choose a folder of pictures whose labels you have (of COCO, Pascal VOC or YOLO), or drop one here: it "
                "tells how much of what is there the network finds, and where it is wrong."
            )
        elif not data_set.folder:
            sentence = (
                "Choose a folder with a folder of pictures for each class, or drop one here: it tells how often the "
                "network is right, and where it is wrong."
            )
        elif running:
            sentence = "What the network says comes here as soon as the first pictures were seen."
        elif finds_boxes:
            labels = Path(self.detected.labels).name or "those in the same folder"
            sentence = f"Look at all labelled pictures in {name}; labels: {labels}."
        else:
            sentence = (
                f"Look at all pictures in {name}: how often the network is right, where it is wrong, and which "
                "channels are dead."
            )
        self.empty.sentence.say(sentence)
        self.choose_first.setText("Other folder…" if data_set.folder else "Choose folder…")
        self.points.setHidden(finds_boxes)
        self.choose_first.setHidden(running or not anything)
        self.run_first.setHidden(running or not (data_set.folder and anything))

    # What the user does

    def _start_or_pause(self) -> None:
        if self.run_first.hasFocus():
            self.setFocus()  # the button goes now, and the keys would be another panel's
        if self._looked_at.state == "running":
            self._looked_at.pause()
        else:
            self._looked_at.start()

    def _export(self) -> None:
        name = f"predictions {Path(self.data_set.folder).name}"
        _, problem = export(self, "Export predictions", name, "Tables", (".csv",), self.data_set.export)
        self.problem.say(problem)

    def _export_matrix(self) -> None:
        name = f"confusion {Path(self.data_set.folder).name}"
        matrix = self.tabs.mistakes.matrix
        _, problem = export(
            self, "Export matrix", name, "Pictures", (".png",), lambda path: write_image(path, matrix.grab().toImage())
        )
        self.problem.say(problem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if folder := self._dropped(event):
            event.acceptProposedAction()
            self._look.ask(folder, Path(folder).is_dir, lambda _: self.take_folder(folder), self.problem.say)

    def _dropped(self, event: QDropEvent) -> str:
        """The folder that is dropped, "" where it is something else, which the window may know. What a slow disk does
        not tell in this moment may be one."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        return paths[0] if len(paths) == 1 and disk.at_once(Path(paths[0]).is_dir, True) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)
