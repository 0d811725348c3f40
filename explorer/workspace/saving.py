"""Save a project beside the window's work: weights can be hundreds of megabytes."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.formats.answering import PATIENCE, Asked
from explorer.maths.sentences import sentence
from explorer.network.project import Project

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds from one look whether the disk still answers to the next."""


class Saving(QObject):
    """Writes projects, those for one file in the order asked; needs no worker process, so a dead one loses nothing.

    A disk that does not answer holds up no other one: who waits for it is told, and may save elsewhere.
    """

    finished = Signal(str, object, str)  # path, the project that was saved, a sentence where it failed
    late = Signal(str)  # path: its disk does not answer; it is tried further
    _written = Signal(str, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._threads: dict[str, list[threading.Thread]] = {}  # that write to this path, in their order
        self._busy: list[str] = []
        self._written.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def start(self, path: str, project: Project) -> None:
        """Write `project` to `path`; `finished` is emitted on this thread."""
        before = [thread for thread in self._threads.get(path, ()) if thread.is_alive()]
        thread = threading.Thread(target=self._write, args=(path, project, before), name="saving", daemon=True)
        self._threads[path] = [*before, thread]
        self._busy.append(path)
        thread.start()
        QTimer.singleShot(round(LOOK * 1000), self, partial(self._look, path, thread))

    @property
    def busy(self) -> list[str]:
        """Paths that are being written."""
        return list(self._busy)

    def wait(self) -> None:
        """Return when every file is written that can be: leaving the program waits for it, but not for a disk that
        does not answer."""
        for path, threads in self._threads.items():
            for thread in threads:
                thread.join(LOOK)
                while thread.is_alive() and _answers(path).answered(PATIENCE):
                    thread.join(LOOK)

    def _finish(self, path: str, project: Project, problem: str) -> None:
        self._busy.remove(path)
        self.finished.emit(path, project, problem)

    def _look(self, path: str, thread: threading.Thread) -> None:
        """Ask whether the disk is only slow."""
        if thread.is_alive():
            asked = _answers(path)
            QTimer.singleShot(round(PATIENCE * 1000), self, partial(self._tell, path, thread, asked))

    def _tell(self, path: str, thread: threading.Thread, asked: Asked[None]) -> None:
        if not thread.is_alive():
            return
        if asked.answered():
            QTimer.singleShot(round(LOOK * 1000), self, partial(self._look, path, thread))
        else:
            self.late.emit(path)

    def _write(self, path: str, project: Project, before: list[threading.Thread]) -> None:
        from explorer.formats import project_file

        for thread in before:
            thread.join()
        problem = ""
        try:
            project_file.write(path, project)
        except Exception as error:  # the boundary: whatever went wrong becomes a sentence
            log.exception("saving failed")
            problem = sentence(error)
        with suppress(RuntimeError):  # the window is gone: the disk answered too late
            self._written.emit(path, project, problem)


def _answers(path: str) -> Asked[None]:
    """Ask the disk for something that it does not know by heart: an empty file, which goes at once."""

    def ask() -> None:
        place = Path(path).parent / f".cnn-explorer-{secrets.token_hex(4)}.tmp"
        with suppress(OSError):
            place.touch()
            os.unlink(place)

    return Asked(ask)
