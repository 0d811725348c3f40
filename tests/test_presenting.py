"""A teacher before a class: only the page or the panel, on the whole screen, and a clicker that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.network.arranging import rearranged
from explorer.network.direction import Direction
from explorer.network.formulas import formulas
from explorer.network.unfolding import grouped, toggled
from explorer.ui.canvas.overview import LOWEST, Overview
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.controls.growing_column import GrowingColumn
from explorer.ui.ending import leave
from explorer.ui.labs.overlap import TITLE as OVERLAP
from explorer.ui.labs.targets import TITLE as TARGETS
from explorer.ui.panes import in_sight
from explorer.ui.theme import GRID
from explorer.ui.window import Window
from explorer.workspace.settings import Settings
from tests.window_side import window_on

Key = Qt.Key


@pytest.fixture
def window(qtbot) -> Iterator[Window]:
    window = window_on(CLASSICS["lenet5"].project)
    window.pages.show_canvas()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    QTest.qWait(50)
    yield window
    window.close_now()


def press(window: Window, *keys: Qt.Key) -> None:
    """Keys as from a keyboard, or a clicker: to whatever has the focus of the window."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or window, key)
        QTest.qWait(20)


def seen(window: Window) -> dict[str, int]:
    """The panels in sight, and how high each is."""
    return {title: dock.height() for title, dock in window.docks.items() if in_sight(dock)}


def around(window: Window) -> list[int]:
    return [window.menuBar().height(), window.statusBar().isVisible()]


def test_the_network_fills_the_screen_and_the_window_comes_back(window, qtbot) -> None:
    panels, bars, view = seen(window), around(window), window.canvas.view_now
    press(window, Key.Key_F11)
    assert window.isFullScreen()
    assert seen(window) == {}
    assert around(window) == [0, False]
    assert window.canvas.height() == window.height()
    press(window, Key.Key_Escape)
    assert not window.isFullScreen()
    qtbot.waitUntil(lambda: (seen(window), around(window)) == (panels, bars))
    seen_now = window.canvas.view_now
    assert seen_now.scale == view.scale
    assert seen_now.middle == pytest.approx(view.middle, abs=2)


def test_a_clicker_goes_from_layer_to_layer_with_the_formulas_beside_it(window, qtbot) -> None:
    session = window.session
    project, order = session.document.project, [node.id for node in session.document.project.network.order]
    press(window, Key.Key_F5, Key.Key_PageDown, Key.Key_PageDown)
    assert session.selection == (order[1],)
    caption = window.canvas.findChild(GrowingColumn)
    assert caption.isVisible()
    rows = formulas(project.network, order[1], session.document.facts, session.conventions)
    assert [view.row for view in caption.findChildren(FormulaView) if view.isVisible()] == rows
    card = window.canvas.mapFromScene(window.canvas.drawing.bounds([order[1]])).boundingRect()
    assert window.canvas.rect().contains(card)
    assert not card.intersects(caption.geometry())
    assert card.width() > 1.5 * window.canvas.drawing.bounds([order[1]]).width()  # larger than at its full size
    press(window, Key.Key_PageUp)
    assert session.selection == (order[0],)
    press(window, Key.Key_PageUp)  # there is none before
    assert session.selection == (order[0],)
    press(window, Key.Key_Escape)
    qtbot.waitUntil(lambda: not caption.isVisible())


def test_all_layers_stand_beside_the_one_that_is_shown(window, qtbot) -> None:
    """Two thirds of a wide screen were empty."""
    session, canvas = window.session, window.canvas
    order = [node.id for node in session.document.project.network.order]
    window.fitting.fill(True)  # as at F11, on a screen wider than that of the tests
    window.resize(1900, 1000)
    qtbot.waitUntil(lambda: canvas.width() > 1800)
    lecture = window.fitting.presenting._lecture
    lecture.begin()
    overview, caption = canvas.findChild(Overview), canvas.findChild(GrowingColumn)
    qtbot.waitUntil(overview.isVisible)
    assert overview.ids == order
    assert overview.row(order[1])[:2] == ("Conv2d", "6×28×28")
    assert "61,706 parameters" in caption.sums.text()
    qtbot.waitUntil(lambda: canvas.touched)
    whole = canvas.mapFromScene(canvas.drawing.bounds()).boundingRect()
    assert whole.left() >= overview.width()
    assert whole.right() <= caption.x()
    QTest.mouseClick(overview, Qt.MouseButton.LeftButton, pos=overview._places()[4][1].center().toPoint())
    assert session.selection == (order[4],)
    assert caption.sums.isHidden()
    card = canvas.mapFromScene(canvas.drawing.bounds([order[4]])).boundingRect()
    assert card.left() >= overview.width()
    assert card.right() <= caption.x()
    lecture.end()
    assert not overview.isVisible()


