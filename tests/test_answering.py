"""The window answers: what takes longer than a frame is made later, or in parts, and nothing is missed for that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from explorer.classics.catalogue import CLASSICS
from explorer.maths.records import Progress
from explorer.ui.ahead import in_spare_moments
from explorer.ui.commands import Commands
from explorer.ui.pictures.precision_curve import Curve, PrecisionCurve
from explorer.ui.spare import Spare
from explorer.ui.window import Window
from tests.settled import settled
from tests.window_side import idle_window


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    yield window
    window.close_now()


def test_commands_are_looked_through_once_for_all_that_a_network_changes(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    times, refresh = [], Commands.refresh

    def counted(commands: Commands, *told: object) -> None:
        times.append(1)
        refresh(commands, *told)

    for _ in range(10):
        QApplication.processEvents()
    monkeypatch.setattr(Commands, "refresh", counted)
    window.session.open_project(CLASSICS["lenet5"].project)
    assert not times, "not in the turn of the network"
    for _ in range(20):
        QApplication.processEvents()
    assert len(times) == 1, "nothing has changed since"


def test_a_key_in_the_same_turn_finds_the_command_as_it_is_now(window: Window) -> None:
    document = window.session.document
    window.session.open_project(CLASSICS["lenet5"].project)
    QApplication.processEvents()
    undo = next(action for command, action in window.commands.actions if command.text == "Undo")
    assert not undo.isEnabled()
    first = next(id for id, node in document.project.network.nodes.items() if node.layer.kind == "Conv2d")
    document.edit("Change", document.project.rewired(document.project.network.with_settings(first, padding=1)))
    assert not undo.isEnabled(), "else this test shows nothing"
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.history.index == 0
    document.redo()
    assert next(action for command, action in window.commands.actions if command.text == "Undo").isEnabled()


def test_curves_that_come_anew_are_the_same_lines_with_other_numbers(qtbot) -> None:
    plot = PrecisionCurve()
    qtbot.addWidget(plot)
    with qtbot.waitSignal(plot.ready, timeout=30_000):
        plot.show()

    def shown(*values: float, strong: int = 0) -> list[object]:
        plot.show_curves([Curve(str(at), np.full(101, value), at == strong) for at, value in enumerate(values)])
        lines: list[object] = plot.plot.listDataItems()
        assert [line.getData()[1][0] for line in lines] == list(values)
        assert [line.opts["pen"].width() for line in lines] == [2 if at == strong else 1 for at in range(len(values))]
        return lines

    before = shown(0.1, 0.2)
    assert shown(0.3, 0.4) == before
    assert shown(0.3, 0.4, strong=1) != before
    assert len(shown(0.5)) == 1
    assert len(plot.plot.getPlotItem().legend.items) == 1
    assert shown() == []


@pytest.fixture
def spare(window: Window) -> Spare:
    """Of a window in which nothing has happened for long."""
    window.session.open_project(CLASSICS["lenet5"].project)
    settled(window.session)
    spare = Spare(window.session, window)
    spare._since -= 100
    return spare


def made(spare: Spare, count: int = 3) -> tuple[list[int], Iterator[None]]:
    log: list[int] = []

    def parts() -> Iterator[None]:
        for number in range(count):
            log.append(number)
            yield

    return log, in_spare_moments(parts(), spare)


def test_one_part_a_turn_where_nothing_happens(spare: Spare) -> None:
    log, turns = made(spare)
    assert [(next(turns), len(log))[1] for _ in range(3)] == [1, 2, 3]
    assert next(turns, "over") == "over"


def test_nothing_is_made_ahead_until_the_first_answer_of_what_was_asked_for(spare: Spare, window: Window) -> None:
    log, turns = made(spare)
    session = window.session

    def turn(lane: str, progress: Progress | None) -> int:
        """What is made by then, after a long time."""
        session._set_work(lane, progress)
        assert not spare.now, "something has just happened"
        spare._since -= 100
        next(turns)
        return len(log)

    assert turn("model", Progress("Opening ResNet-18")) == 0
    assert turn("style 1", Progress("Painting")) == 0
    assert turn("model", None) == 0, "the picture is waited for still"
    assert turn("style 1", Progress("Painting", 1, 50)) == 1
    before = spare._since
    session._set_work("style 1", Progress("Painting", 2, 50))
    assert spare._since == before, "a long job goes on beside it"
    assert turn("style 1", None) == 2
    assert turn("style 1", Progress("Painting")) == 2, "asked for anew"


def test_no_part_in_the_turn_of_a_key_a_move_a_frame_or_while_a_menu_is_open(spare: Spare, window: Window) -> None:
    log, turns = made(spare, 20)
    session, handle, at = window.session, window.windowHandle(), window.rect().center()
    menu, box = QMenu(window), QMessageBox(window)
    menu.addAction("One")
    next(turns)
    for begin, end in (
        (lambda: QTest.keyClick(handle, Qt.Key.Key_Shift), None),
        (lambda: QTest.mouseMove(handle, at), None),
        (lambda: session.select(("conv1",)), None),
        (lambda: session.frame_changed.emit(None), None),
        (lambda: menu.popup(window.pos()), menu.close),
        (box.open, box.close),
    ):
        count = len(log)
        begin()
        if end is not None:
            spare._since -= 100  # an open menu is no spare moment however long it is open
        next(turns)
        assert len(log) == count
        if end is not None:
            end()
        settled(session)  # nor is one in which panels follow
        spare._since -= 100
        next(turns)
        assert len(log) == count + 1
