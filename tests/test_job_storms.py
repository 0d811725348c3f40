"""Jobs begun, stopped, replaced and ended at any moment, with the real worker: nothing late, left or hanging.

SECURITY's U2, U3 and U5. A few rounds here; thousands, with more moments and more deaths, in `pytest -m nightly`.
"""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_log_path
from PySide6.QtTest import QTest

from explorer.engine.crashes import FILE
from explorer.formats.folders import NAME
from explorer.workspace.worker import Worker
from explorer.workspace.worker_words import DOWN, ENDED, KILLED
from tests.every_job import every_job
from tests.own_time import gone_after, own_time, waited
from tests.ready import ReadyWorker
from tests.test_worker import left_behind
from tests.web_server import Web, web  # noqa: F401
from tests.worker_side import EXIT, HANG, Fetch, serve_all_jobs

log = logging.getLogger(__name__)
Jobs = dict[str, tuple[str, Any]]
LONG = [pytest.mark.nightly, pytest.mark.timeout(4 * 3600)]
CLOSING = 3.0
"""Seconds after which a closed program is gone."""


@pytest.fixture
def jobs(tmp_path: Path, web: Web) -> Jobs:
    """Of every kind, a download from this machine among them."""
    web.content = random.Random(7).randbytes(3 << 20)
    digits = hashlib.sha256(web.content).hexdigest()
    path = str(tmp_path / f"net-{digits[:8]}.pth")
    return every_job(tmp_path) | {"download": ("library", Fetch(web.url("net.pth"), 3 << 20, digits, path))}


@pytest.fixture(scope="module")
def worker(qapp) -> Iterator[Worker]:
    """One for all."""
    worker = ReadyWorker(serve_all_jobs)
    worker.start()
    yield worker
    worker.close()
    assert not left_behind()


def wait(condition: Callable[[], object], seconds: float = 60, worker: Worker | None = None) -> None:
    """worker: the seconds in which it waits for a processor do not count."""
    end, before = time.monotonic() + seconds, starved(worker)
    while not condition():
        assert time.monotonic() < end or time.monotonic() < end + starved(worker) - before, "it took too long"
        QTest.qWait(5)


def starved(worker: Worker | None) -> float:
    """Seconds for which it has waited for a processor."""
    process = worker._process if worker is not None else None
    return waited(process.pid) if process is not None else 0.0


def answered(worker: Worker, lane: str, question: Any) -> list[Any]:
    """Its answers, to the end."""
    steps: list[Any] = []
    failures: list[str] = []
    done: list[bool] = []
    worker.ask(lane, question, steps.append, failures.append, lambda: done.append(True))
    wait(lambda: done or failures, worker=worker)
    assert not failures, failures
    return steps


def held(pid: int) -> tuple[int, int]:
    """Files a process has open, and its threads."""
    return len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


def nothing_kept(then: tuple[int, int], now: tuple[int, int]) -> None:
    """Open files and threads are as they were; two more may just be in use."""
    assert all(after <= before + 2 for before, after in zip(then, now, strict=True))