@pytest.mark.parametrize("direction", Direction)
def test_nothing_that_explains_the_network_is_covered(window, qtbot, direction) -> None:
    """The list of all layers lay on the legend and the ruler; there was none where links run to the right."""
    session, canvas = window.session, window.canvas
    session.document.edit("Turn", rearranged(session.document.project, direction))
    canvas.colour_by("parameters")
    canvas.show_ruler(True)
    window.fitting.fill(True)  # as at F11
    window.resize(1900, 1000)
    qtbot.waitUntil(lambda: canvas.width() > 1800)
    lecture = window.fitting.presenting._lecture
    lecture.begin()
    order = [node.id for node in session.document.project.network.order]
    for chosen in ((), (order[4],)):
        canvas.select(chosen)
        qtbot.waitUntil(lambda: lecture.overview.isVisible() and lecture.caption.isVisible())
        card = canvas.mapFromScene(canvas.drawing.bounds(chosen or None)).boundingRect()
        card.translate(canvas.viewport().pos())
        beside = lecture.overview, lecture.caption, canvas.legend, canvas.ruler
        parts = [card, *(part.geometry() for part in beside)]
        assert all(canvas.rect().contains(part) for part in parts)
        assert not any(one.intersects(other) for one, other in combinations(parts, 2))
    lecture.end()
    assert canvas.legend.x() == canvas.viewport().x() + 2 * GRID


def test_a_row_of_all_layers_is_found_when_it_is_painted(window, monkeypatch) -> None:
    """Of 50,000 layers all were, half a second at each selection."""
    overview = window.fitting.presenting._lecture.overview
    asked: list[str] = []
    row = overview.row
    monkeypatch.setattr(overview, "row", lambda id: asked.append(id) or row(id))
    overview.follow()
    assert overview.ids
    assert not asked
    overview.resize(300, int(5 * LOWEST + 2 * GRID))
    overview.grab()
    assert asked == overview.ids[:5]


def test_a_group_has_a_title_and_lines(window) -> None:
    """It was one heading, six lines long: a sentence for those who do not see it."""
    session, canvas = window.session, window.canvas
    order = [node.id for node in session.document.project.network.order]
    project, group = grouped(canvas.drawing.project, "Front", order[1:4])
    session.document.edit("Group", project)
    session.document.look(toggled(project, group))
    lecture = window.fitting.presenting._lecture
    lecture.begin()
    canvas.select(order[1:4])
    assert lecture.caption.said.text() == "Front"
    lines = lecture.caption.sums.text().split("\n")
    assert lines == ["3 layers", "Conv2d · Tanh · AvgPool2d", "1×32×32 → 6×14×14", "156 parameters", "117,600 MACs"]
    lecture.end()


def test_page_down_walks_the_layers_in_the_window_too(window) -> None:
    order = [node.id for node in window.session.document.project.network.order]
    press(window, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageUp)
    assert window.session.selection == (order[1],)


def test_the_panel_with_the_keys_fills_the_screen(window, qtbot) -> None:
    window.resize(1280, 900)
    QTest.qWait(50)
    panels = seen(window)
    window.docks.bring("Activations")
    press(window, Key.Key_F11)
    assert list(seen(window)) == ["Activations"]
    assert not window.pages.isVisible()
    assert seen(window)["Activations"] > 0.9 * window.height()
    order = [node.id for node in window.session.document.project.network.order]
    press(window, Key.Key_PageDown, Key.Key_PageDown)
    assert window.session.selection == (order[1],)  # whose maps the panel shows
    press(window, Key.Key_Escape)
    qtbot.waitUntil(lambda: seen(window) == panels)


