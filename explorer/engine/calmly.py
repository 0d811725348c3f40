"""Making a network's modules, with steps in between in which it can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from explorer.maths.records import Progress

PREPARING = "Preparing the network"

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
