"""How long something took, where a test says how long it may take: a busy machine is no fault of the program."""

from __future__ import annotations

import os
import threading
import time

from explorer.workspace.patience import threads


def own_time() -> float:
    """Seconds, without those for which this thread was ready to run and another program had the processor."""
    ours = threads(os.getpid()).get(str(threading.get_native_id()))
    return time.monotonic() - (ours.waited if ours else 0.0)


def waited(pid: int | None) -> float:
    """Seconds for which a process was ready to run and had no processor: of its threads, the one that waited
    longest."""
    return max((one.waited for one in threads(pid).values()), default=0.0)
