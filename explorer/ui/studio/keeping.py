"""Saving the picture with its settings, keeping it in the gallery, and showing it to the network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from explorer.ui.controls.lab import lab_button
from explorer.ui.destinations import choose_destination
from explorer.ui.pictures.picture_view import image_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.style_files import StyleFiles, title_of
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.style_timeline import Moment

ENDINGS = (".png", ".tif")


class Keeping(QObject):
    """Buttons for the moment that is looked at."""

    def __init__(self, session: Session, studio: StyleStudio, files: StyleFiles) -> None:
        super().__init__()
        self._session, self._studio, self._files = session, studio, files
        self.save = lab_button(
            "Save…", "As PNG or TIFF, with the settings inside: it can be loaded again", self.ask_save
        )
        self.keep = lab_button("Keep", "Put it into the gallery, with its settings", self.take)
        self.use = lab_button("Look at it", "Have the network look at it", self.show_network)
        self.buttons: tuple[QToolButton, ...] = (self.save, self.keep, self.use)
        studio.grown.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """There is something to keep once a picture was made."""
        for button in self.buttons:
            button.setEnabled(self._studio.timeline.moment is not None)

    def ask_save(self, moment: Moment | None = None) -> None:
        """Ask where, and write a picture: the one that is looked at, where no other is given."""
        moment, settings = moment or self._studio.timeline.moment, Settings()
        if moment is None:
            return
        start = Path(settings.folder("export")) / (title_of(moment.made) + ENDINGS[0])
        path = choose_destination(self.save.window(), "Save picture", start, "Pictures", ENDINGS)
        if path:
            settings.set_folder("export", str(Path(path).parent))
            self._files.save(path, moment)

    def take(self) -> None:
        """Put the picture into the gallery."""
        if moment := self._studio.timeline.moment:
            self._files.keep(moment)

    def show_network(self) -> None:
        """Make it the picture that the network looks at."""
        if moment := self._studio.timeline.moment:
            self._session.paste_picture(moment.picture, f"painted, step {moment.step:,}")

    def copy(self) -> None:
        """Put it onto the clipboard."""
        if moment := self._studio.timeline.moment:
            QGuiApplication.clipboard().setImage(image_of(moment.picture))
