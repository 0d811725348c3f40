"""Which picture a lab is about: a sample photo, or the one that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox

from explorer.ui.pictures.picture_view import image_of
from explorer.workspace.samples import samples
from explorer.workspace.session import Session

OPEN = "the open picture"


class LabPicture(QComboBox):
    """Pictures to choose from by name; `chosen` comes with a name also when its image is another one by now."""

    chosen = Signal(str)

    def __init__(self, session: Session, first: str) -> None:
        super().__init__()
        self._session = session
        self._paths: dict[str, Path] = {path.stem: path for path in samples()}
        self._decoded: dict[str, QImage] = {}  # each drag asks again
        self.setAccessibleName("Picture of the lab")
        self.setToolTip("The picture of this lab")
        self.addItems(list(self._paths))
        self.setCurrentText(first)
        session.picture_changed.connect(lambda _: self._offer_open())
        self._offer_open()
        self.currentTextChanged.connect(self.chosen)

    def image(self, name: str) -> QImage:
        """One of the pictures; null where there is none of this name any more."""
        if name not in self._decoded:
            picture = self._session.picture
            if name == OPEN and picture is not None:
                self._decoded[name] = image_of(picture.pixels)
            elif name in self._paths:
                self._decoded[name] = QImage(str(self._paths[name]))
        return self._decoded.get(name, QImage())

    def show_name(self, name: str) -> None:
        """Show which picture is the lab's, without saying that it was chosen."""
        self.blockSignals(True)
        self.setCurrentText(name)
        self.blockSignals(False)

    def _offer_open(self) -> None:
        """The open picture stands among the others while there is one."""
        self._decoded.pop(OPEN, None)
        place, there = self.findText(OPEN), self._session.picture is not None
        if there and place < 0:
            self.addItem(OPEN)
        elif there and self.currentText() == OPEN:
            self.chosen.emit(OPEN)  # by now another one
        elif not there and place >= 0:
            self.removeItem(place)
