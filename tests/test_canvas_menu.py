"""What a right click offers: the commands about what was clicked that can be used, and no list of Qt's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from explorer.classics.catalogue import CLASSICS
from explorer.ui.canvas_menu import ENTRIES
from explorer.ui.controls.menu_letters import bare
from explorer.ui.window import Window
from tests.window_side import window_on


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    window = window_on(CLASSICS["lenet5"].project)
    window.canvas.drawing.glide.wanted = False
    window.build()
    QTest.qWait(50)
    yield window
    window.close_now()


def right_click(
    widget: QWidget, at: QPoint, reason: QContextMenuEvent.Reason = QContextMenuEvent.Reason.Mouse
) -> QMenu:
    event = QContextMenuEvent(reason, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def where(window: Window, id: str, down: float = 0.5) -> QPoint:
    canvas = window.canvas
    area = canvas.viewportTransform().mapRect(canvas.drawing.bounds((id,)))
    return QPoint(round(area.center().x()), round(area.top() + down * area.height()))


def close_menu() -> None:
    if (menu := QApplication.activePopupWidget()) is not None:
        menu.close()


def choose(menu: QMenu, text: str) -> None:
    (entry,) = (each for each in menu.actions() if bare(each) == text)
    assert entry.isEnabled()
    menu.close()
    entry.trigger()


def texts(menu: QMenu) -> list[str]:
    return [bare(each) for each in menu.actions() if not each.isSeparator()]


def test_every_entry_is_a_command(window: Window) -> None:
    paths = {command.path for command, _ in window.commands.actions}
    assert {path for entries in ENTRIES.values() for path in entries if path} <= paths


def test_a_card_offers_what_can_be_done_with_it(window: Window) -> None:
    menu = right_click(window.canvas.viewport(), where(window, "conv1"))
    assert window.session.selection == ("conv1",)
    assert {"Copy", "Duplicate", "Delete", "Bypass", "Group", "Use as style layer"} <= set(texts(menu))
    choose(menu, "Bypass")
    assert "conv1" in window.session.document.project.bypassed
    menu = right_click(window.canvas.viewport(), where(window, "conv1"))
    choose(menu, "Delete")
    assert "conv1" not in window.session.document.project.network.nodes


def test_a_port_offers_what_its_card_does(window: Window) -> None:
    on_the_card = texts(right_click(window.canvas.viewport(), where(window, "conv1")))
    close_menu()
    window.session.select(())
    assert texts(right_click(window.canvas.viewport(), where(window, "conv1", 1.0))) == on_the_card
    assert window.session.selection == ("conv1",)
    close_menu()


def test_only_what_is_in_a_group_offers_to_open_or_name_it(window: Window) -> None:
    about_groups = {"Ungroup", "Open or close", "Rename…"}
    assert not about_groups & set(texts(right_click(window.canvas.viewport(), where(window, "conv1"))))
    close_menu()
    window.session.select(("conv1", "act1"))
    window.canvas.make_group()
    window.canvas.setFocus()  # the name stays
    assert about_groups <= set(texts(right_click(window.canvas.viewport(), where(window, "conv1"))))
    close_menu()


def test_the_menu_key_is_about_what_is_selected(window: Window) -> None:
    middle = window.canvas.viewport().rect().center()
    for ids, entry in ((("conv1",), "Duplicate"), ((), "Select all")):
        window.session.select(ids)
        menu = right_click(window.canvas.viewport(), middle, QContextMenuEvent.Reason.Keyboard)
        assert window.session.selection == ids, "what happens to lie in the middle is not meant"
        assert entry in texts(menu)
        close_menu()


def test_a_link_offers_to_be_taken_away(window: Window) -> None:
    nodes = window.session.document.project.network.nodes
    second = next(id for id, node in nodes.items() if node.inputs == ("conv1",))
    end, begin = where(window, "conv1", 1.0), where(window, second, 0.0)
    menu = right_click(window.canvas.viewport(), (end + begin) / 2)
    assert texts(menu) == ["Delete"]
    choose(menu, "Delete")
    assert window.session.document.project.network.nodes[second].inputs == ()


def test_the_ground_offers_what_is_about_all(window: Window) -> None:
    menu = right_click(window.canvas.viewport(), QPoint(12, 12))
    assert {"Add layer…", "Paste", "Select all", "Arrange left to right"} <= set(texts(menu))
    choose(menu, "Select all")
    assert len(window.session.selection) == len(window.session.document.project.network.nodes)


def test_the_bar_of_menus_offers_the_panels_by_their_menu(window: Window) -> None:
    menu = right_click(window.menuBar(), QPoint(window.menuBar().width() - 20, 8))
    assert texts(menu) == texts(window.commands.menu("View/Panels"))
    choose(menu, "Cost")
    QTest.qWait(20)
    assert not window.docks["Cost"].visibleRegion().isEmpty(), "in front, not only there"
