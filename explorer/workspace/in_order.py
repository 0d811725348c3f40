"""Networks that are opened one after the other: what is asked while one is read waits for its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable

from explorer.workspace.lanes import Lanes
from explorer.workspace.own_turn import soon


class InOrder:
    """Begins what is asked in a lane once all before it is done, was stopped, or failed.

    now: the key of what was begun last.
    """

    def __init__(self, lanes: Lanes, lane: str) -> None:
        self._lanes, self._lane = lanes, lane
        self._waiting: deque[tuple[Hashable, Callable[[], None]]] = deque()
        self.now: Hashable = None
        lanes.work_changed.connect(self._follow)

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def take(self, key: Hashable, begin: Callable[[], None]) -> None:
        """Begin it now, or in its turn; what is under way or waits already under this key, unless that is None, is
        not begun twice."""
        work = self._lanes.work.get(self._lane)
        if work is None and not self._waiting:
            self.now = key
            begin()
        elif key is None or key not in (self.now, *(each for each, _ in self._waiting)):
            self._waiting.append((key, begin))
            self._lanes.work_changed.emit(self._lane, work)  # there is more to tell of it

    def _follow(self, lane: str, progress: object) -> None:
        if lane == self._lane and progress is None and self._waiting:
            soon(self._lanes, self._go_on)  # who hears of the end hears it of what ended

    def _go_on(self) -> None:
        if self._waiting and self._lane not in self._lanes.work:
            self.now, begin = self._waiting.popleft()
            begin()
