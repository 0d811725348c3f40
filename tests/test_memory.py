"""What is freed stays with the process that computes, and goes back when it is told to, or has nothing to do."""

from __future__ import annotations

import platform
import subprocess
import sys
import threading
from multiprocessing import Pipe, Value

import pytest

from explorer.engine import serve
from explorer.engine.serve import Ask, Lanes

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another system's memory is left as it is")
def test_what_is_freed_is_kept_until_it_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    usual, kept, given_back = map(int, told.split())
    assert usual < 20
    assert kept >= 98  # of 100, twice rounded down
    assert given_back < 20


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
