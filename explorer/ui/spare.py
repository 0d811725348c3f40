"""When the window has nothing to do for anybody: then it gets ready for what may come, and tidies up."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.maths.records import Progress
from explorer.ui.controls.following import shared_turns
from explorer.workspace.session import Session

QUIET = 0.3
"""Seconds after a key, a move of the mouse or something new to be seen, in which more of it is likely."""
RESTING = 2.0
"""Seconds after which what happens next wakes the window up."""


class Spare(QObject):
    """Listens to keys and mouse of the main window, and to what comes to be seen.

    Work that goes on for long, like a picture that is painted, leaves spare moments once its first answers are there; a
    video leaves none.
    """

    woken = Signal()
    """Something happens again, after a rest."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._since = time.monotonic()
        self._session, self._begun, self._going_on = session, set[str](), set[str]()
        if handle := window.windowHandle():
            handle.installEventFilter(self)  # not the application: each event of every object would pass through here
        session.work_changed.connect(self._follow_work)
        for signal in (
            session.document.changed, session.selection_changed, session.maps_changed, session.prediction_changed,
            session.frame_changed, session.place_changed, session.cell_changed,
        ):  # fmt: skip
            signal.connect(self.stir)

    @property
    def idle(self) -> float:
        """Seconds in which nobody touched the window, and nothing new was to be seen."""
        return time.monotonic() - self._since

    @property
    def now(self) -> bool:
        """Whether this moment is spare."""
        return (
            self.idle >= QUIET
            and not self._begun
            and not shared_turns(self._session.document).busy
            and QApplication.mouseButtons() == Qt.MouseButton.NoButton
            and QApplication.activePopupWidget() is None
            and QApplication.activeModalWidget() is None
        )

    def stir(self, _: object = None) -> None:
        """Something happens."""
        rested, self._since = self.idle, time.monotonic()
        if rested >= RESTING:
            self.woken.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QInputEvent):
            self.stir()
        return False

    def _follow_work(self, lane: str, progress: Progress | None) -> None:
        """Work that was asked for is waited for until it tells how far it is, or ends."""
        if progress is None:
            self._going_on.discard(lane)
            self._begun.discard(lane)
        elif lane in self._begun:
            self._begun.discard(lane)
            self._going_on.add(lane)
        elif lane in self._going_on:
            return  # it goes on
        else:
            self._begun.add(lane)
        self.stir()
