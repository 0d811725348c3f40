"""U4 of docs/security.md: an error nobody caught, wherever it comes from, goes to the log and into one notice."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.ui.application import Errors
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = Window(Session(Document(), IdleWorker()), Settings())
    window.show()
    window.complete()
    hooks, owner = (sys.excepthook, threading.excepthook), QObject()
    Errors(owner).happened.connect(window.telling.error)
    yield window
    sys.excepthook, threading.excepthook = hooks
    window.close_now()


def fail(where: str) -> None:
    raise RuntimeError(f"planted in {where}")


class Painted(QWidget):
    def paintEvent(self, event) -> None:
        self.hide()
        fail("paintEvent")


def in_a_slot(window: Window) -> None:
    button = QPushButton()
    button.clicked.connect(lambda: fail("slot"))
    button.click()


def in_a_thread(window: Window) -> None:
    thread = threading.Thread(target=fail, args=("thread",))
    thread.start()
    thread.join()


def in_a_paint_event(window: Window) -> None:
    widget = Painted(window)
    widget.resize(20, 20)
    widget.show()


def in_a_change_of_the_document(window: Window) -> None:
    window.session.document.renamed.connect(lambda: fail("document"))
    window.session.document.renamed.emit()


PLACES = {
    "slot": in_a_slot, "thread": in_a_thread, "paintEvent": in_a_paint_event, "document": in_a_change_of_the_document,
    "timer": lambda window: QTimer.singleShot(0, window, lambda: fail("timer")),
}  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_an_error_nobody_caught_is_logged_and_told(window: Window, qtbot, caplog, where: str) -> None:
    with caplog.at_level(logging.ERROR, "explorer"):
        PLACES[where](window)
        qtbot.waitUntil(lambda: f"planted in {where}" in window.notices.text)
    assert window.notices.text.startswith("Something unexpected went wrong (RuntimeError: ")
    assert window.notices.text.endswith(f"planted in {where}): the log has the details.")
    assert [record for record in caplog.records if record.exc_info and where in str(record.exc_info[1])]
    window.notices.hide()
    window.build()
    assert window.canvas.isVisible(), "the window still works"
