"""A button that asks where the labels of a folder's pictures are."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.controls.menu_letters import Menu
from explorer.workspace.detected_set import DetectedSet


class LabelsButton(QPushButton):
    """A file or a folder: the system's dialogs ask for one of them only."""

    def __init__(self, detected: DetectedSet) -> None:
        super().__init__("Labels…")
        self._detected = detected
        self.setToolTip("Choose the labels of the pictures; if none are chosen, they are looked for beside them")
        menu = Menu(self)
        self.file = menu.addAction("File of COCO…", self._choose_file)
        self.folder = menu.addAction("Folder of Pascal VOC or YOLO…", self._choose_folder)
        self.setMenu(menu)

    @property
    def _start(self) -> str:
        return self._detected.labels or self._detected.folder

    def _choose_file(self) -> None:
        if path := ask_file(self, "Labels of COCO", self._start, "COCO (*.json)"):
            self._detected.choose_labels(path)

    def _choose_folder(self) -> None:
        if path := ask_folder(self, "Folder of labels", self._start):
            self._detected.choose_labels(path)
