"""All benchmarks, one after the other, and the page of what came out: docs/performance.md with its plots.

`python -m benchmarks` runs each command of `benchmarks.rows` in a process of its own, keeps its JSON line in
docs/performance.jsonl with the date and the machine, and writes tables and plots anew after each; where one fails, the
others go on. `--only NAME …` runs those, the others' rows stay as they were measured; `--list` says which there are,
and what of their peers is missing; `--write` runs nothing. About 20 minutes for all, on two quiet cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.page import Measured, machines, reasons, table
from benchmarks.peers import PACKAGES, how, there
from benchmarks.plots import name_of, plot
from benchmarks.rows import ROWS
from benchmarks.slopes import AXES

DOCS = Path(__file__).resolve().parents[1] / "docs"
KEPT, PAGE, PICTURES = DOCS / "performance.jsonl", DOCS / "performance.md", DOCS / "pictures"
LONGEST = 900
"""Seconds for one of them."""
COMMANDS = tuple(dict.fromkeys(row.command for row in ROWS))


def marks(part: str) -> tuple[str, str]:
    """What stands around a part of the page that is written here."""
    return f"<!-- {part} -->", f"<!-- end of {part} -->"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--only", nargs="+", metavar="NAME", default=[], help="the modules to run")
    options.add_argument("--list", action="store_true", help="say which there are, and run nothing")
    options.add_argument("--write", action="store_true", help="write the page from what was kept, and run nothing")
    chosen = options.parse_args()
    if chosen.list:
        print(listed())
        return
    unknown = [name for name in chosen.only if name not in {command.split()[0] for command in COMMANDS}]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; python -m benchmarks --list says which there are.")
    kept = read()
    wanted = [command for command in COMMANDS if not chosen.only or command.split()[0] in chosen.only]
    failed = [] if chosen.write else run(wanted, kept)
    show(kept)
    if failed:
        sys.exit(f"{len(failed)} of {len(wanted)} failed: {', '.join(failed)}.")


def listed() -> str:
    """The commands, how many rows each has, when it was run last; then the peers that are not there."""
    kept = read()
    lines = []
    for command in COMMANDS:
        rows = sum(row.command == command for row in ROWS)
        when = f"{kept[command]['date']}, {kept[command].get('seconds', 0):.0f} s" if command in kept else "not yet"
        lines.append(f"{command:26} {rows:2} rows, measured {when}")
    lines += [f"{name} is not installed: {how(name)}" for name in PACKAGES if not there(name)]
    return "\n".join(lines)


def run(commands: list[str], kept: dict[str, Measured]) -> list[str]:
    """Run them, keep what they print and write the page after each; those that failed."""
    failed, start = [], time.monotonic()
    for number, command in enumerate(commands, 1):
        minutes = (time.monotonic() - start) / 60
        print(f"[{number} of {len(commands)}, {minutes:.1f} min] {command}", file=sys.stderr, flush=True)
        try:
            kept[command] = once(command)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            failed.append(command)
            print(f"{command}: {error}", file=sys.stderr, flush=True)
            continue
        write(kept)
        show(kept)
    return failed


def read() -> dict[str, Measured]:
    """What was measured last, by command."""
    if not KEPT.exists():
        return {}
    lines = (json.loads(line) for line in KEPT.read_text("utf-8").splitlines())
    return {line["command"]: line for line in lines}


def write(kept: dict[str, Measured]) -> None:
    """Keep one line for each command, in the order of the rows."""
    KEPT.write_text("".join(json.dumps(kept[c]) + "\n" for c in COMMANDS if c in kept), "utf-8")


def once(command: str) -> Measured:
    """Run one; its last line is JSON. Raises ValueError with what it said last, SubprocessError where it takes too
    long."""
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(DOCS.parent))))
    env = {"QT_QPA_PLATFORM": "offscreen"} | os.environ | {"PYTHONPATH": path}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    name, *words = command.split()
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *words], capture_output=True, text=True, env=env, timeout=LONGEST,
        check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise ValueError((done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1])
    print(lines[-1], flush=True)
    return {
        "command": command, "date": date.today().isoformat(), "machine": f"{os.cpu_count()} × {processor()}",
        "load": round(load, 1), "seconds": round(time.monotonic() - start, 1), "figures": json.loads(lines[-1]),
    }  # fmt: skip


def processor() -> str:
    """The processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def drawn(kept: dict[str, Measured]) -> dict[str, str]:
    """The plots as SVG, by their file names."""
    figures = kept["scale"]["figures"]["series"] if "scale" in kept else {}
    plots = {name_of(axis): plot(axis, figures) for axis in AXES}
    return {name: text for name, text in plots.items() if text}


def parts(kept: dict[str, Measured]) -> dict[str, str]:
    """What of the page is written here, by the name in its marks."""
    there, names = drawn(kept), {axis: name_of(axis) for axis in AXES}
    plots = "\n\n".join(
        f"![Growth with {AXES[axis][0]}](pictures/{names[axis]})" for axis in AXES if names[axis] in there
    )
    return {
        "machine": machines(kept), "goals": table(kept, ROWS), "plots": plots or "Not measured yet.",
        "misses": reasons(kept, ROWS),
    }  # fmt: skip


def show(kept: dict[str, Measured]) -> None:
    """Write the plots, and the page's parts between their marks."""
    for name, text in drawn(kept).items():
        (PICTURES / name).write_text(text, "utf-8")
    page = PAGE.read_text("utf-8")
    for part, text in parts(kept).items():
        begin, end = marks(part)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n{text}\n{end}{after}"
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
