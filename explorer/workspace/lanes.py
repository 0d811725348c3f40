"""Questions to the worker, one at a time in each lane, with how far the work is and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.maths.records import Progress
from explorer.workspace.worker import Worker

FOLLOWING = ("predict", "maps", "explain", "filters", "xray", "outcome")
"""Lanes whose answers follow the document: one that fails leaves nothing to show."""


class Lanes(QObject):
    """Asks, and remembers what is under way."""

    work_changed = Signal(str, object)  # lane, Progress | None
    failed = Signal(str, str)  # lane, a sentence for the user

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.worker = worker
        self.work: dict[str, Progress] = {}

    def ask(
        self,
        lane: str,
        question: object,
        show: Callable[[Any], None],
        text: str = "",
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Show what the worker answers, with progress that begins with `text`, and go on with `then`; `failed` says
        why there is no answer."""

        def step(value: object) -> None:
            if isinstance(value, Progress):
                self._set_work(lane, value)
            else:
                show(value)

        def failed(sentence: str) -> None:
            self._set_work(lane, None)
            if lane in FOLLOWING:
                show(None)  # what was shown is no longer true
            self.failed.emit(lane, sentence)

        def done() -> None:
            self._set_work(lane, None)
            then()

        self._set_work(lane, Progress(text) if text else None)
        self.worker.ask(lane, question, step, failed, done)

    def _set_work(self, lane: str, progress: Progress | None) -> None:
        if progress is not None:
            self.work[lane] = progress
        elif self.work.pop(lane, None) is None:
            return
        self.work_changed.emit(lane, progress)
