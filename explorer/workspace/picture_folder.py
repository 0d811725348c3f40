"""The pictures of a folder, looked at one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import PictureNames, Small
from explorer.maths.records import Picture, PictureList
from explorer.maths.sentences import shortened
from explorer.workspace.session import Session

AHEAD = 24
"""Thumbnails asked for at once, at most."""


class PictureFolder(QObject):
    """Which pictures there are, by name, and which of them is looked at; a broken one is passed over, and said.

    index: the place of the one looked at, -1 for none.
    """

    changed = Signal()  # other pictures, or another one of them
    small_changed = Signal(int)  # the place of a thumbnail that came

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder, self.index = "", -1
        self.names: tuple[str, ...] = ()
        self.small: dict[int, Picture | None] = {}  # None: it cannot be read
        self.passed = ""  # which one was passed over last, and why
        self._step = 0  # which way one goes while a picture is being opened
        self._wanted: tuple[int, ...] = ()
        session.picture_changed.connect(self._arrive)
        session.failed.connect(self._fail)

    def open(self, folder: str) -> None:
        """Take the pictures of a folder, and look at the first."""

        def show(found: PictureList) -> None:
            self.folder, self.names = found.folder, found.names
            self.index, self.small, self._wanted = -1, {}, ()
            self.changed.emit()
            self.go_to(0)

        self._session.ask("picture", PictureNames(folder), show, f"Reading {shortened(Path(folder).name, 60)}")

    def close(self) -> None:
        """Forget the folder."""
        if self.names:
            self.folder, self.names, self.index, self.small, self._step = "", (), -1, {}, 0
            self.passed = ""
            self.changed.emit()

    def go(self, step: int) -> None:
        """Look at the next picture, or with -1 at the one before."""
        self.passed = ""
        self._open(self.index + step, step)

    def go_to(self, place: int) -> None:
        """Look at the picture at a place."""
        self.passed = ""
        self._open(place, 1)

    def want(self, places: Iterable[int]) -> None:
        """Thumbnails are in sight at these places: get those that are missing."""
        missing = tuple(place for place in places if 0 <= place < len(self.names) and place not in self.small)[:AHEAD]
        if not missing or missing == self._wanted:
            return
        self._wanted = missing

        def show(found: tuple[int, Picture | None]) -> None:
            place, picture = found
            if place in missing and self._wanted == missing:
                self.small[place] = picture
                self.small_changed.emit(place)

        paths = tuple((place, self.path(place)) for place in missing)
        self._session.ask("thumbnails", Small(paths), show)

    def path(self, place: int) -> str:
        """The file of a picture."""
        return str(Path(self.folder) / self.names[place])

    def _open(self, place: int, step: int) -> None:
        if 0 <= place < len(self.names):
            self.index, self._step = place, step
            self._session.open_picture(self.path(place))
            self.changed.emit()

    def _arrive(self, picture: Picture | None) -> None:
        self._step = 0
        if self.names and not self._session.comes_from(self.path(self.index)):
            self.close()  # another picture was opened by itself

    def _fail(self, lane: str, sentence: str) -> None:
        if lane != "picture" or not self._step:
            return
        step, self._step = self._step, 0
        self.passed = f"Passed over: {sentence}"
        self.small[self.index] = None
        self._open(self.index + step, step)
