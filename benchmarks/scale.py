"""How time and memory grow with nodes, channels, pictures of a folder and the size of a picture. One JSON line.

Each size is measured in a fresh process (`benchmarks.scale_work`), one after the other; the slope is that of the
straight line through its points on log–log axes (`benchmarks.slopes`). Every goal is growth in proportion (a slope of
at most 1.15) or none (0.1: memory over a folder's pictures). Three to four minutes on two quiet cores.
Usage: python -m benchmarks.scale [--quick] [AXIS …]; --quick takes five small sizes and one round, to try it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from benchmarks.slopes import AXES, QUICK, SERIES, fit

ROUNDS = 5
LONGEST = 180
"""Seconds for one size."""


def once(axis: str, size: int, rounds: int) -> dict[str, float]:
    """The figures of one size. Raises RuntimeError with what its process said last."""
    command = [sys.executable, "-m", "benchmarks.scale_work", axis, str(size), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"{axis} at {size}: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
    found: dict[str, float] = json.loads(lines[-1])
    return found


def grown(axis: str, points: list[dict[str, float]]) -> dict[str, Any]:
    """Every series of an axis, with its line."""
    told = {}
    for series in SERIES:
        if series.axis == axis:
            x, y = [point["x"] for point in points], [point[series.name] for point in points]
            line = fit(x, y)
            told[series.key] = {
                "x": x, "y": y, "slope": round(line.slope, 3), "error": round(line.error, 3), "factor": line.factor,
            }  # fmt: skip
    return told


def main() -> None:
    """Measure every axis, or those that are named, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("axis", nargs="*", default=list(AXES))
    chosen = options.parse_args()
    series: dict[str, Any] = {}
    failed, seconds = {}, {}
    for axis in chosen.axis:
        start = time.perf_counter()
        sizes = AXES[axis][1][:QUICK] if chosen.quick else AXES[axis][1]
        try:
            points = [once(axis, size, 1 if chosen.quick else ROUNDS) for size in sizes]
            series |= grown(axis, points)
        except (RuntimeError, subprocess.TimeoutExpired, KeyError, ValueError) as error:  # the others are measured
            failed[axis] = str(error)[:200]
            print(failed[axis], file=sys.stderr)
        seconds[axis] = round(time.perf_counter() - start, 1)
        print(f"{axis}: {seconds[axis]} s", file=sys.stderr, flush=True)
    told: dict[str, Any] = {
        "benchmark": "scale",
        "quick": chosen.quick,
        "seconds": seconds,
        "failed": failed,
        "series": series,
    }
    sides = ("picture size: memory foretold", "picture size: memory of style transfer")
    if all(side in series for side in sides):
        shares = [a / b for a, b in zip(*(series[side]["y"] for side in sides), strict=True)]
        told["memory foretold / measured"] = {"least": round(min(shares), 3), "most": round(max(shares), 3)}
    print(json.dumps(told))
    sys.exit(not series)


if __name__ == "__main__":
    main()
