"""Each piece of the window's work has a turn of the event loop for itself, with a turn for painting behind it."""

from __future__ import annotations

from collections import deque

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from explorer.engine.serve import Step
from explorer.ui.controls.turns import Turns
from explorer.workspace.own_turn import soon
from explorer.workspace.worker import Job, Worker


class Painted(QWidget):
    """Writes down when it is painted."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self.log = log

    def paintEvent(self, event) -> None:
        self.log.append("painted")


def turn(log: list[str]) -> list[str]:
    """What one turn of the event loop does."""
    before = len(log)
    QApplication.processEvents()
    return log[before:]


def turns_until(log: list[str], last: str) -> list[list[str]]:
    found: list[list[str]] = []
    while not found or last not in found[-1]:
        if done := turn(log):
            found.append(done)
        assert len(found) < 100
    return found


@pytest.fixture
def widget(qtbot) -> Painted:
    widget = Painted([])
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitUntil(lambda: bool(widget.log))
    for _ in range(5):
        QApplication.processEvents()
    widget.log.clear()
    return widget


def test_what_changes_the_window_is_painted_before_the_next_piece(widget: Painted) -> None:
    log = widget.log
    for name in "abc":
        soon(widget, lambda name=name: (log.append(name), widget.update()))
    assert log == [], "who asks goes on at once"
    assert turns_until(log, "c") == [["a"], ["painted"], ["b"], ["painted"], ["c"]]


def test_what_changed_before_somebody_asks_is_painted_first(widget: Painted) -> None:
    log = widget.log
    widget.update()
    soon(widget, lambda: log.append("a"))
    assert turns_until(log, "a") == [["painted"], ["a"]]


def test_answers_of_the_worker_and_panels_that_follow_do_not_meet(widget: Painted) -> None:
    log, worker, following = widget.log, Worker(), Turns(widget, 0)

    def show(name: str) -> None:
        log.append(name)
        widget.update()

    def parts():
        for name in ("part 1", "part 2", "part 3"):
            show(name)
            yield

    worker._jobs[1] = Job("maps", None, show, lambda _: None, lambda: None)
    for name in ("answer 1", "answer 2", "answer 3"):
        worker._keep_for_later(object(), Step(1, name))
    following.take("panel", parts())
    done = turns_until(log, "part 3")
    assert all(len(one) == 1 for one in done), "one piece a turn, and a picture is one"
    named = [one[0] for one in done if one != ["painted"]]
    assert sorted(named) == sorted([*(f"answer {n}" for n in (1, 2, 3)), *(f"part {n}" for n in (1, 2, 3))])
    assert [name for name in named if name.startswith("answer")] == ["answer 1", "answer 2", "answer 3"]


def test_who_is_gone_gets_no_turn_and_an_error_takes_none_from_the_others(widget: Painted, qtbot) -> None:
    log, gone = widget.log, QObject()

    def fail() -> None:
        raise ValueError("cannot be shown")

    soon(gone, lambda: log.append("gone"))
    soon(widget, fail)
    soon(widget, lambda: log.append("last"))
    delete(gone)
    with qtbot.captureExceptions() as told:
        turns_until(log, "last")
    assert log == ["last"]
    assert [str(error) for _, error, _ in told] == ["cannot be shown"]


def test_while_a_dialog_is_open_the_others_go_on(widget: Painted) -> None:
    log, loop = widget.log, QEventLoop()

    def ask() -> None:
        log.append("asked")
        QTimer.singleShot(5000, loop.quit)
        loop.exec()
        log.append("answered")

    soon(widget, ask)
    soon(widget, lambda: log.append("meanwhile"))
    soon(widget, loop.quit)
    turns_until(log, "answered")
    assert log == ["asked", "meanwhile", "answered"]


def test_between_two_parts_the_pause_is_kept(qapp) -> None:
    """The first turn's came at once, and with it the pause was gone: what waited for a spare moment asked for one
    again and again, and took a whole core."""
    asked: deque[int] = deque()

    def parts():
        for number in range(1000):
            asked.append(number)
            yield

    home = QObject()
    turns = Turns(home, 60_000)
    turns.take("never spare", parts())
    for _ in range(200):
        QApplication.processEvents()
    assert list(asked) == [0]
