"""What the window's thread must not do while somebody works: import, look through everything for garbage."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from explorer.ui.spare import RESTING, Spare
from explorer.ui.tidying import AT_LAST, DUE, MUCH, OFTEN, OVERDUE, SLOWLY, Tidying, tidy_young
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker

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
    session = Session(Document(), IdleWorker())
    yield session
    session.close()


def collections() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_everything_is_looked_through_in_a_pause(session: Session, qtbot) -> None:
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
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


class Loop:
    def __init__(self) -> None:
        self.own = self


def test_no_other_thread_looks_for_garbage(session: Session, qtbot) -> None:
    """Else what is Qt's would be taken apart in the thread that hears the worker."""
    gc.enable()
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    assert tidying.often.interval() == 250
    gone, seen = weakref.ref(Loop()), []
    gc.callbacks.append(lambda *_: seen.append(threading.current_thread()))
    try:
        maker = threading.Thread(target=lambda: [Loop() for _ in range(5_000)])
        maker.start()
        maker.join()
        assert seen == []
        assert gone() is not None
        tidying.often.setInterval(20)
        qtbot.waitUntil(lambda: gone() is None)
        assert set(seen) == {threading.main_thread()}
    finally:
        gc.callbacks.pop()


def test_everything_is_looked_through_at_last_where_there_is_no_pause() -> None:
    gc.collect()
    before = collections()
    for _ in range(AT_LAST):
        gc.collect(1)
    made = [Loop() for _ in range(2_000)]
    tidy_young()
    assert collections() == before, "not yet"
    gc.collect(1)
    made += [Loop() for _ in range(2_000)]
    tidy_young()
    assert collections() == before + 1


def test_what_is_young_is_looked_through_after_a_change_however_little_was_made_in_all(session: Session, qtbot) -> None:
    """What an edit frees counts against what it makes; without this 100,000 values waited, and took 40 ms at once."""
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    gc.collect()
    old = [Loop() for _ in range(3_000)]
    gc.collect(0)
    gone, made = weakref.ref(Loop()), [Loop() for _ in range(2_000)]
    for each in old:
        each.own = made[0]
    del old[:], each  # which are counted as if they were some of those made
    assert gc.get_count()[0] < gc.get_threshold()[0]
    tidying._tidy_young()
    assert gone() is not None
    session.selection_changed.emit(())
    tidying._tidy_young()
    assert gone() is None


def test_a_window_that_rests_is_woken_seldom_and_at_once_where_something_happens(session: Session) -> None:
    parent = QWidget()
    spare = Spare(session, parent)
    tidying = Tidying(session, parent, spare)
    gc.collect()
    for _ in range(3):
        tidying._tidy_young()
    assert tidying.often.interval() == OFTEN, "somebody may go on working"
    spare._since -= RESTING
    intervals = []
    for _ in range(8):
        gc.collect(0)
        tidying._tidy_young()
        intervals.append(tidying.often.interval())
    assert intervals == [500, 1000, 2000, 4000, 8000, SLOWLY, SLOWLY, SLOWLY]
    made = [Loop() for _ in range(2_000)]  # by what moves by itself
    tidying._tidy_young()
    assert tidying.often.interval() == OFTEN
    del made
    gc.collect()
    tidying._tidy_young()
    assert tidying.often.interval() == 2 * OFTEN
    session.place_changed.emit(None)
    assert tidying.often.interval() == OFTEN


def test_what_outlived_the_first_look_does_not_wait_until_it_is_ten_times_as_much() -> None:
    gc.collect()
    kept = []
    for _ in range(3):
        kept += [Loop() for _ in range(MUCH // 2)]
        tidy_young()
    assert gc.get_count()[2] == 1
    assert len(gc.get_objects(generation=1)) < MUCH


def test_freed_memory_goes_back_in_a_pause_and_not_in_each(
    session: Session, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr("explorer.ui.tidying.give_back_memory", lambda: given.append(1))
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    tidying.pause.setInterval(20)

    def pause() -> None:
        session.selection_changed.emit(())
        qtbot.waitUntil(lambda: not tidying.pause.isActive())

    pause()
    assert not given, "the program has just begun"
    monkeypatch.setattr("explorer.ui.tidying.SELDOM", 0.0)
    pause()
    assert given == [1]
    monkeypatch.setattr("explorer.ui.tidying.SELDOM", 60.0)
    pause()
    assert given == [1]


def test_freed_memory_goes_back_while_a_video_leaves_no_pause(
    session: Session, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it kept at the end of the heap grew for as long as it played."""
    given, late = [], 0.0
    monkeypatch.setattr("explorer.ui.tidying.give_back_memory", lambda: given.append(1))
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    begun = time.monotonic()
    monkeypatch.setattr("explorer.ui.tidying.time", SimpleNamespace(monotonic=lambda: begun + late))

    def frame_is_shown() -> None:
        session.frame_changed.emit(None)
        tidying.often.timeout.emit()
        QTest.qWait(1)  # a turn to paint, and one for it

    for late in (5.0, OVERDUE - 1):  # noqa: B007  (the clock reads it)
        frame_is_shown()
        assert not given
    late = OVERDUE + 1
    for _ in range(2):
        frame_is_shown()
        assert given == [1], "once"
    assert tidying.pause.isActive(), "there was none"
    late += OVERDUE - 1
    frame_is_shown()
    assert given == [1]
    late += 2
    frame_is_shown()
    assert given == [1, 1]
    late += 2 * OVERDUE
    tidying.often.timeout.emit()
    QTest.qWait(1)
    assert given == [1, 1], "nobody has worked since"


def test_how_much_is_out_of_sight_is_never_asked(session: Session, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python goes through all of it to tell: that took 10 ms of each pause."""
    asked = []
    monkeypatch.setattr("gc.get_freeze_count", lambda: asked.append(1) or 0)
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    tidying.pause.setInterval(10)
    session.opened.emit("")
    session.selection_changed.emit(())
    qtbot.waitUntil(lambda: not tidying.pause.isActive())
    tidying._tidy_all()
    assert not asked


def test_what_was_out_of_sight_is_looked_through_when_the_user_is_away(session: Session, qtbot) -> None:
    parent = QWidget()
    tidying = Tidying(session, parent, Spare(session, parent))
    assert tidying.away.interval() == 60_000
    gone = weakref.ref(Loop())
    session.opened.emit("")
    gc.collect()
    assert gone() is not None
    tidying._spare.stir()
    tidying._tidy_all()
    assert gone() is not None, "somebody moves the mouse"
    tidying.away.setInterval(50)
    session.selection_changed.emit(())
    qtbot.waitUntil(lambda: not tidying.away.isActive())
    assert gone() is None
    before = collections()
    assert gc.get_freeze_count() > 10_000, "out of sight again"
    session.selection_changed.emit(())
    qtbot.waitUntil(lambda: not tidying.away.isActive())
    assert collections() == before, "nothing was opened since"
