"""Save a project beside the window's work: weights can be hundreds of megabytes."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, Qt, Signal

from explorer.maths.sentences import sentence
from explorer.network.project import Project

log = logging.getLogger(__name__)


class Saving(QObject):
    """Writes one project at a time, in the order asked; needs no worker process, so a dead one loses nothing."""

    finished = Signal(str, object, str)  # path, the project that was saved, a sentence where it failed
    _written = Signal(str, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._one_at_a_time = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._written.connect(self.finished, Qt.ConnectionType.QueuedConnection)

    def start(self, path: str, project: Project) -> None:
        """Write `project` to `path`; `finished` is emitted on this thread."""
        self._threads = [t for t in self._threads if t.is_alive()]
        thread = threading.Thread(target=self._write, args=(path, project), name="saving")
        self._threads.append(thread)
        thread.start()  # not a daemon: leaving the program waits for the file to be whole

    def wait(self) -> None:
        """Return when every file is written."""
        for thread in self._threads:
            thread.join()

    def _write(self, path: str, project: Project) -> None:
        from explorer.formats import project_file

        problem = ""
        try:
            with self._one_at_a_time:
                project_file.write(path, project)
        except Exception as error:  # the boundary: whatever went wrong becomes a sentence
            log.exception("saving failed")
            problem = sentence(error)
        self._written.emit(path, project, problem)
