"""Threads of the window's: one that does one thing after the other, and what has to outlive one."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Background:
    """A thread of its own; unlike that of a pool, the program's end need not wait for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._since: float | None = None

    def submit(self, do: Callable[[], object]) -> None:
        """Do this once all before it is done."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._waiting.put(do)

    def stuck(self, seconds: float) -> bool:
        """Whether what is being done began so long ago."""
        since = self._since
        return since is not None and time.monotonic() - since > seconds

    def close(self, seconds: float) -> bool:
        """Wait at most so long for what was asked; says whether all of it is done. Nothing more is taken."""
        if self._thread is None:
            return True
        self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (do := self._waiting.get()) is not None:
            self._since = time.monotonic()
            try:
                do()
            except Exception:  # the next ones are to be done all the same
                log.exception("%s", self._name)
            self._since = None


LEFT: list[tuple[object, threading.Thread]] = []
"""What must stay as long as a thread that uses it."""


def outlive(what: object, thread: threading.Thread) -> None:
    """Keep an object of Qt's as long as a thread that may be the last to know it: only the window's may let it go.

    Called in the window's thread, which thereby lets go of those whose thread has ended since.
    """
    LEFT.append((what, thread))
    LEFT[:] = [one for one in LEFT if one[1].is_alive()]
