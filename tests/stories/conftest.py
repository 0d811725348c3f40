"""The real window with the real worker, driven by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.network.direction import CARD
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.worker import Worker
from tests.settled import settled

LEFT = Qt.MouseButton.LeftButton


class User:
    """Hands on mouse and keyboard, and eyes on what the window shows."""

    def __init__(self, window: Window, qtbot) -> None:
        self.window, self.qtbot = window, qtbot
        self.session, self.document = window.session, window.session.document

    @property
    def project(self) -> Project:
        return self.document.project

    def wait(self, condition, seconds: float = 30) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=int(seconds * 1000))

    def where(self, id: str, x: float = 0.5, y: float = 0.5) -> QPoint:
        """A point of a node's card on the canvas: fractions of its width and height."""
        left, top = self.project.places[id]
        return self.window.canvas.mapFromScene(QPointF(left + x * CARD[0], top + y * CARD[1]))

    def click_node(self, id: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.window.canvas.frame((id,))
        QTest.mouseClick(self.window.canvas.viewport(), LEFT, keys, self.where(id))
        settled(self.session)  # the inspector shows it in turns of its own

    def drag(self, start: QPoint, end: QPoint) -> None:
        viewport = self.window.canvas.viewport()
        QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, start)
        for step in range(1, 9):
            QTest.mouseMove(viewport, start + (end - start) * step / 8)
        QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, end)

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focus, key, keys)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus, text)

    @property
    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def add(self, search: str) -> str:
        """Tab, type, Enter on the canvas; the id of the new node."""
        before = set(self.project.network.nodes)
        self.window.canvas.setFocus()
        self.press(Qt.Key.Key_Tab)
        self.type(search)
        self.press(Qt.Key.Key_Return)
        (new,) = set(self.project.network.nodes) - before
        return new

    def set_field(self, name: str, text: str) -> None:
        """Type a setting's new value into the inspector's form."""
        editor = self.window.inspector.form.editor(name)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def drop(self, widget: QWidget, *paths: str) -> None:
        """Drop files on a widget, through Qt's own events."""
        from PySide6.QtCore import QMimeData
        from PySide6.QtGui import QDragEnterEvent

        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        middle = widget.rect().center()
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(middle, copy, data, LEFT, none)
        QApplication.sendEvent(widget, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(widget, QDropEvent(QPointF(middle), copy, data, LEFT, none))


@pytest.fixture
def user(staying_worker, qtbot, qapp) -> Iterator[User]:
    yield from with_worker(staying_worker, qtbot, qapp)


def with_worker(worker: Worker, qtbot, qapp) -> Iterator[User]:
    """The window with this worker behind it."""
    theme.apply(qapp, "light")
    Settings().file.clear()  # as it first is, whatever another story did to it
    window = Window(Session(Document(), worker), Settings())
    window.resize(1280, 800)
    window.show()
    window.complete()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield User(window, qtbot)
    window.close_now()
    for dock in window.docks.values():  # one that floats would lie over the next story's window, and take its clicks
        dock.hide()
    window.session.close()
    window.deleteLater()
