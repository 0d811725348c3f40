"""Pictures that excite single channels, made one by one and kept while the network stays the same."""

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

LANE = "unit picture"
STEPS = 32
"""At each size: half of what a picture is given that one looks at in full."""
MOST = 200
"""Pictures that are kept; 30 MB of ImageNet's size."""

Unit = tuple[str, int]
"""A node and one of its channels."""


class UnitPictures(QObject):
    """Makes the picture of one channel at a time in lane "unit picture".

    making: the channel whose picture is being made, None for none.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.making: Unit | None = None
        self.settings = Dream(steps=STEPS)
        self._made: dict[Unit, Dreamt] = {}
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _: self._forget())
        session.failed.connect(lambda lane, _: self.stop() if lane == LANE else None)

    def of(self, unit: Unit) -> Dreamt | None:
        """The picture of a channel, as far as it was made."""
        return self._made.get(unit)

    def make(self, unit: Unit) -> None:
        """Make the picture of a channel, or go on with it; that of another one stays as it is."""
        session, so_far = self._session, self._made.get(unit)
        if so_far is not None and so_far.done:
            return
        self.making = unit
        start = Pixels(so_far.picture) if so_far else None
        question = DreamOf(
            session.document.project, Place(*unit), self.settings, None, start, so_far.step if so_far else 0,
            session.device or "cpu",
        )  # fmt: skip
        session.ask(LANE, question, lambda result: self._show(unit, result), f"Making a picture for {unit[0]}")
        self.changed.emit()

    def stop(self) -> None:
        """Make no more of it; what there is stays."""
        if self.making is not None:
            self.making = None
            self._session.cancel(LANE)
            self.changed.emit()

    def _show(self, unit: Unit, result: Dreamt) -> None:
        self._made.pop(unit, None)
        self._made[unit] = result
        while len(self._made) > MOST:
            del self._made[next(iter(self._made))]
        if result.done:
            self.making = None
        self.changed.emit()

    def _follow(self, change: Change) -> None:
        before, after = change.before, change.after
        if change.rewired or before.weights != after.weights or before.recipe != after.recipe:
            self._forget()

    def _forget(self) -> None:
        self._made = {}
        self.stop()
        self.changed.emit()
