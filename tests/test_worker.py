"""The worker process: lanes, newest wins, stop, kill, death and new life, arrays in shared memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.heap import Heap
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.engine.serve import Ask
from explorer.workspace import worker as worker_module
from explorer.workspace.background import outlive
from explorer.workspace.patience import PATIENCE
from explorer.workspace.worker import CARD_LOST, Worker
from tests.own_time import gone_after
from tests.worker_side import Count, Die, DieSending, Double, Hang, Tidy, Work, serve_nothing, serve_tests, serve_unfit

SHORT = 500
"""Milliseconds of patience for which a test can wait."""


class Heard:
    """What came back for one question."""

    def __init__(self, worker: Worker, lane: str, question: object) -> None:
        self.steps: list = []
        self.failures: list[str] = []
        self.done = False
        worker.ask(lane, question, self.steps.append, self.failures.append, self._finish)

    def _finish(self) -> None:
        self.done = True


@pytest.fixture
def worker(qtbot):
    worker = Worker(serve_tests)
    worker.start()
    yield worker
    worker.close()
    assert not left_behind()


def left_behind() -> set[str]:
    """Shared blocks of this process and its workers that stay."""
    left = shared_blocks()
    for _ in range(50):
        if not left:
            break
        time.sleep(0.1)
        left &= shared_blocks()
    return left


def shared_blocks() -> set[str]:
    ours = f"cnnx-{os.getpid()}-"
    return {name for name in os.listdir("/dev/shm") if name.startswith(ours)} if os.path.isdir("/dev/shm") else set()


def test_steps_then_done(qtbot, worker) -> None:
    heard = Heard(worker, "a", Count(5))
    qtbot.waitUntil(lambda: heard.done, timeout=20_000)
    assert heard.steps[:5] == [("", i) for i in range(5)]
    assert worker.state == "ready"
    assert heard.steps[5] != os.getpid()


def test_newest_wins(qtbot, worker) -> None:
    old = Heard(worker, "a", Count(10_000, 0.005, "old"))
    qtbot.waitUntil(lambda: len(old.steps) > 3, timeout=20_000)
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    new = Heard(worker, "a", Count(5, 0, "new"))
    seen = len(old.steps)
    qtbot.waitUntil(lambda: new.done)
    assert not deaths, "the old one stopped by itself"
    assert len(old.steps) == seen  # nothing late is delivered
    assert not old.done
    assert not old.failures


def test_lanes_share_the_worker(qtbot, worker) -> None:
    slow = Heard(worker, "slow", Count(10_000, 0.01))
    qtbot.waitUntil(lambda: len(slow.steps) > 1, timeout=20_000)
    quick = Heard(worker, "quick", Count(3))
    before = len(slow.steps)
    qtbot.waitUntil(lambda: quick.done)
    qtbot.waitUntil(lambda: len(slow.steps) > before)
    assert not slow.done


@pytest.mark.parametrize("shape", [(3,), (3, 500, 700), (0, 5), (64, 112, 112)])
def test_arrays_cross_in_shared_memory(qtbot, worker, shape) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    heard = Heard(worker, "a", Double(values))
    qtbot.waitUntil(lambda: heard.done, timeout=20_000)
    np.testing.assert_array_equal(heard.steps[0].values, values * 2)


def test_stop_runs_clean_up(qtbot, worker, tmp_path: Path) -> None:
    heard = Heard(worker, "a", Tidy(str(tmp_path / "tidy")))
    qtbot.waitUntil(lambda: bool(heard.steps), timeout=20_000)
    worker.stop("a")
    seen = len(heard.steps)
    qtbot.waitUntil((tmp_path / "tidy").exists)
    assert len(heard.steps) == seen


def test_what_a_stopped_job_could_not_keep_is_told(qtbot, worker) -> None:
    """Training that is paused while the disk is full; where the lane has work again, nobody waits for it."""
    said: list[tuple[str, str]] = []
    worker.not_kept.connect(lambda lane, sentence: said.append((lane, sentence)))
    for lane in ("a", "b"):
        heard = Heard(worker, lane, Die("stopped"))
        qtbot.waitUntil(lambda heard=heard: bool(heard.steps), timeout=20_000)
        if lane == "a":
            again = Heard(worker, lane, Count(1))
            qtbot.waitUntil(lambda again=again: again.done, timeout=20_000)
            assert not said
        worker.stop(lane)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert [(lane, "cannot be kept" in sentence) for lane, sentence in said] == [("b", True)]
    assert not heard.failures


def test_a_job_that_does_not_stop_is_killed(qtbot, worker) -> None:
    heard = Heard(worker, "a", Hang(60))
    qtbot.waitUntil(lambda: bool(heard.steps) and worker.state == "ready", timeout=20_000)
    with qtbot.waitSignal(worker.died) as died:
        worker.stop("a")
    assert "did not stop" in died.args[0]
    again = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: again.done)
    assert heard.steps == ["hanging"]


def test_a_superseded_job_may_take_longer_than_one_that_is_stopped(qtbot, worker, monkeypatch) -> None:
    monkeypatch.setattr("explorer.workspace.worker.PATIENCE", SHORT)
    heard = Heard(worker, "a", Hang(3 * SHORT / 1000))
    qtbot.waitUntil(lambda: bool(heard.steps), timeout=20_000)
    newer = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: newer.done, timeout=20_000)
    assert heard.steps == ["hanging"]
    assert not newer.failures


def test_a_superseded_job_that_does_not_stop_is_killed(qtbot, worker, monkeypatch) -> None:
    """After a patience longer than that with a job that is stopped; not of ten seconds, for which we would wait."""
    monkeypatch.setattr("explorer.workspace.worker.PATIENCE", SHORT)
    monkeypatch.setattr("explorer.workspace.worker.LONG_PATIENCE", 2 * SHORT)
    heard = Heard(worker, "a", Hang(60))
    qtbot.waitUntil(lambda: bool(heard.steps) and worker.state == "ready", timeout=20_000)
    began = time.monotonic()
    with qtbot.waitSignal(worker.died, timeout=8_000) as died:
        newer = Heard(worker, "a", Count(1))
    assert time.monotonic() - began > 2 * SHORT / 1000
    assert "did not stop" in died.args[0]
    qtbot.waitUntil(lambda: newer.done, timeout=20_000)  # by the next worker: it was not at fault
    assert not newer.failures


@pytest.mark.parametrize("how", ["signal", "exit"])
def test_a_dead_worker_is_replaced(qtbot, worker, how) -> None:
    first = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: first.done, timeout=20_000)
    doomed = Heard(worker, "a", Die(how))
    other = Heard(worker, "b", Count(10_000, 0.01))
    with qtbot.waitSignal(worker.died):
        pass
    assert "your work is safe" in doomed.failures[0]
    before = len(other.steps)
    qtbot.waitUntil(lambda: len(other.steps) > before, timeout=20_000)  # asked again, for it was not at fault
    assert not other.failures
    again = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: again.done)
    assert again.steps[-1] != first.steps[-1]  # another process


CRASH = """
import os, signal, sys
from explorer.engine.crashes import note_crashes
note_crashes()
def here_it_ends():
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
here_it_ends()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folder for logs is asked of XDG's variables")
def test_where_a_signal_ended_it_stands_beside_the_log(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}

    def end(by: str) -> str:
        command = [sys.executable, "-c", CRASH, by]
        done = subprocess.run(command, env=environment, cwd=Path(__file__).parents[1], capture_output=True, check=False)
        assert done.returncode == -getattr(signal, by)
        (file,) = tmp_path.rglob("worker-crashes.log")
        return file.read_text("utf-8")

    assert "here_it_ends" in end("SIGSEGV")
    told = end("SIGABRT")
    assert told.count("here_it_ends") == 2
    assert told.index("Segmentation fault") < told.index("Aborted")
    (file,) = tmp_path.rglob("worker-crashes.log")
    assert not file.stat().st_mode & 0o111
    file.unlink()
    os.mkfifo(file)
    command = [sys.executable, "-c", CRASH, "SIGTERM"]
    assert subprocess.run(command, env=environment, cwd=Path(__file__).parents[1], timeout=20).returncode == -15


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=[pytest.mark.nightly, pytest.mark.timeout(600)])])
def test_a_graphics_card_that_is_lost_is_not_used_again(qtbot, worker, times: int) -> None:
    """The process ends with its context, and another one takes over, however often."""
    first = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: first.done, timeout=20_000)
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    worker.device_lost.connect(lambda: deaths.append("lost"))
    for _ in range(times):
        lost = Heard(worker, "a", Die("device"))
        qtbot.waitUntil(lambda lost=lost: bool(lost.failures), timeout=20_000)
        assert lost.failures == [CARD_LOST]
        again = Heard(worker, "a", Count(1))
        qtbot.waitUntil(lambda again=again: again.done, timeout=20_000)
        assert again.steps[-1] != first.steps[-1], "another process"
    assert deaths == ["lost", CARD_LOST] * times
    assert worker.state == "ready"


