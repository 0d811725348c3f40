"""What a job of any kind leaves behind in the worker, gone to its end or broken off: nothing that grows with each.

A style transfer left a picture and a graph of torch's with each step, in circles that Python cannot see; torch's hold
on them shows in what malloc has lent out, and in Python's objects. SECURITY's M4 sees only what its hours have in them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from explorer.engine.answers import answer
from explorer.engine.memory import used_and_kept
from tests.every_job import NAMES, every_job

ROUNDS = 3
KILOBYTES, OBJECTS = 60, 20
"""That a round may leave: Python's own lists grow by some; what was left was ten times as much."""
SHORT = ("style", "style in tiles")
LONG = pytest.mark.nightly


def held() -> tuple[int, int]:
    """Bytes lent out by malloc, and objects that Python looks after."""
    gc.collect()
    gc.collect()  # what a clean-up of the first made
    return used_and_kept()[0], len(gc.get_objects())


def gone(steps: Iterator[Any], most: int | None) -> int:
    """Go so many steps, and tell how many there were."""
    return sum(1 for _ in islice(steps, most))


@pytest.mark.parametrize("part", [1, 0.5], ids=["whole", "broken off"])
@pytest.mark.parametrize("name", [name if name in SHORT else pytest.param(name, marks=LONG) for name in NAMES])
def test_a_job_leaves_nothing_behind(tmp_path: Path, name: str, part: float) -> None:
    _lane, question = every_job(tmp_path)[name]
    count = gone(answer(question), None)
    most = None if part == 1 else max(1, count // 2)
    job: Callable[[], int] = lambda: gone(answer(question), most)  # noqa: E731
    for _ in range(2):  # caches fill
        job()
    bytes_before, objects_before = held()
    for _ in range(ROUNDS):
        job()
    bytes_after, objects_after = held()
    assert (bytes_after - bytes_before) / 1000 < ROUNDS * KILOBYTES
    assert objects_after - objects_before < ROUNDS * OBJECTS
