"""Rounds in which all take turns, so that what else the machine does falls on all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def milliseconds(
    runs: Mapping[str, Callable[[], object]],
    rounds: int,
    warm_up: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """What each took in each round, after some that do not count."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(warm_up + rounds):
        for name, run in runs.items():
            start = clock()
            run()
            if turn >= warm_up:
                taken[name].append((clock() - start) * 1000)
    return taken


def medians(taken: Mapping[str, list[float]], digits: int = 2) -> dict[str, float]:
    """The median of each."""
    return {name: round(median(some), digits) for name, some in taken.items()}


def ratios(ours: str, found: Mapping[str, float], digits: int = 3) -> dict[str, float]:
    """Ours divided by each of the others."""
    return {f"{ours} / {peer}": round(found[ours] / value, digits) for peer, value in found.items() if peer != ours}
