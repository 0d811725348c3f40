"""A look at all pictures of a folder by the open network: begun, paused, and untrue after an edit."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from explorer.maths.records import Progress
from explorer.workspace.document import Change
from explorer.workspace.session import Session

LANE = "data set"

State = Literal["idle", "running", "paused", "done"]


class Pictures(Protocol):
    """What is in the folder."""

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the folder."""
        ...


P = TypeVar("P", bound=Pictures)
E = TypeVar("E")


class FolderLook(QObject, Generic[P, E]):
    """Works in lane "data set": a network either guesses classes or finds boxes. A pause stops the work: the cache
    knows where to go on, also after a restart.

    folder: "" for none yet. evaluation: what the network makes of the pictures, as far as it came.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder = ""
        self.state: State = "idle"
        self.pictures: P | None = None
        self.evaluation: E | None = None
        session.work_changed.connect(self._hear)
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _path: self._forget())

    def pause(self) -> None:
        """Stop for now; `start` goes on."""
        self._session.cancel(LANE)

    def open(self, number: int) -> None:
        """Make a picture the current one."""
        if self.pictures is not None:
            self._session.open_picture(str(Path(self.folder) / self.pictures.files[number]))

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """Work that ended before its end was stopped, or failed."""
        if lane == LANE and progress is None and self.state == "running":
            self.state = "paused" if self.evaluation is not None else "idle"
            self.changed.emit()

    def _follow(self, change: Change) -> None:
        if change.runs_otherwise:
            self._forget()

    def _forget(self) -> None:
        """What is known is put away: it was another folder's, or another network's."""
        raise NotImplementedError