def megabytes(pid: int) -> float:
    """What it holds."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def storm(worker: Worker, jobs: Jobs, times: int, dice: random.Random) -> None:
    """Begin any of the jobs, and stop or replace it at any moment."""
    late: list[str] = []
    wanted: dict[str, int] = {}  # the round whose answers may come, by lane
    failures: list[str] = []
    for number in range(times):
        name = dice.choice(list(jobs))
        lane, question = jobs[name]
        wanted[lane] = number

        def heard(_step: object, lane: str = lane, number: int = number, name: str = name) -> None:
            if wanted.get(lane) != number:
                late.append(name)

        worker.ask(lane, question, heard, failures.append)
        QTest.qWait(dice.choice((0, 0, 1, 5, 20, 60)))
        if dice.random() < 0.7:
            wanted.pop(lane, None)
            worker.stop(lane)
    for lane in list(wanted):
        worker.stop(lane)
    wanted.clear()
    wait(lambda: not worker._stopped, 20, worker)
    assert not late
    assert not failures


WAYS = (signal.SIGKILL, signal.SIGSEGV, EXIT, HANG)
"""How a worker comes to its end: the system, a fault in a library, an exit of its own with code 1, or not by itself."""
STATES = ("starting", "idle", "working", "stopping")
REPLACED = 5.0
"""Seconds within which a dead worker has a successor that is ready."""
FEW = [(state, way, 1) for state, way in zip(STATES, (signal.SIGKILL, HANG, EXIT, signal.SIGSEGV), strict=True)]
MANY = [pytest.param(state, way, 13, marks=LONG) for state in STATES for way in WAYS]  # 52 in each state


def hears(pid: int | None, way: int) -> bool:
    """Whether this process does something of its own at a signal; before, it would end by it."""
    with suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as file:
        (caught,) = (line.split()[1] for line in file if line.startswith("SigCgt"))
        return bool(int(caught, 16) >> (way - 1) & 1)
    return False


def crashes() -> int:
    """How often a worker's stacks stand beside the log."""
    file = user_log_path(NAME, appauthor=False) / FILE
    return file.read_text("utf-8").count("Segmentation fault") if file.exists() else 0


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="what a process does at a signal is read from /proc")
@pytest.mark.parametrize(("state", "way", "times"), FEW + MANY)
def test_a_worker_that_ends_in_any_way_in_any_state_is_replaced(
    worker: Worker, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, state: str, way: signal.Signals, times: int
) -> None:
    """One that hangs is noticed once something is stopped: this takes `PATIENCE`, and half a second more if it hangs
    between two questions. One that hangs before it was ever ready has half a minute more, here a second."""
    monkeypatch.setattr("explorer.workspace.worker.STARTING", 1.0)
    deaths: list[str] = []
    last, before, slowest = 0, crashes(), 0.0
    if state == "starting" or times > 1:  # as in the program: a copy would be ready at once
        monkeypatch.setattr(worker, "_method", "spawn")
    if state == "starting":
        wait(lambda: worker.state == "ready")
        last = worker._process.pid
        worker.kill()
        wait(lambda: worker.state == "starting")
    worker.died.connect(deaths.append)
    for number in range(times):
        if state != "starting":
            wait(lambda: worker.state == "ready")
        # The dead one stays in its place until there is another.
        wait(lambda last=last: worker._process is not None and worker._process.pid not in (None, last))
        last = worker._process.pid
        wait(lambda last=last: hears(last, EXIT))
        if state in ("working", "stopping"):
            begun: list[Any] = []
            worker.ask(*jobs["patches"], begun.append, begun.append)
            wait(lambda begun=begun: begun)
        if state == "stopping":
            worker.stop("patches")
        os.kill(last, way)
        if way == HANG:
            if state != "working":  # nobody waits for it yet
                worker.ask(*jobs["predict"], lambda _: None, lambda _: None)
            for lane in ("patches", "predict"):
                worker.stop(lane)
        wait(lambda number=number: len(deaths) == number + 1, 60, worker)
        assert deaths[-1] == (DOWN if worker.state == "down" else KILLED if way == HANG else ENDED)
        if worker.state == "down":  # three times before it was ready: it asks whether to go on
            worker.restart()
        start = time.monotonic()
        if state == "starting":
            wait(lambda last=last: worker._process.pid not in (None, last))
        else:
            wait(lambda: worker.state == "ready")
        taken = time.monotonic() - start - starved(worker)
        log.info("%s, %s: replaced after %.2f s", state, way.name, taken)
        slowest = max(slowest, taken)
    wait(lambda: worker.state == "ready")
    assert answered(worker, *jobs["predict"])
    assert times == 1 or slowest < REPLACED
    if way == signal.SIGSEGV and state != "starting":
        assert crashes() == before + times


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="what a process holds is read from /proc")
@pytest.mark.parametrize("times", [60, *(pytest.param(times, marks=LONG) for times in (1_000, 25_000))])
def test_a_storm_of_starts_and_stops_leaves_nothing(worker: Worker, jobs: Jobs, times: int) -> None:
    dice = random.Random(8)
    wait(lambda: worker.state == "ready")
    for lane, question in jobs.values():  # once each, so that what is loaded on first use is there
        answered(worker, lane, question)
    pid, ours = worker._process.pid, os.getpid()
    before = held(pid), held(ours), threading.active_count()
    QTest.qWait(1500)  # till it rests
    size = megabytes(pid)
    storm(worker, jobs, times, dice)
    answered(worker, *jobs["predict"])
    assert worker._process.pid == pid, "nothing had to be killed"
    wait(lambda: threading.active_count() <= before[2], 10)
    for then, now in zip(before[:2], (held(pid), held(ours)), strict=True):
        nothing_kept(then, now)
    wait(lambda: megabytes(pid) - size <= 50, 5)


