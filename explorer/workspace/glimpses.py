"""What the worker tells of a file that somebody is about to choose: strangers' files are opened nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from explorer.engine.questions import Glimpse
from explorer.maths.records import Glimpsed
from explorer.workspace.of_program import of_program
from explorer.workspace.worker import Worker

LANE = "glimpse"


class Glimpses(QObject):
    """One file at a time; the newest wins. worker: whom it asks, None where nobody is there to be asked."""

    worker: Worker | None = None

    def look(self, path: str, longest: int, then: Callable[[Glimpsed], object]) -> None:
        """Go on with what a file seems to be; where it cannot be told, nothing comes."""

        def hear(found: object) -> None:
            if isinstance(found, Glimpsed):
                then(found)

        if self.worker is not None:
            self.worker.ask(LANE, Glimpse(path, longest), hear, lambda _sentence: None)


def glimpses() -> Glimpses:
    """The one of this program."""
    return of_program(Glimpses)
