"""A picture that excites what is selected, while it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import DreamOf, Pixels
from explorer.maths.records import Place
from explorer.probes.dreaming import Dream
from explorer.workspace.document import Change
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.maths.dreaming import Dreamt

LANE = "dream"


class Dreaming(QObject):
    """Makes the picture in lane "dream". It can be paused and gone on with; settings take effect while it runs."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.settings = Dream()
        self.result: Dreamt | None = None
        self.running = False
        self._place: Place | None = None  # what the picture is made for
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _: self.forget())
        session.failed.connect(lambda lane, _: self._stop() if lane == LANE else None)

    @property
    def place(self) -> Place | None:
        """What a picture would be made for: the picked number, or the first channel of the selected layer."""
        session = self._session
        if session.place is not None:
            return session.place
        return Place(session.selection[-1], 0) if session.selection else None

    def start(self) -> None:
        """Make a picture for what is selected, from the beginning."""
        self.result, self._place = None, self.place
        self._go_on()

    def pause(self) -> None:
        """Stop; the picture so far stays, and can be gone on with."""
        self._session.cancel(LANE)
        self._stop()

    def go_on(self) -> None:
        """Go on where it was paused; after the last step, for as many steps at the last size again."""
        if self.result is not None:
            self._go_on()

    def set(self, settings: Dream) -> None:
        """Use other settings from now on; the picture so far is kept while it is being made."""
        self.settings = settings
        if self.running:
            self._go_on()
        self.changed.emit()

    def show(self, result: Dreamt) -> None:
        """Show a picture that was made elsewhere; it can be gone on with."""
        self.pause()
        self.result, self._place = result, result.place
        self.changed.emit()

    def forget(self) -> None:
        """The network is another one."""
        self.pause()
        self.result = self._place = None
        self.changed.emit()

    def _go_on(self) -> None:
        session, result = self._session, self.result
        if self._place is None:
            return
        so_far = Pixels(result.picture) if result else None
        last = self.settings.total - self.settings.steps  # from there on it has its last size
        done = (result.step if result.step < self.settings.total else last) if result else 0
        self.running = True
        session.ask(
            LANE,
            DreamOf(
                session.document.project, self._place, self.settings, session.source, so_far, done,
                session.device or "cpu",
            ),
            self._show,
            "Making a picture",
        )  # fmt: skip
        self.changed.emit()

    def _show(self, result: Dreamt) -> None:
        self.result = result
        self.running = not result.done
        self.changed.emit()

    def _stop(self) -> None:
        if self.running:
            self.running = False
            self.changed.emit()

    def _follow(self, change: Change) -> None:
        if change.runs_otherwise:
            self.forget()
