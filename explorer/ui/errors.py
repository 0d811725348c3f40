"""Errors that nobody caught: into the log, and as one sentence to the window."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from contextlib import suppress
from traceback import walk_tb
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from explorer.maths.sentences import sentence

log = logging.getLogger(__name__)

SAME = 10.0
"""Seconds within which the same error is told once: what is wrong in a paintEvent is wrong in each of its frames."""
MOST = 200
"""Errors that are remembered as told."""

PASSED = re.compile(r"^(Error calling Python override of \S+: )+")

Way = tuple[type[BaseException], tuple[tuple[str, int], ...]]
"""What went wrong, and the files and lines that led there."""


class Errors(QObject):
    """Hears of every error that no one caught, in slots, events, timers, answers and threads; nothing else ends by one.

    happened: a sentence, on whatever thread it was; connect to it queued, for it may come out of a paintEvent.
    """

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: dict[Way, tuple[float, int]] = {}  # when, and how often it came again since
        sys.excepthook = self._caught
        sys.unraisablehook = self._unraisable
        threading.excepthook = lambda args: self._caught(args.exc_type, args.exc_value, args.exc_traceback)

    def _caught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        _let_go()
        error = _plain(error or kind())
        way = kind, tuple((frame.f_code.co_filename, line) for frame, line in walk_tb(trace))
        now = time.monotonic()
        told, again = self._told.get(way, (-SAME, 0))
        if now - told < SAME:
            self._told[way] = told, again + 1
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[way] = now, 0
        log.error("uncaught%s", f", again after {again} times untold" if again else "", exc_info=(kind, error, trace))
        self.happened.emit(sentence(error))

    def _unraisable(self, told: sys.UnraisableHookArgs) -> None:
        """What went wrong where nothing can be raised, as in a clean-up: only the log says it, for nobody waits."""
        error = told.exc_value or told.exc_type()
        log.error("in %r", told.object, exc_info=(told.exc_type, error, told.exc_traceback))


def _plain(error: BaseException) -> BaseException:
    """The error without what Qt's binding writes before its words, once for every method it passed."""
    if error.args and isinstance(error.args[0], str):
        error.args = PASSED.sub("", error.args[0]), *error.args[1:]
    return error


def _let_go() -> None:
    """Python keeps the last error for a debugger, with all its frames and what they hold, such as a painter."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        with suppress(AttributeError):
            delattr(sys, name)
