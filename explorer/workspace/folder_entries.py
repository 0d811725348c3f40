"""What lies in a folder, read in a thread and told in turns: the window waits neither for 100,000 files nor for a disk
that does not answer."""

from __future__ import annotations

import os
import re
import stat
import time
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.formats.answering import Asked, no_answer
from explorer.formats.words import amount
from explorer.maths.sentences import sentence
from explorer.workspace import disk

FIRST = 256
"""Entries that are told before all are read; then each time that there are twice as many."""
STEP = 8192
"""At most so many more: the window lists them in a turn of its own."""


class Entry(NamedTuple):
    """What lies in a folder. folder: whether it is one; None for a link that nobody has followed yet, for where it
    leads may not answer. size: bytes; changed: seconds since 1970; order: what its name is sorted by."""

    name: str
    folder: bool | None
    size: int
    changed: float
    order: str

    @property
    def hidden(self) -> bool:
        """Whether people do not want to see it in general."""
        return self.name.startswith(".")

    @property
    def amount(self) -> str:
        """Its size in words: 4.2 MB."""
        return amount(self.size)


class FolderReader(QObject):
    """Reads one folder at a time; the newest wins."""

    # Folders are objects, for Qt's texts lose what is no text in a name.
    came = Signal(object, list, int)  # the folder, its entries as far as they are read, how many are as told before
    failed = Signal(object, str)  # the folder, and a sentence: it cannot be read, or its disk does not answer

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading: _Reading | None = None
        self._shown = self._seen = 0  # entries that were told, and that were there when it was last looked
        self._till, self._patience = 0.0, 0.0
        self._timer = QTimer(self, interval=disk.OFTEN)
        self._timer.timeout.connect(self._look)

    def read(self, folder: str, patience: float) -> None:
        """Read this folder from now on. patience: seconds in which nothing may come."""
        self.stop()
        self._reading = _Reading(folder)
        self._shown = self._seen = 0
        self._patience, self._till = patience, time.monotonic() + patience
        self._timer.start()
        self._reading.asked.answered(disk.MOMENT)
        self._look()

    def stop(self) -> None:
        """Read no further."""
        self._timer.stop()
        if self._reading is not None:
            self._reading.stopped = True
            self._reading = None

    def _look(self) -> None:
        reading = self._reading
        if reading is None:
            return
        ended, listed, there = reading.asked.answered(), reading.listed, len(reading.entries)
        if ended:
            self.stop()
            try:
                reading.asked.answer()
            except (OSError, ValueError) as error:
                self.failed.emit(reading.folder, sentence(error))
                return
        elif there > self._seen:
            self._seen = there
            self._till = time.monotonic() + self._patience
        if ended or (listed and self._shown < there) or there >= max(FIRST, min(2 * self._shown, self._shown + STEP)):
            others = reading.followed or there == self._shown  # than were told: links that were followed since
            before, self._shown = (0 if others else self._shown), there
            self.came.emit(reading.folder, reading.entries[:there], before)
        elif time.monotonic() > self._till:
            self.stop()  # a link may lead to a disk that does not answer: what lies beside it is shown
            if not listed:
                self.failed.emit(reading.folder, sentence(no_answer(reading.folder)))


class _Reading:
    """One folder, read in a thread of its own, which is left behind where the system never lets it go."""

    def __init__(self, folder: str) -> None:
        self.folder, self.entries = folder, list[Entry]()
        self.listed = self.followed = self.stopped = False
        self.asked = Asked(self._run)

    def _run(self) -> None:
        with os.scandir(self.folder) as there:
            for each in there:
                if self.stopped:
                    return
                self.entries.append(_entry(each))
        self.listed = True
        for place, entry in enumerate(self.entries):
            if entry.folder is None and not self.stopped:
                self.followed = True
                self.entries[place] = _followed(self.folder, entry)


def _entry(found: os.DirEntry[str]) -> Entry:
    try:
        said = found.stat(follow_symlinks=False)
    except OSError:  # it went meanwhile, or nobody may look at it
        return Entry(found.name, False, 0, 0.0, in_order(found.name))
    folder = None if stat.S_ISLNK(said.st_mode) else stat.S_ISDIR(said.st_mode)
    return Entry(found.name, folder, said.st_size, said.st_mtime, in_order(found.name))


def _followed(folder: str, entry: Entry) -> Entry:
    try:
        said = os.stat(os.path.join(folder, entry.name))
    except OSError:
        return entry._replace(folder=False)  # it leads nowhere
    return entry._replace(folder=stat.S_ISDIR(said.st_mode), size=said.st_size, changed=said.st_mtime)


def in_order(name: str) -> str:
    """What a name is sorted by: small letters and large ones are the same, and 9 comes before 10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), name.casefold())
