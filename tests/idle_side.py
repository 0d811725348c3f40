"""A worker that hears and never answers, for tests of what the window does meanwhile."""

from __future__ import annotations

from explorer.workspace.worker import Worker


class IdleWorker(Worker):
    """Takes questions and stays "starting". No process stands behind it: one for each window would take longer than
    most of what is tested with it."""

    def start(self) -> None:
        """Nothing is started, so nothing answers."""
