"""What differs between a network of the user's choice and the open one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.questions import Compare
from explorer.maths.records import Progress
from explorer.network.besides import bare
from explorer.network.diff import Diff
from explorer.network.project import Project
from explorer.workspace.session import Session

LANE = "compare"
Old = Callable[[], Project] | str
"""A project whose network can be another one each time, or a file's path."""


class Comparison(QObject):
    """Compares in the worker, anew when the document changes, and only while somebody watches.

    diff: None until there is an answer, or where there is none; its new network is the open one.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.diff: Diff | None = None
        self._old: Old = lambda: session.document.opened
        self._read: Project | None = None  # what is in the chosen file, once that is known
        self._asked: Compare | None = None
        self._waiting = self._watched = False
        self._soon = QTimer(self, singleShot=True, interval=0)  # once for all edits of a turn of the event loop
        self._soon.timeout.connect(self._ask)
        session.document.changed.connect(lambda _: self._follow())
        session.document.renamed.connect(self._follow)  # what was saved last is another one
        session.work_changed.connect(self._hear)

    def choose(self, old: Old) -> None:
        """Compare with another network from now on; a file is read again, once: not for each edit."""
        self._old, self._asked, self._read = old, None, None
        self._follow()

    def watch(self, on: bool) -> None:
        """Follow the document from now on, or rest."""
        self._watched = on
        self._follow()

    def _follow(self) -> None:
        if self._watched:
            self._soon.start()

    def _ask(self) -> None:
        old = self._read or (self._old if isinstance(self._old, str) else bare(self._old()))
        question = Compare(old, bare(self._session.document.project))
        if question != self._asked:
            self._asked, self._waiting = question, True
            self._session.ask(LANE, question, self._show, "Comparing")

    def _show(self, diff: Diff | None) -> None:
        if diff is not None and diff.projects and self._asked is not None and isinstance(self._asked.old, str):
            self._read = diff.projects[0]
            self._asked = Compare(self._read, self._asked.new)
        self.diff, self._waiting = diff, False
        self.changed.emit()

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """Work that ends without an answer failed or was stopped, and what is shown is of something else."""
        if lane == LANE and progress is None and self._waiting:
            self._asked = None
            self._show(None)
