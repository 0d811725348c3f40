"""Thumbnails of a folder's pictures, fetched as they come into sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import Small
from explorer.maths.records import Picture, Progress
from explorer.workspace.session import Session

LANE = "data set pictures"
SMALL = 96
"""Pixels of a thumbnail's longer side."""
AT_ONCE = 24
"""Thumbnails that are asked for before it is looked again which are in sight."""
MOST = 2000
"""Thumbnails that are kept, fewer where they are larger; 55 MB."""


class SmallPictures(QObject):
    """by_number: what came so far, None for a picture that cannot be read. side: pixels of the longer one."""

    came = Signal(int)  # a picture's number

    def __init__(self, session: Session, side: int = SMALL) -> None:
        super().__init__()
        self._session, self._side = session, side
        self._most = MOST * SMALL**2 // side**2
        self._folder = Path()
        self._files: Sequence[str] = ()
        self.by_number: dict[int, Picture | None] = {}
        self._missing: list[int] = []
        self._fetching = False

    def take(self, folder: str, files: Sequence[str]) -> None:
        """Show pictures by their numbers among these files, paths in the folder."""
        self._folder, self._files = Path(folder), files
        self.by_number, self._missing = {}, []  # what is on its way goes into the old one

    def want(self, numbers: Iterable[int]) -> None:
        """These pictures are in sight: get the thumbnails that are missing, and no others that were asked for."""
        self._missing = [number for number in numbers if number not in self.by_number]
        self._fetch()

    def _fetch(self) -> None:
        if self._fetching or not self._missing:
            return
        now, self._missing, self._fetching = self._missing[:AT_ONCE], self._missing[AT_ONCE:], True
        kept = self.by_number

        def show(found: tuple[int, Picture | None] | Progress) -> None:
            if isinstance(found, Progress):  # a disk takes its time
                return
            kept[found[0]] = found[1]
            while len(kept) > self._most:
                del kept[next(iter(kept))]
            if kept is self.by_number:
                self.came.emit(found[0])

        def end(_sentence: str = "") -> None:
            self._fetching = False
            self._fetch()

        paths = tuple((number, str(self._folder / self._files[number])) for number in now)
        self._session.worker.ask(LANE, Small(paths, self._side), show, end, end)
