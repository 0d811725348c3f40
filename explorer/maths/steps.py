"""Work in steps: a generator that yields wherever it can be stopped, and returns what it found."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Found = TypeVar("Found")
Said = TypeVar("Said")


def at_once(steps: Generator[Any, None, Found]) -> Found:
    """All steps without a stop: what they find."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found


def in_parts(steps: Generator[int, None, Found], most: int) -> Generator[None, None, Found]:
    """The same work with a stop wherever about this much is done; each step says how much it was."""
    return counted(steps, most, lambda _: None)


def counted(steps: Generator[int, None, Found], most: int, say: Callable[[int], Said]) -> Generator[Said, None, Found]:
    """The same work with a stop wherever about this much is done, which says how much that is in all."""
    done = told = 0
    while True:
        try:
            done += next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        if done - told >= most:
            told = done
            yield say(done)


def saying(steps: Generator[Any, None, Found], what: Said) -> Generator[Said, None, Found]:
    """The same steps, each of which says this."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield what
