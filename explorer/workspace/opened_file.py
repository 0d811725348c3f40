"""The files of the open projects, as others may change them: locked against a second window, stamped."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256

from PySide6.QtCore import QLockFile, QObject, Signal

from explorer.formats import folders
from explorer.network.project import Project
from explorer.workspace.session import Session

Stamp = tuple[int, int, int] | None
"""Time of change in nanoseconds, size and number of a file; None where there is none."""


@dataclass(eq=False)
class Held:
    """A file that is open here. project: what was read from it, or written to it last."""

    project: Project
    stamp: Stamp
    lock: QLockFile | None


class OpenedFile(QObject):
    """Follows which files are open, and knows whether that of the network in front is still as we left it."""

    in_use = Signal(str)  # the path: another window has it open, too

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._document = session.document
        self._held: dict[str, Held] = {}
        session.opened.connect(lambda _: self._follow())
        session.saved.connect(lambda _: self._follow())
        session.document.tabs_changed.connect(self._follow)

    @property
    def changed_on_disk(self) -> bool:
        """Whether somebody else wrote the file since we opened or saved it; one that is gone is not changed."""
        held, now = self._held.get(self._document.path), _stamp(self._document.path)
        return held is not None and now is not None and now != held.stamp

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
                self._held[path] = Held(tab.opened, _stamp(path), self._locked(path))
            elif held.project is not tab.opened:
                held.project, held.stamp = tab.opened, _stamp(path)

    def _let_go(self, path: str) -> None:
        lock = self._held.pop(path).lock
        if lock is not None:
            lock.unlock()

    def _locked(self, path: str) -> QLockFile | None:
        """A lock on a file, which says so where another window has it."""
        folder = folders.state() / "open"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None  # no place for locks: the question before saving is still asked
        lock = QLockFile(str(folder / sha256(os.path.realpath(path).encode()).hexdigest()[:16]))
        lock.setStaleLockTime(0)  # only the end of its process makes it stale
        if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
            self.in_use.emit(path)
        return lock


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
