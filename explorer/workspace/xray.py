"""A thumbnail of what every layer makes of the picture, kept up with picture, settings and the picked channel."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.questions import XRay
from explorer.maths.thumbnails import Thumbnails
from explorer.workspace.document import Change
from explorer.workspace.session import Session

LANE = "xray"


class XRays(QObject):
    """Asks for all thumbnails while it is on; the newest question wins."""

    changed = Signal(object)  # Thumbnails | None

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.on = False
        self.thumbnails: Thumbnails | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)  # once for all changes of a turn of the event loop
        self._soon.timeout.connect(self._ask)
        session.picture_changed.connect(lambda _: self._follow())
        session.place_changed.connect(lambda _: self._follow())
        session.devices_changed.connect(lambda _: self._follow())
        session.document.changed.connect(self._hear)

    def turn(self, on: bool) -> None:
        """Show thumbnails from now on, or none."""
        self.on = on
        if on:
            self._follow()
        else:
            self._soon.stop()
            self._session.cancel(LANE)
            self._show(None)

    def _hear(self, change: Change) -> None:
        if change.runs_otherwise:
            self._follow()

    def _follow(self) -> None:
        if self.on:
            self._soon.start()

    def _ask(self) -> None:
        session, place = self._session, self._session.place
        if session.source is None or not session.document.project.network.nodes:
            self._show(None)
            return
        picked = (place.node, place.channel) if place is not None else None
        question = XRay(session.document.project, session.source, session.device or "cpu", picked)
        session.ask(LANE, question, self._show, "Looking into every layer")

    def _show(self, thumbnails: Thumbnails | None) -> None:
        self.thumbnails = thumbnails
        self.changed.emit(thumbnails)
