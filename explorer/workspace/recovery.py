"""Nothing lost: unsaved edits are kept on the disk while one works, and found again after a crash."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from explorer.formats import folders, unsaved
from explorer.formats.answering import PATIENCE, no_answer
from explorer.formats.atomic import sweep
from explorer.formats.unsaved import NotUnsaved, Unsaved
from explorer.maths.sentences import sentence
from explorer.network.project import Project
from explorer.workspace import disk
from explorer.workspace.background import Background
from explorer.workspace.document import Document
from explorer.workspace.tab import Tab

__all__ = ["SETTLED", "TRIES", "Opening", "Recovery", "Unsaved"]

log = logging.getLogger(__name__)

SOON = 2000
"""Milliseconds from an edit until it is on the disk; a later edit does not put that off."""
TRIES = 3
"""Ends of the program in a row right after opening a file, after which the file is not opened unasked."""
EARLY = 0.9
"""Qt's long timers go off up to a twentieth too soon."""
SETTLED = 10_000
"""Milliseconds after which opening a file has gone well."""


@dataclass(eq=False)
class Kept:
    """One open network's edits in a file of ours."""

    file: Path
    project: Project  # as it was written last, or is about to be
    lock: QLockFile | None = None


class Recovery(QObject):
    """Keeps the unsaved edits of every open network in a file of our own each, and hands out what others left behind.

    A file belongs to the process that holds its lock; a lock whose process has ended belongs to nobody.
    """

    failed = Signal(str)  # a sentence: edits cannot be kept
    read = Signal(object, object)  # Unsaved, and its Project or a sentence why not
    _could_not_write = Signal(str)

    def __init__(self, document: Document, title_of: Callable[[Tab], str]) -> None:
        super().__init__(document)
        self._document, self._title_of = document, title_of
        self.folder = folders.state() / "unsaved"
        self._kept: dict[Tab, Kept] = {}
        self._offered: dict[Path, QLockFile] = {}
        self._taken: set[Path] = set()  # left files whose edits are open here
        self._replaced: set[Path] = set()  # of these, the ones that stay until the edits are in ours
        self._failing = False
        self._writer = Background("unsaved edits")
        self._late = QTimer(self, singleShot=True, interval=round(1000 * PATIENCE))
        self._late.timeout.connect(self._tell_late)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._keep)
        self._could_not_write.connect(self._tell)
        document.changed.connect(self._follow)
        document.renamed.connect(self._follow)

    @property
    def needed(self) -> bool:
        """Whether there are edits that only we have."""
        return any(tab.unsaved for tab in self._document.tabs)

    def left(self) -> list[Unsaved]:
        """What processes that are gone left behind, the newest first; nobody else is handed it while we live. Asks the
        disk."""
        found = []
        sweep(self.folder)
        with suppress(OSError):
            for file in unsaved.gone(self.folder):
                if lock := _locked(file):
                    self._offered[file] = lock
                    self._remove(file)
            for file in self.folder.glob(f"*{unsaved.SUFFIX}"):
                lock = self._offered.get(file) or _locked(file)
                if lock is None or file in self._taken or any(file == kept.file for kept in tuple(self._kept.values())):
                    continue
                self._offered[file] = lock
                try:
                    found.append(unsaved.look(file))
                except NotUnsaved as error:
                    log.warning("%s", error)
        return sorted(found, key=lambda each: -each.time)

    def ask_for(self, what: Unsaved) -> None:
        """Read the edits on a thread; `read` tells."""

        def load() -> None:
            try:
                self.read.emit(what, unsaved.read(what.file))
            except Exception as error:  # the boundary: whatever went wrong becomes a sentence
                self.read.emit(what, sentence(error))

        self._writer.submit(load)

    def take_over(self, what: Unsaved) -> None:
        """The edits are open here: their old file goes once they are in ours, and is offered no more till then."""
        self._taken.add(what.file)
        self._replaced.add(what.file)
        self._soon.start()

    def delete(self, what: Unsaved) -> None:
        """Give left edits up."""
        disk.at_once(lambda: self._remove(what.file), None, disk.STARTING)

    def close(self) -> None:
        """Nothing is left behind of edits that are saved or given up, where the disk answers; others are kept."""
        self._follow()
        if self.needed:
            self._keep()
        self._soon.stop()
        self._late.stop()
        if replaced := tuple(self._replaced):
            self._writer.submit(lambda: self._give_up(replaced))
        self._writer.close(PATIENCE)
        for lock in list(self._offered.values()):
            disk.at_once(lock.unlock, None, disk.STARTING)

    def _follow(self, *_: object) -> None:
        for tab in [tab for tab in self._kept if not (tab.unsaved and tab in self._document.tabs)]:
            self._drop(tab)
        if not (self.needed or self._replaced):
            self._soon.stop()
        elif not self._soon.isActive():
            self._soon.start()

    def _keep(self) -> None:
        """Write what was edited since it was written last, and only then give up what it replaces."""
        if self._writer.stuck(PATIENCE):
            self._soon.start()
            return
        writing = []
        for tab in self._document.tabs:
            kept = self._kept.get(tab)
            if tab.unsaved and (kept is None or self._failing or kept.project is not tab.project):
                if kept is None:
                    name = f"{os.getpid()}-{secrets.token_hex(4)}{unsaved.SUFFIX}"
                    kept = self._kept[tab] = Kept(self.folder / name, tab.project)
                kept.project = tab.project
                writing.append((kept, tab.project, tab.path, self._title_of(tab)))
        replaced = tuple(self._replaced)
        self._writer.submit(lambda: self._write(writing, replaced))
        self._late.start()

    def _write(self, writing: list[tuple[Kept, Project, str, str]], replaced: tuple[Path, ...]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for kept, project, path, title in writing:
                if kept.lock is None:
                    kept.lock = _locked(kept.file)
                unsaved.write(kept.file, project, path, title)
            self._failing = False
        except Exception as error:  # the boundary: a full disk must not end the program
            log.exception("unsaved edits cannot be kept")
            if not self._failing:
                self._could_not_write.emit(sentence(error))
            self._failing = True
            return
        self._give_up(replaced)

    def _give_up(self, replaced: tuple[Path, ...]) -> None:
        for file in replaced:
            self._remove(file)
            self._replaced.discard(file)

    def _drop(self, tab: Tab) -> None:
        """The edits of this network are saved or given up."""
        kept = self._kept.pop(tab)

        def drop() -> None:
            self._remove(kept.file)
            if kept.lock is not None:
                kept.lock.unlock()

        self._writer.submit(drop)

    def _remove(self, file: Path) -> None:
        with suppress(OSError):
            unsaved.remove(file)
        if lock := self._offered.pop(file, None):
            lock.unlock()

    def _tell_late(self) -> None:
        """Say once that the disk does not answer; what it is asked to take stands there if it comes back."""
        if not self._writer.stuck(EARLY * PATIENCE):
            if self._writer.stuck(0):  # it began a little later than it was asked to
                self._late.start()
        elif not self._failing:
            self._failing = True
            self._tell(sentence(no_answer(self.folder)))

    def _tell(self, text: str) -> None:
        self.failed.emit(f"Unsaved edits are not kept for a crash: {text}")


def _locked(file: Path) -> QLockFile | None:
    """A lock on a file of unsaved edits, or None where a living process has it."""
    lock = QLockFile(f"{file}.lock")
    lock.setStaleLockTime(0)  # only the end of its process makes it stale
    return lock if lock.tryLock(0) else None


class Opening:
    """Counts how often the program ended right after opening a file at its start, for a file may do that each time."""

    def __init__(self, path: str) -> None:
        from hashlib import sha256

        self._count = folders.state() / "opening" / sha256(os.fsencode(os.path.abspath(path))).hexdigest()[:16]

    @property
    def risky(self) -> bool:
        """Whether it should be asked first."""
        return disk.at_once(lambda: self._count.stat().st_size >= TRIES, False, disk.STARTING)

    def begin(self) -> None:
        """It is about to be opened."""

        def count() -> None:
            self._count.parent.mkdir(parents=True, exist_ok=True)
            if self._count.is_file() or not self._count.exists():  # a pipe would wait for a reader
                with open(self._count, "ab") as file:
                    file.write(b".")

        disk.at_once(count, None, disk.STARTING)

    def went_well(self) -> None:
        """The program lives still, or was ended by its user."""
        disk.at_once(lambda: self._count.unlink(missing_ok=True), None, disk.STARTING)