def test_an_error_is_a_sentence(qtbot, worker) -> None:
    heard = Heard(worker, "a", Die("error"))
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=20_000)
    assert "choose the CPU" in heard.failures[0]
    again = Heard(worker, "a", Count(1))  # the same worker goes on
    qtbot.waitUntil(lambda: again.done)


@pytest.mark.parametrize("target", [serve_nothing, serve_unfit, lambda *_: None], ids=["dies", "no torch", "no start"])
def test_a_worker_that_cannot_live_is_given_up(qtbot, target) -> None:
    worker = Worker(target)  # what is made in a test function cannot be sent, so that one is not even started
    worker.start()
    waiting = Heard(worker, "a", Count(1))
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    qtbot.waitUntil(lambda: worker.state == "down", timeout=60_000)
    assert len(deaths) == 3
    assert "cannot be started" in deaths[-1]
    assert len(waiting.failures) == 1 or waiting.done
    late = Heard(worker, "a", Count(1))
    assert late.failures == [deaths[-1]]  # at once: nobody is there to answer
    worker.restart()
    assert worker.state == "starting"
    worker.close()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is suspended so there")
def test_a_program_that_was_suspended_has_its_time_to_stop(qtbot, worker) -> None:
    """Ctrl+Z in the shell right behind Stop, and fg later: the worker was killed, which had not run since."""
    heard = Heard(worker, "a", Work(0.8))
    qtbot.waitUntil(lambda: bool(heard.steps), timeout=20_000)
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    seen = len(heard.steps)
    qtbot.waitUntil(lambda: len(heard.steps) > seen, timeout=20_000)  # a step begins
    os.kill(worker._process.pid, signal.SIGSTOP)
    worker.stop("a")
    time.sleep(PATIENCE / 1000 + 1.5)  # neither do we run
    os.kill(worker._process.pid, signal.SIGCONT)
    qtbot.waitUntil(lambda: not worker._stopped, timeout=10_000)
    assert deaths == []


