"""The walk to one's first network: which step is shown, and which are done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.classics.first_network import STEPS, Stand, Step
from explorer.workspace.session import Session


class FirstNetwork(QObject):
    """Shows one step after the other, the next one when it is done; it can be left, and gone back to."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.at, self.shown = 0, False
        self._done = [False] * len(STEPS)
        session.document.changed.connect(lambda _: self._follow())
        session.prediction_changed.connect(lambda _: self._follow())

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
        self.shown = True
        self.show_step(next((number for number, done in enumerate(self._done) if not done), len(STEPS) - 1))

    def leave(self) -> None:
        """Show nothing any more, until it is begun again."""
        self.shown = False
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

    def _follow(self) -> None:
        if not self.shown:
            return
        before, self._done = self._done, self.found()
        if self._done == before:
            return
        if self._done[self.at] and not before[self.at] and self.at + 1 < len(STEPS):
            self.at += 1
        self.changed.emit()
