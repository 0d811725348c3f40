"""The files of the open projects, as others may change them: locked against a second window, stamped."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from PySide6.QtCore import QLockFile, QObject, Signal

from explorer.formats import folders
from explorer.formats.answering import Asked
from explorer.network.project import Project
from explorer.workspace import disk
from explorer.workspace.disk import Look
from explorer.workspace.session import Session

Stamp = tuple[int, int, int] | None
"""Time of change in nanoseconds, size and number of a file; None where there is none."""


@dataclass(eq=False)
class Held:
    """A file that is open here. project: what was read from it, or written to it last."""

    project: Project
    stamp: Asked[Stamp]
    look: Look
    lock: QLockFile | None = None


class OpenedFile(QObject):
    """Follows which files are open, and knows whether that of the network in front is still as we left it."""

    in_use = Signal(str)  # the path: another window has it open, too

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._document = session.document
        self._held: dict[str, Held] = {}
        self._look = Look(self)
        session.opened.connect(lambda _: self._follow())
        session.saved.connect(lambda _: self._follow())
        session.document.tabs_changed.connect(self._follow)

    def whether_changed(self, then: Callable[[bool], object], failed: Callable[[str], object]) -> None:
        """Go on with whether somebody else wrote the file in front since we opened or saved it; one that is gone is not
        changed. Where its disk does not answer, a sentence says so."""
        path = self._document.path
        held = self._held.get(path)

        def changed() -> bool:
            now = _stamp(path)
            return held is not None and now is not None and held.stamp.answered() and now != held.stamp.answer()

        self._look.ask(path, changed, then, failed)

    def close(self) -> None:
        """Let others have them."""
        for path in list(self._held):
            self._let_go(path)

    def _follow(self) -> None:
        tabs = {tab.path: tab for tab in self._document.tabs if tab.path}
        for path in self._held.keys() - tabs.keys():
            self._let_go(path)
        for path, tab in tabs.items():
            held = self._held.get(path)
            if held is None:
                held = self._held[path] = Held(tab.opened, _stamped(path), Look(self))
                held.look.ask(path, partial(_locked, path), partial(self._hold, path, held), lambda _: None)
            elif held.project is not tab.opened:
                held.project, held.stamp = tab.opened, _stamped(path)

    def _hold(self, path: str, held: Held, lock: QLockFile | None) -> None:
        held.lock = lock
        if lock is not None and not lock.isLocked() and lock.error() == QLockFile.LockError.LockFailedError:
            self.in_use.emit(path)

    def _let_go(self, path: str) -> None:
        held = self._held.pop(path)
        held.look.deleteLater()
        if held.lock is not None:
            disk.at_once(held.lock.unlock, None, disk.STARTING)


def _locked(path: str) -> QLockFile | None:
    """A lock on a file, which is not locked where another window has it."""
    folder = folders.state() / "open"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None  # no place for locks: the question before saving is still asked
    lock = QLockFile(str(folder / sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]))
    lock.setStaleLockTime(0)  # only the end of its process makes it stale
    lock.tryLock(0)
    return lock


def _stamped(path: str) -> Asked[Stamp]:
    """What is there now, as soon as the disk says it."""
    return Asked(lambda: _stamp(path))


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
