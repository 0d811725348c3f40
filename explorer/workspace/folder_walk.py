"""The folder that a dialog for files shows, and the way there and back."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from explorer.formats import answering
from explorer.workspace import disks
from explorer.workspace.folder_entries import Entry, FolderReader


class FolderWalk(QObject):
    """A folder is shown once something of it is read: till then, and where its disk does not answer, one stays.

    folder: the one that is shown, "" for none yet; entries: what is known of it; back, ahead: folders before and after.
    """

    asked = Signal()  # for another folder, which is not shown yet
    arrived = Signal()  # another folder is shown
    came = Signal(int)  # more is known of it: how many entries are as they were
    failed = Signal(str)  # a sentence
    skipped = Signal(str)  # a folder that one should begin in does not answer

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.folder, self.entries = "", list[Entry]()
        self.back, self.ahead = list[str](), list[str]()
        self._way, self._missed, self._others = 0, "", list[str]()
        self._reader = FolderReader(self)
        self._reader.came.connect(self._take)
        self._reader.failed.connect(self._fail)

    @property
    def above(self) -> str:
        """The folder that this one lies in, "" for none."""
        folder = os.path.dirname(self.folder)
        return "" if folder == self.folder else folder

    def begin(self, folders: Sequence[str]) -> None:
        """Show the first of these that is there and answers soon."""
        first, *self._others = folders
        self._reader.read(first, disks.LOOKING if self._others else answering.PATIENCE)

    def go(self, folder: str, way: int = 0, missed: str = "") -> None:
        """Show another folder; "" for none.

        way: −1 for the one before, 1 for the one that one went back from; missed: a sentence about one on this way that
        cannot be shown, told once the next one is.
        """
        self._others, self._missed = [], missed
        if folder:
            if folder != self.folder:
                self.asked.emit()
            self._way = way
            self._reader.read(folder, answering.PATIENCE)

    def go_back(self) -> None:
        """Show the folder before."""
        self.go(self.back[-1] if self.back else "", -1)

    def go_ahead(self) -> None:
        """Show the one that one went back from."""
        self.go(self.ahead[-1] if self.ahead else "", 1)

    def read_again(self) -> None:
        """Read anew what lies in the folder."""
        self.go(self.folder)

    def stop(self) -> None:
        """Read no further."""
        self._reader.stop()

    def _take(self, folder: str, entries: list[Entry], before: int) -> None:
        self.entries = entries
        if folder == self.folder:
            self.came.emit(before)
            return
        if self._way < 0:
            self.ahead.append(self.folder)
            self.back.pop()
        elif self.folder:
            self.ahead = self.ahead[:-1] if self._way else []
            self.back.append(self.folder)
        self.folder, self._others = folder, []
        self.arrived.emit()
        if self._missed:
            self.failed.emit(self._missed)

    def _fail(self, folder: str, why: str) -> None:
        if self._others:
            if os.path.basename(folder):
                self.skipped.emit(why)
            self.begin(self._others)
        elif folder != self.folder and (following := self._beyond(folder)):  # what is read in part is shown
            self.go(following, self._way, self._missed or why)
        else:
            self.failed.emit(self._missed or why)

    def _beyond(self, gone: str) -> str:
        """What follows on the way back or ahead, which leaves out a folder that cannot be shown; "" for nothing."""
        steps = {-1: self.back, 1: self.ahead}.get(self._way, [])
        while steps and steps[-1] in (gone, self.folder):  # the one that is shown may lie on both sides of it
            steps.pop()
        return steps[-1] if steps else ""
