"""All dialogs at once, also those made of Qt's: what Enter and Escape do, what has the keys, and whether they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QPushButton,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.choosing.file_dialog import SAVE, FileDialog
from explorer.ui.controls.asking import asked_colour
from explorer.ui.controls.histogram_window import HistogramWindow
from explorer.ui.window import Window
from tests.test_small_window import dialog_of
from tests.test_spoken import silent
from tests.window_side import canvas_window

OWN = ("figure", "train a style", "block", "own code", "about")
"""Dialogs that leave the event loop to the window."""
SMALL = QSize(1280, 740)
"""What a projector of 1280 × 800 has, less a title bar and a desktop's panel."""
KINDS = (("Projects", (".cnnx",)),)
HARMS = {"Replace", "Discard", "Delete"}
"""Buttons behind which something is lost: none is pressed by an Enter that nobody meant."""


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    with canvas_window() as window:
        theme.apply(qapp, "projector")
        yield window
        theme.apply(qapp, "light")


def unsaved(window: Window) -> None:
    window.session.select(("conv1",))
    window.canvas.add_layer("ReLU")
    window.files.close()


def changed(window: Window, path: Path) -> None:
    window.session.document.tab.path = str(path / "net.cnnx")
    window.files._save_in(window.session.document.tab, True)


def replaced(window: Window, path: Path) -> None:
    dialog = FileDialog(window, "Save project", SAVE, str(path), (), KINDS, "net.cnnx")
    dialog._may_replace(str(path / "net.cnnx"))
    dialog.deleteLater()


def renamed(window: Window, _: Path) -> None:
    window.canvas.bookmarks.keep(1)
    window.canvas.bookmarks._ask_name(1)


ASKED: dict[str, Callable[[Window, Path], object]] = {
    "unsaved": lambda window, _: unsaved(window), "changed on disk": changed, "replace": replaced, "name": renamed,
    "colour": lambda window, _: asked_colour(window, "Colour of person", QColor("red")),
    "careful": lambda window, path: FileDialog(window, "Save", SAVE, str(path), (), KINDS, "net.cnnx").exec(),
    "histogram": lambda window, _: HistogramWindow(window).exec(),
}  # fmt: skip
"""Dialogs that wait for their answer."""


def looked_at(window: Window, name: str, path: Path, look: Callable[[QDialog], object]) -> None:
    """Open a dialog, look at it and close it by Escape; what `look` raises comes out here."""
    wrong: list[BaseException] = []

    def at(dialog: QDialog) -> None:
        try:
            QTest.qWait(30)
            look(dialog)
            QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
            assert not dialog.isVisible(), "Escape closes it"
        except BaseException as error:
            wrong.append(error)
            dialog.reject()

    def wait() -> None:
        modal = QApplication.activeModalWidget()
        at(modal) if isinstance(modal, QDialog) else QTimer.singleShot(10, wait)

    if name in OWN:
        at(dialog_of(window, name))
    else:
        QTimer.singleShot(10, wait)
        ASKED[name](window, path)
    if wrong:
        raise wrong[0]


def shown(dialog: QDialog) -> list[QPushButton]:
    return [button for button in dialog.findChildren(QPushButton) if button.isVisible()]


@pytest.mark.parametrize("name", [*OWN, *ASKED])
def test_a_dialog(window: Window, tmp_path: Path, name: str) -> None:
    def look(dialog: QDialog) -> None:
        size = dialog.frameGeometry().size()
        assert (size.width() <= SMALL.width(), size.height() <= SMALL.height()) == (True, True), size
        words = [button.text().replace("&", "") for button in shown(dialog)]
        assert not {"OK", "Yes", "No", "Apply"} & set(words), "a button says what it does"
        assert [button.text() for button in shown(dialog) if not button.icon().isNull()] == []
        assert not [button for button in shown(dialog) if button.isDefault() and button.text() in HARMS]
        now = QApplication.focusWidget()
        assert now is not None, "the keys are somewhere"
        assert dialog.isAncestorOf(now)
        count, bad = silent(dialog)
        assert count
        assert not bad
        title = dialog.fontMetrics().horizontalAdvance(dialog.windowTitle())
        assert 0 < title < dialog.width() - 12 * theme.GRID, "the title is whole beside its buttons"

    looked_at(window, name, tmp_path, look)


@pytest.mark.parametrize("name", [*OWN, *ASKED])
def test_enter_in_a_field_opens_nothing_and_runs_nothing(window: Window, tmp_path: Path, name: str) -> None:
    """Enter presses the default button: in a field it is at most the one that takes what stands in the fields."""

    pressed: list[str] = []

    def look(dialog: QDialog) -> None:
        buttons = dialog.findChildren(QPushButton)
        for button in buttons:
            button.setCheckable(True)  # it remembers that it was pressed
            button.blockSignals(True)  # and does nothing
        for field in dialog.findChildren(QWidget):
            if isinstance(field, QLineEdit | QAbstractSpinBox) and field.isVisible() and field.isEnabled():
                field.setFocus()
                QTest.keyClick(field, Qt.Key.Key_Return)
        for button in buttons:
            pressed.extend([button.text()] if button.isChecked() else [])
            button.setChecked(False)
            button.blockSignals(False)

    looked_at(window, name, tmp_path, look)
    assert set(pressed) <= {"Add", "Rename", "Save", "Use colour", "Save as…"}
