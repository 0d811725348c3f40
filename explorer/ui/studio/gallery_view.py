"""What was painted and kept: a click takes a picture up again, with all it was made with."""

from __future__ import annotations

from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import Picture
from explorer.ui.asking_files import ask_file
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.result_grid import ResultGrid, Shown
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.style_files import StyleFiles

TAUGHT = "A click takes one up again, with its settings; Delete puts it into the waste basket."
AWAY = "Put into the waste basket"
NOTHING = "Pictures that you keep stand here; each knows what it was made with. A saved one can be loaded, too."


class GalleryView(QWidget):
    """Thumbnails, the newest first; Delete puts one into the waste basket, Ctrl+Z takes it out again."""

    def __init__(self, session: Session, files: StyleFiles) -> None:
        super().__init__()
        self._files = files
        self._images: dict[str, tuple[Picture | None, QImage | None]] = {}
        self.grid, self.empty = ResultGrid("Kept pictures", 18 * GRID, removal=AWAY), Empty(NOTHING)
        self.load = QPushButton("Load a picture…")
        self.load.setToolTip("Take up a PNG or TIFF picture that was saved here, with its settings")
        self.back = QPushButton("Put it back")
        self.back.setToolTip("Take the picture out of the waste basket that went there last (Ctrl+Z)")
        self.load_first = self.empty.add_button("Load a picture…")
        self.load_first.setToolTip(self.load.toolTip())
        self.lane = LaneLine(session, files.lane)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.grid)
        head = QHBoxLayout()
        self.taught = Text(TAUGHT, "dim", "small", wrap=False)
        head.addWidget(self.taught, 1)
        head.addWidget(self.back)
        head.addWidget(self.load)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        for button in (self.load, self.load_first):
            button.clicked.connect(self.choose)
        self.grid.opened.connect(lambda place: files.load(files.path(place)))
        self.grid.removed.connect(files.remove)
        self.back.clicked.connect(self.put_back)
        files.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what the gallery holds."""
        self.stack.setCurrentWidget(self.grid if self._files.names else self.empty)
        self.taught.say(TAUGHT if self._files.names else "")
        self.load.setVisible(bool(self._files.names))
        self.back.setVisible(bool(self._files.removed))
        self.grid.show_all([Shown(name.rpartition(".")[0], "", name, self._image(name)) for name in self._files.names])

    @property
    def can_undo(self) -> bool:
        """Whether the keys are here, and a picture can be taken out of the waste basket."""
        return bool(self._files.removed) and self.isAncestorOf(QApplication.focusWidget() or self)

    def put_back(self) -> None:
        """Take the last one out of the waste basket."""
        self._files.put_back()
        self.grid.setFocus()  # the button may go

    def choose(self) -> None:
        """Ask for a picture, and take it up."""
        settings = Settings()
        title, kinds = "Load a picture with its settings", "Pictures (*.png *.tif *.tiff)"
        if path := ask_file(self, title, settings.folder("export"), kinds):
            self._files.load(path)

    def _image(self, name: str) -> QImage | None:
        picture = self._files.small.get(name)
        if name not in self._images or self._images[name][0] is not picture:
            self._images[name] = picture, image_of(picture.pixels) if picture is not None else None
        return self._images[name][1]

    def showEvent(self, event: QShowEvent) -> None:
        self._files.refresh()
