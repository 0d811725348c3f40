"""Planted faults, the second part: of jobs, memory, folders, licences, unsaved edits and what measures for hours."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtTest import QTest

from explorer.engine.program import Program
from explorer.layers.activations import Softmax
from explorer.layers.dense import Input
from explorer.layers.windows import AvgPool2d
from explorer.maths.patch_records import Patches
from explorer.maths.sentences import Refusal
from explorer.network.network import Network, Node
from explorer.workspace.recovery import Recovery
from explorer.workspace.worker import Worker
from tests import (
    own_time,
    test_broken_folder,
    test_job_storms,
    test_killed,
    test_licences,
    test_memory_estimate,
    test_out_of_memory,
    worker_side,
)
from tests.fuzzing import Parser
from tests.ready import ReadyWorker

seen = pytest.raises((AssertionError, pytest.fail.Exception))


def test_a_parser_that_stumbles() -> None:
    """S4 and S5: what is no refusal ends the run, and so does a refusal that nobody would read."""

    def refuse(data: bytes) -> None:
        raise Refusal("x" * (20 * len(data)))

    with pytest.raises(ZeroDivisionError):
        Parser(lambda data: 1 // len(data), (Refusal,), list).attempt(b"")
    parser = Parser(refuse, (Refusal,), list)
    assert not parser.attempt(b"1")
    with seen:
        parser.attempt(b"x" * 20)


def test_a_program_that_does_not_end(qapp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """U3: it is closed, and its worker lives on."""
    left: list[Worker] = []
    close = Worker.close
    monkeypatch.setattr(Worker, "close", lambda worker: left.append(worker))
    monkeypatch.setattr(test_job_storms, "CLOSING", 1.0)
    monkeypatch.setattr(own_time, "LINGERING", 1.2)
    monkeypatch.setattr(test_job_storms, "serve_all_jobs", worker_side.serve_tests)
    jobs = {name: (name, worker_side.Count(99, 0.005)) for name in "abc"}
    with seen:
        test_job_storms.test_closed_at_any_moment_of_any_job(qapp, jobs, tmp_path, 0)
    for worker in left:
        close(worker)


def test_a_worker_that_nobody_replaces(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    """U5."""
    worker = ReadyWorker(worker_side.serve_all_jobs)
    worker.start()
    wait = test_job_storms.wait
    wait(lambda: worker.state == "ready")
    pid = worker._process.pid

    died: list[float] = []

    def unreplaced() -> bool:
        """A second after its end."""
        if not died and not own_time.alive(pid):
            died.append(time.monotonic())
        return bool(died) and worker._process.pid == pid and time.monotonic() - died[0] > 1

    def wait_for(condition: Callable[[], object], *_: object) -> None:
        wait(lambda: condition() or unreplaced())
        assert condition()

    monkeypatch.setattr(test_job_storms, "wait", wait_for)
    monkeypatch.setattr(Worker, "_bury", lambda *_: None)
    with seen:
        test_job_storms.test_a_worker_that_ends_in_any_way_in_any_state_is_replaced(
            worker, {}, monkeypatch, "idle", signal.SIGKILL, 1
        )
    worker.close()


@pytest.mark.parametrize(("told", "taken"), [(10, 100), (300, 100)])
def test_memory_that_is_told_wrong(told: float, taken: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """M1."""
    monkeypatch.setattr(test_memory_estimate, "measured", lambda cases: dict.fromkeys(cases, (told, taken)))
    with seen:
        test_memory_estimate.test_what_is_told_is_about_what_is_taken()


def chain() -> Network:
    """As many operations as that test wants, and next to no work."""
    nodes = [Node("in", Input(3, 224, 224)), Node("small", AvgPool2d(112, 112), ("in",))]
    for number in range(30):
        nodes.append(Node(f"act{number}", Softmax(), (nodes[-1].id,)))
    return Network({node.id: node for node in nodes})


def test_memory_that_ends_and_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """M2."""
    monkeypatch.setattr(test_out_of_memory, "sentence", lambda error: f"Something unexpected: {error}")
    with seen:
        test_out_of_memory.test_at_any_operation("torch", Program(chain(), {}))


@pytest.mark.parametrize("fault", ["one is not counted", "one is taken twice"])
def test_a_folder_that_is_counted_wrong(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M6."""
    answer = test_broken_folder.answer

    def planted(question: Any) -> Iterator[Any]:
        for step in answer(question):
            if isinstance(step, Patches) and fault == "one is not counted":
                yield replace(step, broken=step.broken[1:])
            elif isinstance(step, Patches):
                yield replace(step, files=(*step.files, *step.files[:1]))
            else:
                yield step

    monkeypatch.setattr(test_broken_folder, "answer", planted)
    with seen:
        test_broken_folder.test_each_file_once_and_the_broken_ones_counted(tmp_path, monkeypatch, 60)


@pytest.mark.parametrize("said", ["GNU GPL v3", "AGPL-3.0", ""])
def test_a_library_that_may_not_be_given_away(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """L4."""
    monkeypatch.setattr(test_licences, "licence", lambda _: said)
    with seen:
        test_licences.test_a_dependency_may_be_used_freely("numpy")


def test_unsaved_edits_that_are_not_found(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Recovery, "left", lambda _: [])
    with seen:
        test_killed.test_what_is_no_file_of_ours_neither_ends_the_start_nor_is_deleted(qapp, None, "zeros")


def test_a_window_that_grows() -> None:
    """M4: what the soak prints of a window that takes 12 MB more in an hour, in steps, with much noise."""
    from benchmarks.soak import NAMES, summed_up

    chance = np.random.default_rng(random.Random(2).randrange(9))
    minutes = np.arange(0, 60, 0.05)
    table = np.repeat(minutes[:, None], 1 + len(NAMES), 1)
    table[:, 1:] = 200 + chance.normal(0, 6, (len(minutes), len(NAMES)))
    table[:, 1] += 12 * np.floor(minutes / 5) / 12
    found = summed_up(table, 10.0)
    assert found["window MB an hour"] == pytest.approx(12, abs=3)
    assert found["worker MB an hour"] == pytest.approx(0, abs=3)


def test_a_window_that_stands_still(qapp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """U1: the heartbeat misses no pause, and knows whose it was."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CNN_EXPLORER_CACHE", "QT_QPA_PLATFORM"):
        monkeypatch.setenv(name, "offscreen" if name == "QT_QPA_PLATFORM" else str(tmp_path))  # it has its own
    monkeypatch.setattr("tempfile.mkdtemp", lambda: str(tmp_path))
    from benchmarks.heartbeat import Heartbeat

    beat = Heartbeat()
    QTest.qWait(60)
    beat.clear()
    time.sleep(0.12)  # somebody else's
    QTest.qWait(40)
    told = beat.told()
    assert told["max"] >= 100
    assert told["own"] < 60
    until = time.thread_time() + 0.08
    while time.thread_time() < until:  # its own
        pass
    QTest.qWait(40)
    assert beat.told()["own"] >= 60
