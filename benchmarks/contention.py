"""How steady a forward pass is while another process keeps one core busy, as a window or a camera does.

ResNet-50, batch 1, with one thread and with as many as there are cores, beside torchvision's eager module with one; all
take turns in one process, first alone, then beside a process that only counts. Prints one JSON line: medians and 95th
percentiles in ms, and the one divided by the other (goal: 1.3 with one thread). Usage: python -m benchmarks.contention
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torchvision.models import resnet50

from benchmarks.turns import milliseconds
from explorer.engine.memory import keep_freed
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights

ROUNDS = 40
COUNTING = "import time\nend = time.monotonic() + 120\nwhile time.monotonic() < end: pass"
"""Ends by itself should this process not end it."""


def spread(taken: list[float]) -> dict[str, float]:
    """Median, 95th percentile, and how much larger that is."""
    some = sorted(taken)
    middle, high = some[len(some) // 2], some[min(len(some) - 1, round(0.95 * (len(some) - 1)))]
    return {"median": round(middle, 2), "p95": round(high, 2), "p95 / median": round(high / middle, 3)}


def main() -> None:
    """Measure alone, then beside the other process, and print."""
    keep_freed()
    cores = os.cpu_count() or 1
    eager = resnet50(weights=None).eval()
    network = trace(eager)
    program, x = Program(network, weights(eager, network)), torch.randn(1, 3, 224, 224)

    def with_threads(count: int, run: Callable[[], object]) -> Callable[[], object]:
        def timed() -> None:
            torch.set_num_threads(count)
            run()

        return timed

    def plain() -> None:
        with torch.inference_mode():
            eager(x)

    runs = {"ours, 1 thread": with_threads(1, lambda: program.run(x)), "eager, 1 thread": with_threads(1, plain)}
    if cores > 1:
        runs[f"ours, {cores} threads"] = with_threads(cores, lambda: program.run(x))
    alone = {name: spread(taken) for name, taken in milliseconds(runs, ROUNDS, 3).items()}
    other = subprocess.Popen([sys.executable, "-c", COUNTING])
    try:
        time.sleep(0.5)
        busy = {name: spread(taken) for name, taken in milliseconds(runs, ROUNDS, 3).items()}
    finally:
        other.kill()
        other.wait()
    print(json.dumps({"benchmark": "contention", "unit": "ms", "cores": cores, "alone": alone, "busy": busy}))


if __name__ == "__main__":
    main()
