"""What takes longer than a frame is made part by part, and nothing of it is missing after."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from explorer.maths.records import ModelCard
from explorer.ui import ahead
from explorer.ui.controls.turns import Turns
from explorer.ui.tables.model_table import ModelTable

COUNT = """
import sys
from explorer.ui import ahead
from explorer.ui.application import build
from PySide6.QtWidgets import QApplication

window = build(QApplication([]))
window.fill_panels()
window.canvas
most = 0
import numpy.typing

for module in ahead.modules():
    before = set(sys.modules)
    __import__(module)
    most = max(most, len({name for name in set(sys.modules) - before if name.startswith("explorer.")}))
print(most, *{"torch", "pyqtgraph"} & set(sys.modules))
"""


@pytest.fixture
def turns(qapp) -> Turns:
    return Turns(QObject(qapp), 0)


def made(log: list[str], name: str, count: int):
    for number in range(count):
        log.append(f"{name}{number}")
        yield


def test_one_part_a_turn_in_the_order_things_were_asked_for(turns, qtbot) -> None:
    log: list[str] = []
    turns.take("a", made(log, "a", 3))
    turns.take("b", made(log, "b", 2))
    assert log == [], "who asks goes on at once"
    seen = [0]
    while "b" in turns:
        QApplication.processEvents()
        seen.append(len(log))
    assert log == ["a0", "a1", "a2", "b0", "b1"]
    assert all(after - before <= 1 for before, after in pairwise(seen)), "one a turn"
    assert "a" not in turns


def test_who_needs_it_now_has_it_whole_and_it_is_not_made_again(turns, qtbot) -> None:
    log: list[str] = []
    turns.take("a", made(log, "a", 4))
    turns._turn()
    assert log == ["a0"]
    turns.finish("a")
    turns.finish("a")
    turns.finish("never asked for")
    assert log == ["a0", "a1", "a2", "a3"]
    turns.take("b", made(log, "b", 1))
    qtbot.waitUntil(lambda: "b" not in turns)
    assert log[4:] == ["b0"]


def test_what_nobody_wants_any_more_is_made_no_further(turns, qtbot) -> None:
    log: list[str] = []
    turns.take("a", made(log, "a", 4))
    turns.take("a", made(log, "again", 2))  # instead
    turns.take("b", made(log, "b", 2))
    turns.drop("b")
    turns.drop("never asked for")
    qtbot.waitUntil(lambda: "a" not in turns)
    assert log == ["again0", "again1"]


def test_an_error_is_told_and_the_others_are_made(turns, qtbot) -> None:
    log: list[str] = []

    def broken():
        yield
        raise ValueError("a part that cannot be made")

    turns.take("broken", broken())
    turns.take("a", made(log, "a", 2))
    with qtbot.captureExceptions() as told:
        qtbot.waitUntil(lambda: "a" not in turns)
    assert [str(error) for _, error, _ in told] == ["a part that cannot be made"]
    assert log == ["a0", "a1"]


def test_a_part_may_ask_for_what_is_being_made_anew(turns, qtbot) -> None:
    log: list[str] = []

    def asking():
        turns.take("a", made(log, "new", 2))
        yield
        log.append("old")
        yield

    turns.take("a", asking())
    qtbot.waitUntil(lambda: "a" not in turns)
    assert log == ["new0", "new1"]


def test_modules_are_imported_a_few_at_a_time_and_nothing_heavy_with_them() -> None:
    said = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, timeout=120)
    most, *heavy = said.stdout.split()
    assert int(most) <= 14, "else a turn is longer than a frame"
    assert not heavy, "torch is the worker's, and pyqtgraph a thread's"


def test_modules_are_put_out_of_the_sight_of_who_looks_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what all of them are made of is looked through at once, for longer than a frame."""
    monkeypatch.setattr(ahead, "modules", lambda: iter(["this"]))
    monkeypatch.delitem(sys.modules, "this", raising=False)
    made: list[object] = []
    assert any(each is made for each in gc.get_objects())
    for _ in ahead._importing(threading.Thread()):
        if "this" in sys.modules:
            break
    assert not any(each is made for each in gc.get_objects())


def test_a_list_that_comes_anew_makes_only_the_rows_that_differ(qapp) -> None:
    table = ModelTable()
    cards = [ModelCard(name, name, "", 1, 2, "", "", "", "", installed=False) for name in "abc"]
    table.fill(cards)
    items = [table._all.item(row) for row in range(3)]
    told: list[int] = []
    table._all.itemChanged.connect(lambda item: told.append(item.row()))
    table.fill(tuple(cards))
    assert told == []
    table.fill([cards[0], replace(cards[1], installed=True), cards[2]])
    assert [table._all.item(row) is items[row] for row in range(3)] == [True, False, True]
    assert [table.index(row, 3).data() for row in range(3)] == ["", "yes", ""]
    assert [table.card(row).installed for row in range(3)] == [False, True, False]
    table.fill(cards[1:])
    assert [table.card(row).name for row in range(table.rowCount())] == ["b", "c"]
    table.fill(())
    assert table.rowCount() == 0
