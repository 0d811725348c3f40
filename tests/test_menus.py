"""All menus at once: their entries can be chosen by letters, say something, and lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.classics.catalogue import CLASSICS
from explorer.network.grouping import arrived
from explorer.ui.canvas_menu import ENTRIES, canvas_menu
from explorer.ui.controls.menu_letters import MARK, Menu, bare, marked
from explorer.ui.window import Window
from tests.window_side import window_on


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    window = window_on(arrived(CLASSICS["resnet18"].project))
    window.canvas.drawing.glide.wanted = False
    window.pages.show_canvas()
    yield window
    window.close_now()


def letter(action: QAction) -> str:
    """What chooses an entry, "" for none."""
    found = [mark for mark in MARK.findall(action.text()) if mark != "&"]
    return found[0].lower() if found else ""


def shown(menu: QMenu) -> list[QAction]:
    """A menu's entries as they are once it is on the screen."""
    menu.popup(QPoint(0, 0))
    QApplication.processEvents()
    actions = [action for action in menu.actions() if not action.isSeparator() and action.isVisible()]
    menu.hide()
    return actions


def menus_of(window: Window) -> dict[str, QMenu]:
    """Every menu there is: of the bar, of buttons in panels and pages."""
    _ = window.commands.actions
    for title in list(window.docks):
        window.docks.bring(title)
        window.docks.turns.finish(title)
    _ = window.pages.studio.view
    window.pages.show_canvas()
    named = {
        f"{menu.title() or menu.parent()} {number}": menu for number, menu in enumerate(window.findChildren(QMenu))
    }
    return named | window.commands.menus


def test_every_entry_of_every_menu_has_a_letter_of_its_own(window: Window) -> None:
    window.session.select(("conv1",))
    menus, entries = menus_of(window), 0
    assert len(menus) > 40
    for name, menu in menus.items():
        actions = shown(menu)
        letters = [letter(action) for action in actions]
        given = [one for one in letters if one]
        entries += len(given)
        assert len(given) == len(set(given)), (name, letters)
        without = [bare(action) for action in actions if not letter(action)]
        free = [c for text in without for c in text.lower() if c.isascii() and c.isalnum() and c not in given]
        assert not free, (name, without)
        assert not without or len(actions) > 12, (name, without)
    assert entries > 200


@pytest.mark.parametrize("about", ENTRIES)
def test_so_do_the_entries_of_the_canvas(window: Window, about: str) -> None:
    window.session.select(("conv1",))
    menu = canvas_menu(window.commands, about, QPoint(0, 0))
    letters = [letter(action) for action in menu.actions() if not action.isSeparator()]
    menu.hide()
    assert "" not in letters
    assert len(letters) == len(set(letters)), letters


def test_a_letter_chooses(window: Window) -> None:
    menu = window.commands.menu("View")
    before = window.settings.minimap
    (minimap,) = (action for action in shown(menu) if bare(action) == "Minimap")
    menu.popup(QPoint(0, 0))
    QTest.keyClicks(menu, letter(minimap))
    assert not menu.isVisible()
    assert window.settings.minimap is not before


def test_no_menu_that_can_be_opened_is_empty(window: Window) -> None:
    window.commands.refresh()
    for path, menu in window.commands.menus.items():
        above = path.rpartition("/")[0]
        if menu.menuAction().isEnabled() and (not above or window.commands.menus[above].menuAction().isEnabled()):
            assert shown(menu), path


def test_entries_are_written_as_before_but_for_the_mark() -> None:
    texts = ["Cut\tCtrl+X", "Copy", "R && D", "&1 first && last.cnnx", "As view 7", "Ca&mera", "→"]
    told = marked(texts)
    assert told == ["&Cut\tCtrl+X", "C&opy", "&R && D", "&1 first && last.cnnx", "As view &7", "C&amera", "→"]
    assert marked(told) == told
    assert marked(["ab", "a"]) == ["a&b", "&a"], "who has another letter gives way"
    assert marked(["Aa", "a&&A"]) == ["&Aa", "a&&A"]
    action = QAction("&1 first && last.cnnx\tfolder")
    assert bare(action) == "1 first & last.cnnx"


def test_what_fills_a_menu_when_it_opens_gets_letters_too(qtbot) -> None:
    menu = Menu()
    qtbot.addWidget(menu)
    menu.aboutToShow.connect(lambda: menu.addAction("Later"))
    (later,) = shown(menu)
    assert later.text() == "&Later"
