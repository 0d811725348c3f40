"""Enter presses the button that has the keys, once, wherever it lies; elsewhere it means what it meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QPushButton, QToolButton, QVBoxLayout

from explorer.classics.catalogue import CLASSICS
from explorer.ui.window import Window
from tests.window_side import idle_window

Key = Qt.Key


@pytest.fixture
def window(qtbot: Any) -> Iterator[Window]:
    window = idle_window(qtbot)
    yield window
    window.close_now()


def clicks(button: QAbstractButton, key: Key = Key.Key_Return) -> int:
    """How often it is pressed by one stroke of a key while it has the keys."""
    count: list[bool] = []
    button.clicked.connect(lambda: count.append(True))
    button.setFocus()
    assert button.hasFocus()
    QTest.keyClick(QApplication.focusWindow(), key)
    return len(count)


def test_a_button_is_pressed_once_wherever_it_lies(window: Window, qtbot: Any) -> None:
    pages, dock = window.pages, window.docks["Layers"]
    assert pages.start.build.hasFocus(), "Enter right after the start opens no camera"
    assert clicks(pages.start.labs) == 1
    assert pages.shows("labs")
    pages.show_gallery()  # where Enter opens what is chosen
    assert clicks(pages.gallery.back, Key.Key_Enter) == 1
    assert not pages.shows("gallery")
    assert not window.session.work
    window.session.open_project(CLASSICS["lenet5"].project)
    window.canvas.select(("conv1",))
    on_canvas = QToolButton(window.canvas)  # where Enter edits the layer
    on_canvas.show()
    assert clicks(on_canvas) == 1
    assert on_canvas.hasFocus()
    QTest.keyClick(window.canvas, Key.Key_Return)
    assert window.inspector.isAncestorOf(QApplication.focusWidget())
    dock.setFloating(True)
    in_panel = QPushButton(dock.widget())
    in_panel.show()
    dock.activateWindow()
    qtbot.waitUntil(dock.isActiveWindow)
    assert clicks(in_panel) == 1
    dock.setFloating(False)


def test_only_once_while_it_is_held_and_not_with_another_key(window: Window) -> None:
    window.pages.show_start()
    button, none = window.pages.start.open, Qt.KeyboardModifier.NoModifier
    pressed: list[bool] = []
    button.clicked.disconnect()  # a dialog for files would wait for an answer
    button.clicked.connect(lambda: pressed.append(True))
    button.setFocus()
    for again in (False, True, True):
        held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, none, "", again)
        QApplication.sendEvent(button, held)
    assert len(pressed) == 1
    QTest.keyClick(QApplication.focusWindow(), Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    button.setEnabled(False)
    QTest.keyClick(button, Key.Key_Return)
    assert len(pressed) == 1
    button.setEnabled(True)
    assert clicks(button, Key.Key_Space) == 1


def test_in_a_dialog_the_default_button_is_pressed_unless_another_one_has_the_keys(window: Window, qtbot: Any) -> None:
    dialog = QDialog(window)
    line, tool, usual, other = QLineEdit(), QToolButton(), QPushButton("Usual"), QPushButton("Other")
    tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column = QVBoxLayout(dialog)
    for widget in (line, tool, usual, other):
        column.addWidget(widget)
    usual.setDefault(True)
    pressed: list[str] = []
    usual.clicked.connect(lambda: pressed.append("usual"))
    other.clicked.connect(lambda: pressed.append("other"))
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    for widget in (line, tool, usual, other):
        widget.setFocus()
        QTest.keyClick(QApplication.focusWindow(), Key.Key_Return)
    assert pressed == ["usual", "usual", "usual", "other"]
    dialog.reject()
