"""The walk to one's first network: which step is shown, and which are done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.classics.first_network import STEPS, Stand, Step
from explorer.network.project import Project
from explorer.workspace.session import Session
from explorer.workspace.tab import Tab


class FirstNetwork(QObject):
    """Shows one step after the other, the next one when it is done; it can be left, and gone back to.

    It is about the network it was begun with, and waits while another one is in front.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.at = 0
        self._about: tuple[Tab, Project] | None = None  # the network's tab, and what was opened in it
        self._done = [False] * len(STEPS)
        session.document.changed.connect(lambda _: self._follow())
        session.prediction_changed.connect(lambda _: self._follow())
        session.opened.connect(lambda _: self._turn())
        session.document.tabs_changed.connect(self._turn)

    @property
    def shown(self) -> bool:
        """Whether it was begun, and its network is in front."""
        return self._about is not None and self._about[0] is self._session.document.tab

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return STEPS[self.at]

    @property
    def done(self) -> tuple[bool, ...]:
        """Which steps are done, as the network is now."""
        return tuple(self._done)

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return all(self._done)

    def begin(self) -> None:
        """Show the first step that is not done yet."""
        self._done = self.found()
        tab = self._session.document.tab
        self._about = tab, tab.opened
        self.show_step(next((number for number, done in enumerate(self._done) if not done), len(STEPS) - 1))

    def leave(self) -> None:
        """Show nothing any more, until it is begun again."""
        self._about = None
        self.changed.emit()

    def show_step(self, number: int) -> None:
        """Show another step, done or not."""
        self.at = max(0, min(len(STEPS) - 1, number))
        self.changed.emit()

    def found(self) -> list[bool]:
        """Which steps are done in the open network, whether they are shown or not."""
        document, ran = self._session.document, self._session.prediction is not None
        stand = Stand(document.project.network, document.facts, ran)
        return [step.done(stand) for step in STEPS]

    def _turn(self) -> None:
        """Another network is in front. Where this one was closed, or another opened in its place, that is the end."""
        if self._about is None:
            return
        tab, opened = self._about
        if tab not in self._session.document.tabs or (tab.history.count == 0 and tab.opened is not opened):
            self.leave()
        else:
            self._follow()
            self.changed.emit()

    def _follow(self) -> None:
        if not self.shown:
            return
        before, self._done = self._done, self.found()
        if self._done == before:
            return
        if self._done[self.at] and not before[self.at] and self.at + 1 < len(STEPS):
            self.at += 1
        self.changed.emit()
