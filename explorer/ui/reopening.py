"""Networks that were open when the program was left, opened again at its next start."""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.workspace.disk import Look
from explorer.workspace.recovery import SETTLED, Opening
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings


class Reopening(QObject):
    """Remembers the files of the open networks, and opens them one after the other: each is read by the one worker.

    A file that ended the program several times right after it was opened, or is gone, is passed over.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__(session)
        self._session, self._settings = session, settings
        self._waiting: deque[str] = deque()
        self._openings: list[Opening] = []
        self._look = Look(self)
        session.opened.connect(self._go_on)
        session.failed.connect(lambda lane, _: self._go_on() if lane == "model" else None)
        session.closed.connect(self._settle, Qt.ConnectionType.SingleShotConnection)

    def remember(self) -> None:
        """These networks are open now, the one in front last."""
        document = self._session.document
        others = [tab for tab in document.tabs if tab is not document.tab]
        self._settings.open_files = [tab.source for tab in (*others, document.tab) if tab.source]

    def begin(self) -> None:
        """Open them again, where that is wished."""
        if self._settings.reopens:
            self._waiting.extend(self._settings.open_files)
            self._go_on()

    def _go_on(self, *_: object) -> None:
        if self._waiting:
            path = self._waiting.popleft()
            self._look.ask(path, Path(path).exists, partial(self._open, path), self._pass_over)

    def _open(self, path: str, there: bool) -> None:
        opening = Opening(path)
        if not there or opening.risky:
            self._go_on()
            return
        opening.begin()
        self._openings.append(opening)
        QTimer.singleShot(SETTLED, self, opening.went_well)
        self._session.open_file(path)

    def _pass_over(self, sentence: str) -> None:
        self._session.failed.emit("model", sentence)  # which goes on

    def _settle(self) -> None:
        for opening in self._openings:
            opening.went_well()
