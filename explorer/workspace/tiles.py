"""Small pictures of what is in sight, asked for some at a time and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from explorer.maths.patch_records import PatchTiles
from explorer.maths.records import Progress
from explorer.workspace.worker import Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_ONCE = 48
"""Tiles that are made before it is asked again which are in sight."""
MOST = 4000
"""Tiles that are kept; 50 MB of 64 pixels."""

T = TypeVar("T", bound=Hashable)


class Tiles(QObject, Generic[T]):
    """Tiles by what they show, made in a lane of their own by a question on some of them, answered by PatchTiles."""

    changed = Signal()

    def __init__(
        self, worker: Worker, lane: str, question: Callable[[tuple[T, ...]], object], at_once: int = AT_ONCE
    ) -> None:
        super().__init__()
        self._worker, self._lane, self._question, self._at_once = worker, lane, question, at_once
        self._made: dict[T, NDArray[np.uint8]] = {}
        self._missing: dict[str, list[T]] = {}
        self._busy = False

    def of(self, key: T) -> NDArray[np.uint8] | None:
        """A tile's pixels (side, side, 3), where it was made by now."""
        return self._made.get(key)

    def want(self, keys: Sequence[T], where: str = "") -> None:
        """These are in sight: make those that were not made yet, and no others that were asked for before.

        where: which of those that show tiles has them in sight; what others asked for is made as well.
        """
        self._missing[where] = [key for key in dict.fromkeys(keys) if key not in self._made]
        self._ask()

    def forget(self) -> None:
        """They show something else from now on."""
        self._made, self._missing = {}, {}

    def _ask(self) -> None:
        where = next((where for where, missing in self._missing.items() if missing), None)
        if self._busy or where is None:
            return
        missing = self._missing[where]
        now, self._missing[where], self._busy = tuple(missing[: self._at_once]), missing[self._at_once :], True
        kept = self._made  # what they show from then on goes into others

        def show(tiles: PatchTiles | Progress) -> None:
            if isinstance(tiles, Progress):
                return
            for number, pixels in zip(tiles.numbers, tiles.pixels, strict=True):
                kept[now[number]] = pixels.copy()  # else each keeps all
            while len(kept) > MOST:
                del kept[next(iter(kept))]
            self.changed.emit()

        def end(_sentence: str = "") -> None:
            self._busy = False
            self._ask()

        self._worker.ask(self._lane, self._question(now), show, end, end)
