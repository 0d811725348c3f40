"""How long something took, where a test says how long it may take: a busy machine is no fault of the program."""

from __future__ import annotations

import os
import threading
import time

from PySide6.QtTest import QTest

from explorer.workspace.patience import threads

LINGERING = 60.0
"""Seconds after which one that is not gone is looked at no longer."""


def own_time() -> float:
    """Seconds, without those for which this thread was ready to run and another program had the processor."""
    ours = threads(os.getpid()).get(str(threading.get_native_id()))
    return time.monotonic() - (ours.waited if ours else 0.0)


def waited(pid: int | None) -> float:
    """Seconds for which a process was ready to run and had no processor: of its threads, the one that waited
    longest."""
    return max((one.waited for one in threads(pid).values()), default=0.0)


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone_after(pid: int) -> float:
    """Seconds until a process is gone, LINGERING at most, without those for which it had no processor."""
    start, first, starving = time.monotonic(), waited(pid), 0.0
    while alive(pid) and time.monotonic() - start < LINGERING:
        QTest.qWait(5)
        starving = max(starving, waited(pid) - first)
    return time.monotonic() - start - starving
