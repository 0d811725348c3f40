"""A worker that begins with torch imported is otherwise like one that begins anew."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest

from tests.ready import ReadyWorker
from tests.worker_side import serve_telling


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="each begins anew there")
def test_each_has_the_environment_of_its_own_start_and_nothing_of_those_before(qtbot, monkeypatch) -> None:
    for value in ("first", "second", None):
        monkeypatch.delenv("CNNX_TOLD", raising=False)
        if value is not None:
            monkeypatch.setenv("CNNX_TOLD", value)
        worker = ReadyWorker(serve_telling)
        worker.start()
        for before in ((), ("CNNX_TOLD",)):
            told: list[Any] = []
            done: list[bool] = []
            worker.ask("lane", "CNNX_TOLD", told.append, told.append, lambda done=done: done.append(True))
            qtbot.waitUntil(lambda done=done: bool(done))
            assert told == [(True, value, before)]
        worker.close()
