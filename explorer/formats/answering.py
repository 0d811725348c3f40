"""Disks that do not answer: a network drive whose other end is gone keeps whoever asks it waiting, for ever."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds a disk may take to say what a file is. One that sleeps takes about as long to spin up."""
BREATH = 0.1
"""Seconds that the worker waits for a disk before it hears other questions."""
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


def silences(folder: str | Path, answered: Callable[[float], bool]) -> Iterator[bool]:
    """Until something that reads from a folder is `answered` within some seconds: whether the folder's disk does not
    answer any more, each tenth of a second.

    A large file may take long by itself: the disk is silent only where it lets somebody else wait as long, too.
    """
    began, asked = time.monotonic(), None
    while not answered(BREATH):
        if asked is None and time.monotonic() - began > PATIENCE:
            began, asked = time.monotonic(), Asked(lambda: look_at(folder))
        if asked is not None and asked.answered():
            asked = None
        yield asked is not None and time.monotonic() - began > PATIENCE


def patiently(path: str | Path, do: Callable[[], T]) -> Generator[None, None, T]:
    """What `do` finds out, which reads a file in a thread of its own meanwhile; with a stop each tenth of a second.

    Raises what it raises, and TimeoutError where the file's disk does not answer any more.
    """
    asked = Asked(do)
    for silent in silences(Path(path).parent, asked.answered):
        if silent:
            raise no_answer(path)
        yield
    return asked.answer()


def look_at(folder: str | Path) -> None:
    """Have a disk say something that the system need not know by heart; an error is an answer, too."""
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
    except OSError:
        return


_lately: dict[str, float] = {}
"""The folder that answered last, and when."""


def no_answer(path: str | Path) -> TimeoutError:
    """As the system says it of some network drives by itself."""
    return TimeoutError(errno.ETIMEDOUT, "the disk does not answer", str(path))
