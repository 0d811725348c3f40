"""The page of keys and gestures: all of them are there, and a command's keys can be changed by pressing others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit

from explorer.layers.dense import Input
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.panels.keys_page import GESTURES, KeysPage
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker

Key, Held = Qt.Key, Qt.KeyboardModifier
Open = Callable[[], Window]


@pytest.fixture
def start(qtbot, qapp) -> Iterator[Open]:
    """Start the program, as often as one likes; its settings stay."""
    windows = []

    def start() -> Window:
        window = Window(Session(Document(), IdleWorker()), Settings())
        windows.append(window)
        window.show()
        window.complete()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.session.open_project(Project(Network({"x": Node("x", Input(3, 32, 32))}), {"x": (0.0, 0.0)}))
        return window

    yield start
    for window in windows:
        window.close_now()


def keys_page(window: Window) -> KeysPage:
    QTest.keyClick(window, Key.Key_F1, Held.ControlModifier)
    assert window.pages.keys is not None
    assert window.pages.currentWidget() is window.pages.keys
    return window.pages.keys


def choose(page: KeysPage, text: str) -> None:
    page.search.setText(text)
    page.table.selectRow(0)
    assert page.table.currentIndex().siblingAtColumn(0).data() == text


def press(page: KeysPage, key: Key, held: Held = Held.ControlModifier) -> None:
    """Enter, the new keys, and a moment without keys."""
    page.table.setFocus()
    QTest.keyClick(page.table, Key.Key_Return)
    (editor,) = page.table.findChildren(QKeySequenceEdit)
    QTest.keyClick(editor, key, held)
    editor.editingFinished.emit()
    QApplication.processEvents()


def selected(window: Window) -> bool:
    return bool(window.session.selection)


def test_every_command_with_keys_and_every_gesture_is_listed(start: Open) -> None:
    window = start()
    page = keys_page(window)
    cells = {tuple(page.model.index(row, c).data() for c in (0, 2)) for row in range(page.model.rowCount())}
    for command, action in window.commands.actions:
        if action.shortcuts():
            assert (command.text, command.keys.replace(" or ", ", ")) in cells
    assert page.model.rowCount() >= len(GESTURES.splitlines()) + 40
    QTest.keyClick(page, Key.Key_Escape)
    assert window.pages.shows_canvas


def test_other_keys_are_pressed_and_stay_the_next_day(start: Open) -> None:
    page = keys_page(start())
    choose(page, "Gallery…")
    press(page, Key.Key_K)
    assert page.said.text() == "“Gallery…” has Ctrl+K now."
    window = start()
    QTest.keyClick(window.canvas, Key.Key_G, Held.ControlModifier | Held.AltModifier)
    assert window.pages.shows_canvas
    QTest.keyClick(window.canvas, Key.Key_K, Held.ControlModifier)
    assert window.pages.currentWidget() is window.pages.gallery
    page = keys_page(window)
    choose(page, "Gallery…")
    QTest.mouseClick(page.put_back, Qt.MouseButton.LeftButton)
    assert Settings().shortcuts == {}
    QTest.keyClick(page, Key.Key_G, Held.ControlModifier | Held.AltModifier)
    assert window.pages.currentWidget() is window.pages.gallery


@pytest.mark.parametrize(
    ("key", "held", "said"),
    [
        (Key.Key_S, Held.ControlModifier, "Ctrl+S is for “Save” already: choose other keys."),
        (Key.Key_C, Held.ControlModifier, "Ctrl+C is for “Copy” already: choose other keys."),
        (Key.Key_K, Held.NoModifier, "K alone is typed into fields: hold Ctrl or Alt with it."),
        (Key.Key_K, Held.ShiftModifier, "Shift+K alone is typed into fields: hold Ctrl or Alt with it."),
    ],
)
def test_keys_that_cannot_be(start: Open, key: Key, held: Held, said: str) -> None:
    page = keys_page(start())
    choose(page, "Arrange automatically")
    press(page, key, held)
    assert page.said.text() == said
    assert Settings().shortcuts == {}


def test_none_and_all_back(start: Open) -> None:
    window = start()
    page = keys_page(window)
    choose(page, "Arrange automatically")
    QTest.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    assert Settings().shortcuts == {"Edit/Arrange automatically": ""}
    choose(page, "Gallery…")
    press(page, Key.Key_L)  # free now
    assert Settings().shortcuts["File/Gallery…"] == "Ctrl+L"
    QTest.mouseClick(page.put_all_back, Qt.MouseButton.LeftButton)
    assert Settings().shortcuts == {}
    keys = {command.text: window.commands.keys(command) for command, _ in window.commands.actions}
    assert (keys["Gallery…"], keys["Arrange automatically"]) == ("Ctrl+Alt+G", "Ctrl+L")


def test_a_chosen_key_goes_before_one_that_a_later_program_gives_another_command(start: Open) -> None:
    Settings().set_shortcut("File/Gallery…", "Ctrl+L")
    keys = {command.text: [k.toString() for k in action.shortcuts()] for command, action in start().commands.actions}
    assert keys["Gallery…"] == ["Ctrl+L"]
    assert keys["Arrange automatically"] == []


def test_a_gesture_cannot_be_changed(start: Open) -> None:
    page = keys_page(start())
    page.search.setText("walk along the links")
    page.table.selectRow(0)
    assert not page.change.isEnabled()
    page.open_chosen()
    assert not page.table.findChildren(QKeySequenceEdit)
    page.search.setText("night")
    assert page.model.index(0, 0).data() == "Dark", "by another word"
    page.search.setText("nothing like this")
    assert page.said.text() == "Nothing found."
    assert not page.change.isEnabled()


def test_what_is_chosen_stays_it_where_a_search_has_it(start: Open) -> None:
    page = keys_page(start())
    choose(page, "Gallery…")
    for searched in ("GALLERY", "", "ctrl+alt"):
        page.search.setText(searched)
        assert page.table.currentIndex().siblingAtColumn(0).data() == "Gallery…", searched
    page.search.setText("walk along")
    assert page.table.currentIndex().row() == 0
    assert not page.change.isEnabled()


def test_each_menu_has_a_letter_of_its_own(start: Open) -> None:
    titles = [action.text() for action in start().menuBar().actions()]
    letters = [title.partition("&")[2][0].lower() for title in titles]
    assert len(set(letters)) == len(letters) > 5, titles