MOMENTS = (0.0, 0.02, 0.3)
LONGEST = 8.0
"""Seconds: of a job that takes longer the moments are drawn from its first ones."""
SEED = 4


def typical(lane: str, question: Any) -> float:
    """Seconds a job takes, imports and all, in a worker that has done nothing yet; LONGEST at most."""
    worker = Worker(serve_all_jobs)
    worker.start()
    wait(lambda: worker.state == "ready")
    failures: list[str] = []
    done: list[bool] = []
    start = time.monotonic()
    worker.ask(lane, question, lambda _: None, failures.append, lambda: done.append(True))
    with suppress(AssertionError):
        wait(lambda: done or failures, LONGEST)
    taken = time.monotonic() - start
    worker.close()
    assert not failures, failures
    return min(taken, LONGEST)


def moments(jobs: Jobs, rounds: int) -> Iterator[tuple[str, float]]:
    """Which job is closed after how many seconds: of each kind so many at random moments, or three of the kinds."""
    dice = random.Random(SEED)
    if not rounds:
        yield from ((name, dice.choice(MOMENTS)) for name in dice.sample(sorted(jobs), 3))
        return
    lengths = {name: typical(*jobs[name]) for name in sorted(jobs)}
    log.info("seconds each takes: %s", {name: round(length, 2) for name, length in lengths.items()})
    for _ in range(rounds):  # all kinds in turn, so that a night that is cut short has been at each
        for name, length in lengths.items():
            yield name, dice.uniform(0, length)


@pytest.mark.parametrize("rounds", [0, pytest.param(20, marks=LONG)])
def test_closed_at_any_moment_of_any_job(qapp, jobs: Jobs, tmp_path: Path, rounds: int) -> None:
    faults: list[str] = []  # to the end: a night is not to stop at its first minute
    for name, moment in moments(jobs, rounds):
        closed = Worker(serve_all_jobs) if rounds else ReadyWorker(serve_all_jobs)
        closed.start()
        wait(lambda closed=closed: closed.state == "ready")
        closed.ask(*jobs[name], lambda _: None, lambda _: None)
        QTest.qWait(int(1000 * moment))
        pid, start = closed._process.pid, own_time()
        closed.close()
        taken = own_time() - start + gone_after(pid)
        left = left_behind()
        log.info("%s, closed after %.3f s: gone after %.2f s", name, moment, taken)
        if taken >= CLOSING or left:
            faults.append(f"{name}, closed after {moment:.3f} s (seed {SEED}): gone after {taken:.2f} s, left {left}")
    assert not faults
    assert not list(tmp_path.glob("*.part*"))
    half = tmp_path / "net.onnx"
    assert not half.exists() or half.stat().st_size > 200_000, "whole, or not there"


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from explorer.ui import application
from tests.every_job import every_job
if __name__ == "__main__":
    app = QApplication([sys.argv[0]])
    window = application.build(app)
    window.show()
    app.processEvents()
    application.after_paint(window)
    lane, question = every_job(Path(sys.argv[1]))[sys.argv[2]]
    def begin(state):
        if state == "ready":
            window.session.ask(lane, question, lambda _: None, "working")
            print("begun", window.session.worker._process.pid, flush=True)
            QTimer.singleShot(50, {"close": window.close_now, "quit": app.quit}.get(sys.argv[3], lambda: None))
    window.session.worker.state_changed.connect(begin)
    code = app.exec()
    window.session.close()
    sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(
    ("how", "job"), [("close", "patches"), pytest.param("quit", "dream", marks=LONG), ("SIGTERM", "evaluate")]
)
def test_a_window_is_closed_while_it_works(tmp_path: Path, how: str, job: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    root = str(Path(__file__).parents[1])
    (tmp_path / "room").mkdir()
    program = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "room"), job, how], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=root, env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip
    assert program.stdout is not None
    line = program.stdout.readline()
    assert line.startswith("begun"), program.communicate(timeout=20)[1]
    if how == "SIGTERM":
        time.sleep(0.05)
        program.send_signal(signal.SIGTERM)
    assert gone_after(program.pid) < CLOSING + 1
    _, told = program.communicate(timeout=30)
    assert program.returncode == (-signal.SIGTERM if how == "SIGTERM" else 0)
    assert "QThread" not in told
    assert "Traceback" not in told
    assert gone_after(int(line.split()[1])) < CLOSING
