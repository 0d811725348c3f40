"""What the window's thread must not do while somebody works: import, look through everything for garbage."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from explorer.ui.tidying import AT_LAST, DUE, Tidying
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.worker import Worker
from tests.idle_side import serve_idle

SMALL = {"multiprocessing.shared_memory", "_posixshmem", "_posixsubprocess"}


def test_nothing_large_is_imported_while_somebody_works() -> None:
    """It would take a frame or two: numpy.ma alone, which numpy.unique asks for, up to 40 ms."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.working_side"], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["imported"]) <= SMALL
    assert told["collections of everything"] == 0


@pytest.fixture
def session(qtbot) -> Iterator[Session]:
    session = Session(Document(), Worker(serve_idle))
    before = gc.get_threshold()
    yield session
    gc.set_threshold(*before)
    session.close()


def collections() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_everything_is_looked_through_in_a_pause(session: Session, qtbot) -> None:
    parent = QObject()
    tidying = Tidying(session, parent)
    assert gc.get_threshold()[2] == AT_LAST
    tidying.pause.setInterval(50)
    gc.collect()
    before = collections()
    for _ in range(DUE - 1):
        gc.collect(1)
    session.selection_changed.emit(())
    qtbot.waitUntil(lambda: not tidying.pause.isActive())
    assert collections() == before, "too little was made for it"
    gc.collect(1)
    session.selection_changed.emit(())
    assert collections() == before, "not in the same turn"
    qtbot.waitUntil(lambda: collections() == before + 1)
    assert gc.get_count()[2] == 0