@pytest.mark.skipif(sys.platform != "linux", reason="shared memory is no folder there")
def test_no_place_for_shared_memory_is_told(qtbot, monkeypatch) -> None:
    monkeypatch.setattr("multiprocessing.heap.BufferWrapper._heap", Heap())  # what it had before would do
    monkeypatch.setattr("multiprocessing.heap.Arena._dir_candidates", ["/dev/shm/not there"])
    worker = Worker()
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    worker.start()
    qtbot.waitUntil(lambda: worker.state == "down", timeout=20_000)
    assert "needs /dev/shm, which is missing here" in deaths[-1]
    worker.close()


def test_a_question_that_cannot_be_sent_fails_alone(qtbot, worker) -> None:
    heard = Heard(worker, "a", lambda: None)
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=20_000)
    again = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: again.done, timeout=20_000)


def test_full_shared_memory_is_gone_around() -> None:
    """On a /dev/shm of 1 MB, 8 MB cross all the same, and nothing is left behind."""
    inside = "mount -t tmpfs -o size=1m tmpfs /dev/shm && exec " + shlex.join([sys.executable, "-c", FULL])
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    ended = subprocess.run(["unshare", "-rm", "sh", "-c", inside], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "True []\n"), ended.stderr


FULL = """
import os, numpy as np
from explorer.maths.shared_arrays import collect, lend, names, room
values = np.arange(2_000_000, dtype=np.float32)
print(np.array_equal(collect(lend((values,), names(room(), "a")))[0], values), os.listdir("/dev/shm"))
"""


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="elsewhere blocks are not listed")
@pytest.mark.parametrize("ends", ["of its own", "when the window closes"])
def test_what_a_dead_worker_had_lent_or_not_read_goes_with_it(qtbot, worker, ends) -> None:
    """Found by closing it during every job: each killed worker left its last picture there until the program's end."""
    begun, picture = Heard(worker, "begun", Hang(60)), np.zeros(1 << 20, np.uint8)
    qtbot.waitUntil(lambda: bool(begun.steps), timeout=20_000)
    worker.stop("begun")  # it hangs, and reads no more
    Heard(worker, "unread", Double(picture))
    qtbot.waitUntil(lambda: len(shared_blocks()) == 1)
    if ends == "of its own":
        with qtbot.waitSignal(worker.died):
            worker.kill()
        Heard(worker, "last", DieSending(picture))
        qtbot.waitSignal(worker.died, timeout=20_000).wait()
    worker.close()
    assert not shared_blocks()


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="only Linux says who waits for a processor")
def test_who_waits_for_a_processor_is_no_job_that_hangs(qtbot, worker, monkeypatch) -> None:
    """A worker that gets a tenth of a core beside another program takes ten times as long; it is not killed, and stops.
    One that just goes on is."""
    monkeypatch.setattr("explorer.workspace.worker.PATIENCE", 250)
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    first = Heard(worker, "a", Count(1))
    qtbot.waitUntil(lambda: first.done and worker.state == "ready", timeout=20_000)
    core = min(os.sched_getaffinity(0))
    for thread in os.listdir(f"/proc/{worker._process.pid}/task"):
        os.sched_setaffinity(int(thread), {core})
    took = 0.0
    with other_program(core):
        while took < 0.3:  # longer than it has, or this shows nothing; a step may just be ending
            heard = Heard(worker, "a", Work(0.15))
            qtbot.waitUntil(lambda heard=heard: bool(heard.steps), timeout=20_000)
            start = time.monotonic()
            worker.stop("a")
            qtbot.waitUntil(lambda: not worker._stopped, timeout=30_000)
            took = time.monotonic() - start
            assert not deaths
    Heard(worker, "a", Work(1000))
    qtbot.waitUntil(lambda: worker._answered() != 0, timeout=20_000)
    with qtbot.waitSignal(worker.died, timeout=20_000):
        worker.stop("a")


