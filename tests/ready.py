"""Workers that begin with torch imported, for tests that are not about the start: importing it takes longer than most
of what is tested with it.

A process waits that has imported it and done nothing else; each worker is a copy of that one. What a worker does from
its first line on is the program's own, and it sees the environment that a new process would.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable
from multiprocessing import get_all_start_methods
from typing import Any

from explorer.engine.serve import serve
from explorer.workspace.worker import Worker

Target = Callable[[Any, Any], None]


class ReadyWorker(Worker):
    """One process after the other, each a copy of the one that waits."""

    def __init__(self, target: Target = serve) -> None:
        super().__init__(target)
        self._begun = target
        if "forkserver" in get_all_start_methods():  # else each begins anew, as on Windows
            self._method = "forkserver"

    def _keep(self, outbox: queue.SimpleQueue[Any]) -> None:
        self._target = self._begun
        if self._method == "forkserver":
            from multiprocessing import forkserver

            forkserver.set_forkserver_preload(["tests.ready_side"])
            self._target = _Begin(self._begun, dict(os.environ))
        super()._keep(outbox)


class _Begin:
    """Calls `target` in the environment of who asked for it, not in that of the process that waited."""

    def __init__(self, target: Target, environment: dict[str, str]) -> None:
        self.target, self.environment = target, environment

    def __call__(self, connection: Any, current: Any) -> None:
        os.environ.clear()
        os.environ.update(self.environment)
        self.target(connection, current)
