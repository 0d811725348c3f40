"""A test of the tests: for goals of docs/security.md whose tests share a check, a fault is planted, and it is seen.

The checks of the source (S6, painters) have theirs in test_architecture, that of errors in slots in
stories/test_errors.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.engine.downloads import Address
from explorer.maths.sentences import Refusal
from explorer.workspace.document import Document
from explorer.workspace.worker import Worker
from tests import (
    test_atomic,
    test_checkpoint_files,
    test_downloads,
    test_hostile_files,
    test_job_storms,
    test_storm,
    worker_side,
)

seen = pytest.raises((AssertionError, pytest.fail.Exception))


@contextmanager
def not_atomic(path: str | Path, _size: int = 0) -> Iterator[BinaryIO]:
    """Writes over the old file, as most programs do."""
    with open(path, "wb") as file:
        yield file


def test_a_write_that_is_not_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_atomic, "replacing", not_atomic)
    with seen:
        test_atomic.test_a_failing_block_keeps_the_old_file(tmp_path)


def test_a_kill_in_the_middle_of_such_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of kill -9 in its own process, with another way of writing there."""
    popen = test_atomic.subprocess.Popen

    def planted(words: list[Any], **more: Any) -> Any:
        code = words[2].replace("with replacing(sys.argv[1], len(data)) as", "with open(sys.argv[1], 'wb') as")
        assert code != words[2]
        return popen([words[0], "-c", code, *words[3:]], **more)

    monkeypatch.setattr(test_atomic.subprocess, "Popen", planted)
    with seen:
        test_atomic.test_kill_while_saving_leaves_old_or_new(tmp_path)


@pytest.mark.parametrize(
    "said", ["x" * 400, "“net.pt” is broken: take\nanother", "“net.pt” is broken.", None]
)  # too long, of two lines, without advice, no refusal at all
def test_a_refusal_that_is_no_sentence(said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(_path: Path) -> list[str]:
        if said is not None:
            raise Refusal(said)
        return []

    monkeypatch.setattr(test_hostile_files, "open_file", planted)
    with seen:
        test_hostile_files.refused(tmp_path / "net.pt")


def test_a_reader_that_runs_what_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_checkpoint_files, "read", lambda path: os.listdir(path.parent))
    with seen:
        test_checkpoint_files.refused(tmp_path / "net.pt")


def test_a_download_that_is_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(_address: Address, path: Path) -> Iterator[None]:
        path.write_bytes(b"anything")
        yield

    monkeypatch.setattr(test_downloads, "fetch", planted)
    with seen:
        test_downloads.refused(Address("http://127.0.0.1/net.pth", 8, "0" * 8), tmp_path)


def test_a_goal_whose_test_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (test_hostile_files.ROOT / "docs" / "security.md").read_text("utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "security.md").write_text(page + "\n`test_atomic::test_that_nobody_wrote`", "utf-8")
    (tmp_path / "tests").symlink_to(test_hostile_files.ROOT / "tests")
    monkeypatch.setattr(test_hostile_files, "ROOT", tmp_path)
    with seen:
        test_hostile_files.test_every_goal_of_the_list_has_its_tests()


def test_an_edit_that_is_lost(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    storm = test_storm.Storm()
    storm.the_history_is_the_models()
    monkeypatch.setattr(Document, "edit", lambda *_args, **_words: None)
    storm.edit(CLASSICS["lenet5"].project)
    with seen:
        storm.the_history_is_the_models()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="what a process holds is read from /proc")
@pytest.mark.parametrize("what", ["threads", "files"])
def test_a_job_that_leaves_something_behind(what: str, tmp_path: Path) -> None:
    over, files = threading.Event(), []
    before = test_job_storms.held(os.getpid())
    for number in range(8):
        if what == "threads":
            threading.Thread(target=over.wait, daemon=True).start()
        else:
            files.append((tmp_path / str(number)).open("w", encoding="utf-8"))
    with seen:
        test_job_storms.nothing_kept(before, test_job_storms.held(os.getpid()))
    over.set()
    for file in files:
        file.close()


def test_an_answer_that_comes_too_late(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that goes on telling what was stopped."""
    worker = Worker(worker_side.serve_tests)
    worker.start()
    test_job_storms.wait(lambda: worker.state == "ready")
    monkeypatch.setattr(Worker, "stop", lambda *_: None)
    jobs = {name: (name, worker_side.Count(40, 0.005, name)) for name in ("one", "two")}
    with seen:
        test_job_storms.storm(worker, jobs, 12, random.Random(3))
    worker.close()
