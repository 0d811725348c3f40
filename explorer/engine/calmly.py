"""Making a network's modules, with steps in between in which it can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from explorer.maths.records import Progress

PREPARING = "Preparing the network"

RUNNING = "Running the network"

LONG_RUN = 50_000_000_000
"""MACs of a network that is not run but for a picture: that of U-Net, with 150 G, takes seconds."""
LONG_BREATH = 1.0
"""Seconds between two steps of a run: what takes less is told by nobody."""
BREATH = 0.1
"""Seconds between two steps."""


def calmly(make: Callable[[Any], object], missing: Sequence[Any]) -> Iterator[Progress]:
    """Make what is missing, with a step now and then in which it can be stopped."""
    told = time.monotonic()
    for done, one in enumerate(missing):
        if time.monotonic() - told > BREATH:
            yield Progress(PREPARING, done, len(missing))
            told = time.monotonic()
        make(one)


def now_and_then(work: Iterable[object], text: str, total: int) -> Iterator[Progress]:
    """Go through work whose parts take long or not, with a step now and then in which it can be stopped."""
    told = time.monotonic()
    for done, _ in enumerate(work, 1):
        if time.monotonic() - told > LONG_BREATH:
            yield Progress(text, done, total)
            told = time.monotonic()
