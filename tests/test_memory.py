"""What is freed stays with the process that computes, and goes back when it is told to, or has nothing to do."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import threading
from multiprocessing import Pipe, Value
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer import start
from explorer.engine import memory, serve
from explorer.engine.memory import Surplus
from explorer.engine.serve import Ask, Lanes
from explorer.formats import home

ROOT = Path(__file__).parents[1]

PROGRAM = """
import os
import numpy as np
from explorer.engine.memory import give_back, keep_freed

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000

def work():
    for _ in range(3):
        np.ones(25_000_000, np.float32)

before = resident()
work()
usual = resident() - before
keep_freed()
work()
kept = resident() - before
give_back()
print(usual, kept, resident() - before)
"""


SURPLUS = """
import os
import numpy as np
from explorer.engine import memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000

memory.MUCH, memory.LOOKS, memory.TURNS = 50_000_000, 0.0, 0.0
memory.keep_freed()
between = memory.Surplus()
before = resident()
held = [np.ones(2_500_000, np.float32) for _ in range(20)]
parts = [np.ones(50_000, np.float32) for _ in range(1_000)]
left = parts[::2]  # what is between them stays: the end of the heap is no help
del parts
few = resident() - before
between()
kept = resident() - before
del held
between()
print(few, kept, resident() - before, len(left))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another system's memory is left as it is")
def test_what_is_much_and_not_used_goes_back_between_two_questions() -> None:
    told = subprocess.run([sys.executable, "-c", SURPLUS], capture_output=True, text=True, check=True).stdout
    few, kept, given_back, _ = map(int, told.split())
    assert few >= 395  # of 200 and 200
    assert kept >= 395, "of less than what is used nothing goes back"
    assert 100 <= given_back < 130


def test_it_is_looked_at_seldom_and_what_stays_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now, given, mb = [1000], [], 1 << 20
    held = [100 * mb, 900 * mb]
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(memory, "used_and_kept", lambda: tuple(held))
    monkeypatch.setattr(memory, "give_back", lambda: given.append(now[0]))
    between = Surplus()
    for _ in range(64):
        now[0] += 1
        between()
    assert given == [1060], "the process has just begun"
    now[0] += 70
    between()
    assert len(given) == 1, "900 MB stay: Python's own"
    held[1] += 520 * mb
    now[0] += 1
    between()
    assert len(given) == 1, "a look takes milliseconds"
    now[0] += 5
    between()
    assert len(given) == 2
    held[:] = [100 * mb, 400 * mb]
    now[0] += 70
    between()
    held[1] = 920 * mb
    now[0] += 10
    between()
    assert len(given) == 3, "what stays is no more than there was since"
    held[:] = [800 * mb, 1700 * mb]
    now[0] += 70
    between()
    assert len(given) == 3, "so much is used that as much may be kept"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another system's memory is left as it is")
def test_what_is_freed_is_kept_until_it_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    usual, kept, given_back = map(int, told.split())
    assert usual < 20
    assert kept >= 98  # of 100, twice rounded down
    assert given_back < 20


def test_the_worker_looks_behind_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)
    ours, theirs = Pipe()
    lanes = Lanes(theirs, Value("i", 0), lambda question: iter(question), lambda: None, looked.release)
    thread = threading.Thread(target=lanes.run)
    thread.start()
    for question in ("abc", (), "d"):
        ours.send(Ask(1, "lane", question))
        for step in question:
            assert ours.recv().value == step
        assert isinstance(ours.recv(), serve.Done)
        assert looked.acquire(timeout=20)
    assert not looked.acquire(timeout=0.1), "once for each, not in the middle of its work"
    ours.send(None)
    thread.join(20)
    assert not thread.is_alive()


def test_the_worker_gives_back_once_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "REST", 0.05)
    rested = threading.Semaphore(0)
    ours, theirs = Pipe()
    lanes = Lanes(theirs, Value("i", 0), lambda question: iter([question]), rested.release)
    thread = threading.Thread(target=lanes.run)
    thread.start()
    assert rested.acquire(timeout=20)
    assert not rested.acquire(timeout=0.3), "once is enough"
    ours.send(Ask(1, "lane", "question"))
    assert ours.recv().value == "question"
    assert rested.acquire(timeout=20), "after each work"
    ours.send(None)
    thread.join(20)
    assert not thread.is_alive()


ARENAS = """
import ctypes, sys, threading
from explorer.engine.memory import one_heap
if sys.argv[1] == "one":
    one_heap()
together = threading.Barrier(4)
def make():
    kept = [bytes(1000 + n) for n in range(5000)]
    together.wait()
threads = [threading.Thread(target=make) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only glibc has heaps for threads")
def test_all_threads_of_the_window_share_a_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each has holes of its own; the window asks for it before it has other threads."""

    def heaps(how: str) -> int:
        command = [sys.executable, "-c", ARENAS, how]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stderr.count("Arena ")

    assert (heaps("one"), heaps("each") > 1) == (1, True)
    order: list[str] = []
    monkeypatch.setattr(memory, "one_heap", lambda: order.append("one heap"))
    monkeypatch.setattr(home, "stand_in", lambda: order.append("home") or "")
    monkeypatch.setattr(start, "no_window", lambda: "no screen")
    monkeypatch.setattr(start, "stop_quietly", lambda: None)  # Ctrl+C stays the tests'
    monkeypatch.setattr(gc, "disable", lambda: None)
    assert start.main([]) == 1
    assert order == ["one heap", "home"]
