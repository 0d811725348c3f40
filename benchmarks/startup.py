"""From process start to the painted window: ours against an empty PySide6 window with three docks.

`python -m benchmarks.startup` prints one JSON line: medians of CPU and wall seconds of the window's process,
the two taken in turn. torch must not be among the imported modules. `python -m benchmarks.startup instructions` counts
with valgrind the instructions up to the paint instead: the same number each time, however busy the machine is.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 9

REPORT = """
import json, os, sys, time
def report(_window=None):
    print(json.dumps([time.process_time(), time.time(), 'torch' in sys.modules]), flush=True)
    os._exit(0)
"""
OURS = """
import gc
gc.disable()  # as main does first; the program is loaded here already, to report once it has painted
import explorer.start
explorer.start.no_window()
explorer.start.plain_imports()
import explorer.ui.application
explorer.ui.application.after_paint = report
explorer.start.main([])
"""
EMPTY = """
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow
app = QApplication([])
app.setStyle('Fusion')
window = QMainWindow()
window.setCentralWidget(QLabel('canvas'))
for side in (Qt.LeftDockWidgetArea, Qt.RightDockWidgetArea, Qt.BottomDockWidgetArea):
    window.addDockWidget(side, QDockWidget('dock'))
window.show()
app.processEvents()
report()
"""


def run(code: str, *ahead: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, as an installed program is started; ahead: words before Python's name."""
    env = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")} | variables
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    command = [*ahead, sys.executable, "-c", REPORT + code]
    with tempfile.TemporaryDirectory() as settings:  # the window as it first is
        env["XDG_CONFIG_HOME"] = settings
        return subprocess.run(command, capture_output=True, text=True, check=True, env=env)


def instructions(code: str) -> float:
    """Millions, of the process, until the first paint is done."""
    run(code)  # writes the bytecode
    counting = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    found = re.search(r"I\s+refs:\s+([\d,]+)", run(code, *counting, PYTHONHASHSEED="0").stderr)
    assert found
    return round(int(found[1].replace(",", "")) / 1e6, 1)


def once(code: str) -> tuple[float, float, bool]:
    """CPU and wall seconds until the first paint is done, and whether torch was imported."""
    start = time.time()
    done = run(code)
    cpu, end, torch = json.loads(done.stdout.splitlines()[-1])
    return cpu, end - start, torch


def main() -> None:
    """Run both in turn and print the medians."""
    if sys.argv[1:] == ["instructions"]:
        ours, empty = instructions(OURS), instructions(EMPTY)
        print(json.dumps({
            "bench": "startup", "unit": "million instructions", "ours": ours, "empty_window": empty,
            "ours / empty": round(ours / empty, 2),
        }))  # fmt: skip
        return
    once(OURS), once(EMPTY)
    started, peer = [], []
    for _ in range(RUNS):
        started.append(once(OURS))
        peer.append(once(EMPTY))
    result = {
        "bench": "startup",
        "ours_cpu_s": round(statistics.median(o[0] for o in started), 3),
        "ours_wall_s": round(statistics.median(o[1] for o in started), 3),
        "empty_window_cpu_s": round(statistics.median(e[0] for e in peer), 3),
        "empty_window_wall_s": round(statistics.median(e[1] for e in peer), 3),
        "torch_imported": any(o[2] for o in started),
        "goal_cpu_s": 0.5,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