@contextmanager
def other_program(core: int) -> Iterator[None]:
    """A program that leaves this core to nobody."""
    code = f"import os; os.sched_setaffinity(0, {{{core}}}); print(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        try:
            yield
        finally:
            program.kill()


def test_closing_while_it_hangs(qtbot) -> None:
    worker = Worker(serve_tests)
    worker.start()
    heard = Heard(worker, "a", Hang(60))
    qtbot.waitUntil(lambda: bool(heard.steps) and worker.state == "ready", timeout=20_000)
    pid = worker._process.pid
    worker.close()
    assert gone_after(pid) < 2, "the worker outlived the window"


def test_storm_of_starts_and_stops(qtbot, worker) -> None:
    deaths: list[str] = []
    worker.died.connect(deaths.append)
    heard = [Heard(worker, f"lane {i % 5}", Count(1_000_000, 0.001, str(i))) for i in range(300)]
    for i in range(5):
        worker.stop(f"lane {i}")
    last = Heard(worker, "last", Count(1))
    qtbot.waitUntil(lambda: last.done, timeout=20_000)
    assert not worker._jobs
    assert not any(h.failures for h in heard)
    qtbot.waitUntil(lambda: not worker._stopped, timeout=20_000)
    assert not deaths, "each heard that it is to stop: nothing had to be killed"


def test_what_is_asked_again_is_not_asked_for_ever(qtbot, worker) -> None:
    """A job beside one that ends the worker is asked of the next one; the second time it is told."""
    beside = Heard(worker, "beside", Count(100_000, 0.01))
    qtbot.waitUntil(lambda: bool(beside.steps), timeout=20_000)
    for deaths in (1, 2):
        doomed = Heard(worker, "a", Die("signal"))
        qtbot.waitUntil(lambda doomed=doomed: bool(doomed.failures), timeout=20_000)
        assert len(beside.failures) == deaths - 1


def test_what_is_asked_while_a_dead_worker_is_buried_has_not_failed(qapp) -> None:
    """Found by a storm of a thousand jobs: its connection was closed already, and that was told as an error."""
    worker, outbox, arrived = Worker(), queue.SimpleQueue(), []
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    ours.close()
    worker._arrived.connect(lambda *message: arrived.append(message), Qt.ConnectionType.DirectConnection)
    for message in (Ask(1, "a", Count(1)), None):
        outbox.put(message)
    worker._send(ours, outbox, iter(()))
    QTest.qWait(1)
    assert not arrived


def test_who_lets_a_closed_worker_go_is_not_its_own_thread(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends slowly keeps the thread that waits for it, and with it the worker, which is Qt's object."""
    goes_on, ended = threading.Event(), threading.Event()

    def slowly(_room: str) -> None:
        goes_on.wait(60)
        ended.set()

    monkeypatch.setattr(worker_module, "swept", slowly)
    worker = Worker(serve_tests)
    threads: list[threading.Thread] = []
    told = Qt.ConnectionType.DirectConnection  # in whichever thread it is
    worker.destroyed.connect(lambda: threads.append(threading.current_thread()), told)
    worker.start()
    qtbot.waitUntil(lambda: worker.state == "ready", timeout=20_000)
    keeper = worker._thread
    assert keeper is not None
    worker.close()
    assert keeper.is_alive()
    worker = None
    gc.collect()
    goes_on.set()
    assert ended.wait(60)
    keeper.join(60)
    assert threads == []
    outlive(keeper, keeper)  # as with the next one that is closed
    gc.collect()
    assert threads == [threading.main_thread()]