def test_a_clicker_goes_from_lab_to_lab(window, qtbot) -> None:
    window.pages.show_lab(OVERLAP)
    press(window, Key.Key_F11)
    labs = window.pages.labs
    assert not labs.list.isVisible()
    press(window, Key.Key_PageDown)
    assert labs.lab.title == TARGETS
    press(window, Key.Key_PageUp, Key.Key_PageUp)
    assert labs.lab.title == OVERLAP
    press(window, Key.Key_Escape)
    qtbot.waitUntil(labs.list.isVisible)
    assert window.pages.currentWidget() is labs  # Escape leaves the full screen, not the labs
    assert labs.lab.isVisible()


def test_a_lab_that_has_steps_goes_through_them_first(window) -> None:
    window.pages.show_lab("Sliding windows")
    sheet = window.pages.labs.lab.sheet
    press(window, Key.Key_F11, Key.Key_PageDown)
    assert sheet.cell == (0, 1)
    press(window, Key.Key_PageDown, Key.Key_PageDown)
    assert sheet.cell == (1, 1)
    press(window, Key.Key_PageUp)
    assert sheet.cell == (1, 0)


def test_the_black_button_hides_everything_till_the_next_one(window) -> None:
    press(window, Key.Key_F11, Key.Key_Period)
    curtain = window.fitting.presenting.curtain
    assert curtain.isVisible()
    assert curtain.geometry() == window.rect()
    assert curtain.grab().toImage().pixelColor(5, 5) == Qt.GlobalColor.black
    press(window, Key.Key_PageDown)
    assert not curtain.isVisible()
    assert window.session.selection == ()  # it was only lifted
    press(window, Key.Key_B)
    QTest.mouseClick(curtain, Qt.MouseButton.LeftButton)
    assert not curtain.isVisible()
    press(window, Key.Key_B, Key.Key_Escape)
    assert window.isFullScreen()
    assert not curtain.isVisible()


def test_what_one_types_into_keeps_its_keys(window, qtbot) -> None:
    press(window, Key.Key_F11)
    window.canvas.find_layer()
    qtbot.waitUntil(window.canvas.finder.isVisible)
    QTest.keyClicks(QApplication.focusWidget(), "b.1")
    assert window.canvas.finder.line.text() == "b.1"
    press(window, Key.Key_Escape)
    assert not window.canvas.finder.isVisible()
    assert window.isFullScreen()


def test_a_window_closed_in_full_screen_begins_as_a_window(window) -> None:
    press(window, Key.Key_F11)
    window.close_now()
    assert not window.isFullScreen()
    assert not window.docks["Inspector"].isHidden()
    again = Window(window.session, Settings())
    assert not again.isFullScreen()
    assert not again.windowState() & Qt.WindowState.WindowFullScreen


def test_another_network_amid_it_leaves_each_its_view(window, qtbot) -> None:
    """The view of one network was shown in the other, and what a class saw was kept for the first one."""
    session, first = window.session, window.canvas.view_now
    session.document.set_unsaved(True)
    session.open_project(CLASSICS["alexnet"].project)
    second = window.canvas.view_now
    press(window, Key.Key_F11, Key.Key_PageDown)
    before, here = session.document.tabs
    session.show_tab(before)
    press(window, Key.Key_PageDown)
    session.show_tab(here)
    assert window.canvas.findChild(GrowingColumn).isVisible(), "it goes on"
    assert before.view.scale == first.scale
    assert before.view.middle == pytest.approx(first.middle, abs=2)
    press(window, Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.fitting.presenting._coming.isActive())
    assert window.canvas.view_now.scale == second.scale
    assert window.canvas.view_now.middle == pytest.approx(second.middle, abs=2)


def test_a_window_that_a_signal_ends_in_full_screen_begins_as_a_window(window) -> None:
    view = window.canvas.view_now
    press(window, Key.Key_F11, Key.Key_PageDown)
    leave(window)
    assert window.session.document.tab.view.scale == view.scale
    assert not window.windowState() & Qt.WindowState.WindowFullScreen
    again = Window(window.session, Settings())
    assert not again.windowState() & Qt.WindowState.WindowFullScreen
    assert not window.docks["Inspector"].isHidden()
