"""The window answers: what takes longer than a frame is made later, or in parts, and nothing is missed for that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.ui.pictures.precision_curve import Curve, PrecisionCurve
from explorer.ui.window import Window
from tests.window_side import idle_window


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    yield window
    window.close_now()


def test_commands_are_looked_through_once_for_all_that_a_network_changes(window: Window) -> None:
    commands, times = window.commands, []
    QApplication.processEvents()
    commands._soon.timeout.connect(lambda: times.append(1))
    window.session.open_project(CLASSICS["lenet5"].project)
    assert not times, "not in the turn of the network"
    QApplication.processEvents()
    assert len(times) == 1
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
    assert document.history.index() == 0
    document.history.redo()
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
