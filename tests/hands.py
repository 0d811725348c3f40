"""Hands for a dialog that stays open till somebody answers: what they do, they do from inside its event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

Kind = TypeVar("Kind", bound=QDialog)
WAITING: dict[QTimer, str] = {}
"""Those whose dialog has not come yet, and its kind. A test that leaves some behind fails (tests/conftest.py)."""


def when_asked(kind: type[Kind], do: Callable[[Kind], object]) -> list[Kind]:
    """Called with the next dialog of a kind once the keys go to it. The list tells which dialog came."""
    came: list[Kind] = []
    timer = QTimer(interval=5)

    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, kind) or not box.isAncestorOf(QApplication.focusWidget()):
            return
        timer.stop()
        del WAITING[timer]
        came.append(box)
        try:
            do(box)
        except BaseException:
            box.reject()  # a test that fails must not wait for ever
            raise

    timer.timeout.connect(look)
    timer.start()
    WAITING[timer] = kind.__name__
    return came


def press(button: QMessageBox.StandardButton) -> Callable[[QMessageBox], None]:
    """Walk to a button with Tab and press it."""

    def walk(box: QMessageBox) -> None:
        wanted = box.button(button)
        for _ in range(len(box.buttons()) + 1):
            if QApplication.focusWidget() is wanted:
                break
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is wanted
        QTest.keyClick(wanted, Qt.Key.Key_Space)

    return walk


def idle() -> list[str]:
    """Put all hands down. The kinds of dialogs that they still waited for."""
    kinds = list(WAITING.values())
    WAITING.clear()
    return kinds
