"""Disks that do not answer: a network drive whose other end is gone keeps whoever asks it waiting, for ever."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds a disk may take to say what a file is. One that sleeps takes about as long to spin up."""
FRESH = 1.0
"""Seconds for which a folder that answered is taken to answer: a thread for each picture of thousands costs time."""


CONNECTED = "look whether it is connected"


class Asked(Generic[T]):
    """What a thread of its own finds out; it is left behind where the system never lets it go."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="asks a disk", daemon=True)
        self._thread.start()

    def answered(self, seconds: float = 0.0) -> bool:
        """Whether it is found out, or is so within this time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def answer(self) -> T:
        """What was found out. Raises what stood in the way."""
        if self._error is not None:
            raise self._error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._do())
        except BaseException as error:  # it goes to whoever asked
            self._error = error


def in_time(path: str | Path, do: Callable[[], T]) -> T:
    """What `do` finds out about a file. Raises what it raises, and TimeoutError where its disk does not answer."""
    folder = str(Path(path).parent)
    if time.monotonic() - _lately.get(folder, -FRESH) < FRESH:
        return do()
    asked = Asked(do)
    if not asked.answered(PATIENCE):
        raise no_answer(path)
    _lately.clear()  # one folder at a time is gone through
    _lately[folder] = time.monotonic()
    return asked.answer()


_lately: dict[str, float] = {}
"""The folder that answered last, and when."""


def no_answer(path: str | Path) -> TimeoutError:
    """As the system says it of some network drives by itself."""
    return TimeoutError(errno.ETIMEDOUT, "the disk does not answer", str(path))
