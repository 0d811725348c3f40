"""How long a job that was stopped may go on before its whole process is killed.

Only time in which it could have stopped counts. Beside other programs, on a slow machine, the worker waits for a
processor: there a new one, which has to import torch first, would come later still than the end of the job's step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QTimer

PATIENCE = 2000
"""Milliseconds a stopped job may go on before the whole worker is killed."""
LONG_PATIENCE = 10_000
"""The same for a job that a newer one replaces: nobody pressed Stop, and a new worker takes seconds to start."""
STARVED = 60.0
"""Seconds of waiting for a processor that are added at most: half a second of work at a hundredth of a core."""
LATE = 1.0
"""Seconds by which a look may come late."""
LOOK = 0.1
"""Seconds until one looks again at a thread that may be waiting, or at a process that answers nothing."""
LOOKS = 5
"""So often in a row it is seen to answer nothing before it counts as hanging: between two steps it does, too."""


class Times(NamedTuple):
    """Of one thread: seconds for which it had a processor, and for which it was ready to run and had none, since its
    start; whether it is ready or running now. A wait is added when it is over."""

    ran: float
    waited: float
    ready: bool


def threads(pid: int | None) -> dict[str, Times]:
    """Of a process; none where it is gone, or the system does not say (only Linux does)."""
    found = {}
    for folder in Path(f"/proc/{pid}/task").glob("*"):
        try:
            ran, waited, *_ = map(int, (folder / "schedstat").read_text("utf-8").split())
            state = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):  # it has just ended
            continue
        found[folder.name] = Times(ran / 1e9, waited / 1e9, state == "R")
    return found


class Patience:
    """With one job, from the moment it was stopped. pid: of the process that runs it, None while that is made."""

    def __init__(self, milliseconds: int, pid: int | None) -> None:
        self._until = time.monotonic() + milliseconds / 1000
        self._pid, self._first = pid, threads(pid)
        self._last: dict[str, Times] = {}
        self._silent = 0
        self.goes_on = True
        """Whether it had a processor between the last two looks; True where the system does not say."""

    def begin_again(self) -> None:
        """Wait as long as for a job that was stopped just now."""
        self._until = max(self._until, time.monotonic() + PATIENCE / 1000)

    def left(self, *, answers: bool = True) -> float:
        """Seconds; 0 or less where they are over. Threads wait for each other: the one that waited longest counts.

        answers: whether the process is at any step now. If not, it hangs only if that stays so for some looks.
        """
        now, last = threads(self._pid), self._last
        self._last = now
        self._silent = 0 if answers else self._silent + 1
        self.goes_on = not now or any(name not in last or times.ran > last[name].ran for name, times in now.items())
        waits = [times.waited - self._first[name].waited for name, times in now.items() if name in self._first]
        spent = time.monotonic() - self._until
        left = min(max(waits, default=0.0), STARVED) - spent
        still_waits = any(
            times.ready and (name not in last or times.ran == last[name].ran) for name, times in now.items()
        )
        soon = 0 < self._silent < LOOKS or (still_waits and spent < STARVED)
        return LOOK if left <= 0 and soon else left


class Looks:
    """When one looks at what was stopped; late ones tell that the window stood still itself, most likely with all of
    the program, as where it was suspended."""

    def __init__(self) -> None:
        self._due: list[float] = []

    def expect(self, milliseconds: int, look: Callable[[], None]) -> None:
        """One is due in so many; look: a method of an object of Qt's."""
        self._due.append(time.monotonic() + milliseconds / 1000)
        QTimer.singleShot(milliseconds, look)

    def come_late(self) -> bool:
        """Take the next one; whether it is long overdue."""
        due = min(self._due)
        self._due.remove(due)
        return time.monotonic() - due > LATE
