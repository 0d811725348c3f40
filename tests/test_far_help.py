"""Help where the main window's keys do not reach: in dialogs, and in panels that float."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QToolTip, QWidget

from explorer.classics.catalogue import CLASSICS
from explorer.ui import dialogs
from explorer.ui.choosing.file_dialog import FileDialog
from explorer.ui.far_help import GuideWindow
from explorer.ui.hints import hint
from explorer.ui.offers import blocks
from explorer.ui.own_code_dialog import OwnCodeDialog
from explorer.ui.teaching_dialog import TeachingDialog
from explorer.ui.window import Window
from explorer.workspace.guide import ABOUT
from tests.hands import when_asked
from tests.stories.test_accessible import check, controls_of
from tests.window_side import idle_window


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    window.session.open_project(CLASSICS["lenet5"].project)
    yield window
    window.close_now()


def opened(window: Window, name: str) -> QDialog:
    """One of the program's dialogs, as the window opens it."""
    if name == "figure":
        dialogs.figure(window)
        return window.figure_dialog
    if name == "about":
        dialogs.about(window)
        dialog = QApplication.activeModalWidget()
    elif name == "train a style":
        dialogs.train_style(window)
        dialog = window.findChild(TeachingDialog)
    elif name == "block":
        window.session.select(("conv1",))
        window.pages.ask_block(next(iter(blocks().values())))
        dialog = window.pages.block_dialog
    else:
        window.files.open_own_code()
        dialog = window.findChild(OwnCodeDialog)
    assert isinstance(dialog, QDialog)
    return dialog


CHAPTERS = {
    "figure": "Make a figure", "about": "When something goes wrong", "train a style": "Networks that paint",
    "block": "Build a network", "own code": "Open any network",
}  # fmt: skip


@pytest.mark.parametrize("name", CHAPTERS)
def test_f1_opens_the_guide_beside_a_dialog(window: Window, qtbot, name: str) -> None:
    dialog = opened(window, name)
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_F1)
    guide = dialog.findChild(GuideWindow)
    assert guide is not None
    assert guide.isVisible()
    assert guide.page.list.currentItem().text() == CHAPTERS[name]
    qtbot.waitUntil(guide.isActiveWindow)
    QTest.keyClicks(QApplication.focusWidget(), "minimap")
    assert guide.page.list.currentItem().text() == "Build a network"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not guide.isVisible()
    assert dialog.isVisible()
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_F1)
    assert guide.isVisible(), "the same one again"
    assert guide.page.list.currentItem().text() == CHAPTERS[name]
    dialog.reject()
    assert not guide.isVisible()


FILES = {
    "Open…": "Open any network", "Load weights…": "Open any network", "Save as…": "Save",
    "Open picture…": "Look through a trained network", "Open folder of pictures…": "Look through a trained network",
    "Export…": "Take a network away", "Export Keras source…": "Take a network away",
    "Export canvas as picture…": "Take a network away", "Export summary…": "Numbers and their reasons",
    "Open video…": "Videos and cameras", "Play the pictures of a folder…": "Videos and cameras",
}  # fmt: skip


def test_f1_where_a_file_is_asked_for(window: Window) -> None:
    """Our own dialog, which these systems have that have none of theirs."""
    found = {}

    def ask(name: str, dialog: FileDialog) -> None:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
        guide = dialog.findChild(GuideWindow)
        found[name] = guide.page.list.currentItem().text() if guide else "nothing"
        dialog.reject()

    for name in FILES:
        when_asked(FileDialog, partial(ask, name))
        window.commands.run(name)
    assert found == FILES


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_control_of_a_dialog_says_what_it_is_for(window: Window, qtbot, name: str) -> None:
    if name == "about":
        return
    dialog = opened(window, name)
    qtbot.waitUntil(dialog.isActiveWindow)
    controls = controls_of(dialog)
    assert len(controls) > 2
    check(controls)
    dialog.reject()


def test_questions_in_a_dialog_and_in_a_floating_panel_are_answered(window: Window, qtbot) -> None:
    dialog = opened(window, "own code")
    qtbot.waitUntil(dialog.isActiveWindow)
    field = dialog.findChildren(QLineEdit)[0]
    assert hint(field)
    assert hint(field) in told(dialog, field)
    dialog.reject()
    dock = window.docks["Layers"]
    window.docks.bring("Layers")  # another test's window may have left it behind its neighbour, where it is empty
    QApplication.processEvents()
    dock.setFloating(True)
    dock.activateWindow()
    window.palette_panel.search.setFocus()
    qtbot.waitUntil(window.palette_panel.search.hasFocus)
    assert "part of a name" in told(dock, window.palette_panel.search)
    dock.setFloating(False)  # else it would lie over the next test's window, and take its clicks


def told(window: QWidget, widget: QWidget) -> str:
    """The tooltip over a widget's corner."""
    at = widget.mapTo(window, QPoint(5, 5))
    assert QApplication.sendEvent(window, QHelpEvent(QEvent.Type.ToolTip, at, window.mapToGlobal(at)))
    text = QToolTip.text()
    QToolTip.hideText()
    return text


PARTS = {"Video player": "Videos and cameras", "What the network paints": "Networks that paint"}
"""Parts of panels that have another chapter than the panel."""


def test_f1_is_about_the_page_or_panel_wherever_in_it_one_is(window: Window) -> None:
    """No control inside has a name that another page or panel is called by, but for two parts that are meant to."""
    for title in list(window.docks):
        window.docks.bring(title)
        window.docks.turns.finish(title)
        QApplication.processEvents()
    for page in ("gallery", "library", "guide", "facts", "compare", "data_set", "studio", "labs"):
        getattr(window.pages, f"show_{page}")()
    _ = window.predictions.painted  # made when a network paints
    wrong, parts = [], set()
    for widget in window.findChildren(QWidget):
        names = []
        inner: QWidget | None = widget
        while inner is not None:
            names += [name for name in (inner.accessibleName(), inner.windowTitle()) if name in ABOUT]
            inner = inner.parentWidget()
        if names and names[0] in PARTS:
            parts.add(names[0])
            assert ABOUT[names[0]] == PARTS[names[0]]
        elif len({ABOUT[name] for name in names}) > 1:
            wrong.append((type(widget).__name__, widget.accessibleName(), names))
    assert not wrong
    assert parts == set(PARTS)
