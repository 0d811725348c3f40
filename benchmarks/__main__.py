"""All benchmarks, one after the other, and the table of what came out in docs/performance.md.

`python -m benchmarks` runs each of `benchmarks.page.ROWS`' commands in a process of its own, keeps its JSON line in
docs/performance.jsonl with the date and the machine, and writes the table anew. `python -m benchmarks startup gaps`
runs only those modules; the others' rows stay as they were measured. `python -m benchmarks --write` runs nothing.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

from benchmarks.page import ROWS, Measured, table

DOCS = Path(__file__).resolve().parents[1] / "docs"
KEPT, PAGE = DOCS / "performance.jsonl", DOCS / "performance.md"
BEGIN, END = "<!-- what was measured -->", "<!-- end -->"
LONGEST = 1800
"""Seconds for one of them."""


def main() -> None:
    words = sys.argv[1:]
    kept = read()
    commands = dict.fromkeys(row.command for row in ROWS)
    for command in [] if words == ["--write"] else commands:
        if not words or command.split()[0] in words:
            line = once(command)
            if line is not None:
                kept[command] = line
                write(kept)
    show(kept)


def read() -> dict[str, Measured]:
    """What was measured last, by command."""
    if not KEPT.exists():
        return {}
    lines = (json.loads(line) for line in KEPT.read_text("utf-8").splitlines())
    return {line["command"]: line for line in lines}


def write(kept: dict[str, Measured]) -> None:
    """Keep one line for each command, in the order of the rows."""
    commands = dict.fromkeys(row.command for row in ROWS)
    KEPT.write_text("".join(json.dumps(kept[c]) + "\n" for c in commands if c in kept), "utf-8")


def once(command: str) -> Measured | None:
    """Run one; its last line is JSON. None where it failed, which is told."""
    env = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    name, *words = command.split()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *words], capture_output=True, text=True, env=env, timeout=LONGEST,
        check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        print(f"{command}: {done.stderr.strip().splitlines()[-1:] or done.returncode}", file=sys.stderr)
        return None
    print(lines[-1], flush=True)
    figures = json.loads(lines[-1])
    machine = f"{os.cpu_count()} × {processor()}"
    return {
        "command": command, "date": date.today().isoformat(), "machine": machine, "load": round(load, 1),
        "figures": figures,
    }  # fmt: skip


def processor() -> str:
    """The processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def show(kept: dict[str, Measured]) -> None:
    """Write the table between its marks."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(kept)}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
