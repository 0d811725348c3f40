"""Disks asked from the window's thread: one that does not answer keeps another thread waiting, never the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QThread, QTimer

from explorer.formats.answering import PATIENCE, Asked, no_answer
from explorer.maths.sentences import Refusal, sentence

T = TypeVar("T")

MOMENT = 0.012
"""Seconds the window waits itself, less than a frame: a disk of this computer has answered long before."""
OFTEN = 10
"""Milliseconds from one look for the answer to the next."""
STARTING = 0.2
"""Seconds that a disk may take where the window has to wait for it."""
WRITING = 20.0
"""Seconds that writing what is exported may take."""


class Look(QObject):
    """One question at a time to a disk; the newest wins, and the answer to an older one is dropped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked: Asked[Any] | None = None
        self._then: Callable[[Any], object] = _nothing
        self._failed: Callable[[str], object] = _nothing
        self._path, self._till = "", 0.0
        self._timer = QTimer(self, interval=OFTEN)
        self._timer.timeout.connect(self._look)

    def ask(
        self, path: str | Path, find_out: Callable[[], T], then: Callable[[T], object], failed: Callable[[str], object],
        moment: float | None = None,
    ) -> None:  # fmt: skip
        """Go on with what was found out about a file, at once where the disk answers within a moment (seconds); or with
        a sentence that says what stood in the way, such as a disk that does not answer in `PATIENCE` seconds."""
        self._asked, self._then, self._failed = Asked(find_out), then, failed
        self._path, self._till = str(path), time.monotonic() + PATIENCE
        if self._asked.answered(MOMENT if moment is None else moment):
            self._go_on()
        else:
            self._timer.start()

    def forget(self) -> None:
        """Nobody wants the answer any more."""
        self._asked, self._then, self._failed = None, _nothing, _nothing
        self._timer.stop()

    def _look(self) -> None:
        if self._asked is None or self._asked.answered():
            self._go_on()
        elif time.monotonic() > self._till:
            self._asked = None
            self._timer.stop()
            self._failed(sentence(no_answer(self._path)))

    def _go_on(self) -> None:
        asked, then, failed = self._asked, self._then, self._failed
        self.forget()  # the next question may be asked by these
        if asked is None:
            return
        try:
            found = asked.answer()
        except (OSError, Refusal) as error:
            failed(sentence(error))
        else:
            then(found)


def look_once(
    parent: QObject, path: str | Path, find_out: Callable[[], T], then: Callable[[T], object],
    failed: Callable[[str], object], moment: float | None = None,
) -> None:  # fmt: skip
    """As `Look.ask`, for one of several questions that may be under way."""
    look = Look(parent)

    def done(go_on: Callable[[Any], object]) -> Callable[[Any], None]:
        def hear(found: Any) -> None:
            look.deleteLater()
            go_on(found)

        return hear

    look.ask(path, find_out, done(then), done(failed), moment)


def at_once(find_out: Callable[[], T], otherwise: T, seconds: float = MOMENT) -> T:
    """What is found out about a file where that takes no longer; for what the window must decide in this moment."""
    asked = Asked(find_out)
    try:
        return asked.answer() if asked.answered(seconds) else otherwise
    except OSError:
        return otherwise


def written(path: str | Path, write: Callable[[], T]) -> T:
    """What `write` gives back, which writes a file; the window goes on painting meanwhile.

    What the user does waits: the same thread will tell how it went. Raises what `write` raises, and TimeoutError where
    the disk does not answer; what it still writes then stands in the end, whole.
    """
    app = QCoreApplication.instance()
    if app is None or app.thread() is not QThread.currentThread():
        return write()
    asked = Asked(write)
    if not asked.answered(MOMENT) and not painting_until(asked.answered, WRITING):
        raise no_answer(path)
    return asked.answer()


def painting_until(done: Callable[[], bool], seconds: float) -> bool:
    """Whether this comes true in so many seconds; the window goes on painting meanwhile, and hears no key."""
    till = time.monotonic() + seconds
    if not done():
        waiting, timer = QEventLoop(), QTimer(interval=OFTEN)
        timer.timeout.connect(lambda: waiting.quit() if done() or time.monotonic() > till else None)
        timer.start()
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        timer.stop()
    return done()


def _nothing(_: object) -> None:
    pass
