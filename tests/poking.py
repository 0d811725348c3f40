"""Hands that touch everything of a window: each event on each kind of widget, all controls, panels, pages, commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QGraphicsView,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from shiboken6 import isValid

from explorer.maths.resources import resources
from explorer.ui.panels.labs_page import LABS
from explorer.ui.window import Window

PHOTO = str(resources() / "samples" / "astronaut.jpg")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Step = tuple[str, Callable[[], object]]
ASIDE = {"Quit", "Close", "What is this?", "Open own code…", "Open video…", "Copy", "Cut"}
"""Commands that end what is touched, wait for a click, or leave the program."""


def without_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sits at dialogs of the system: all are left without a choice."""
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: ())


class Leaving(QTimer):
    """Closes menus and dialogs that wait, soon after they come up; they run event loops of their own."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, interval=10)
        self.timeout.connect(self._leave)
        self.start()

    def _leave(self) -> None:
        if waits := QApplication.activePopupWidget() or QApplication.activeModalWidget():
            waits.close()


def in_the_loop(step: Callable[[], object], ms: int = 15) -> None:
    """Do it as Qt would, out of the program's event loop: in a loop within ours, errors wait for its end.

    What it has to paint is painted in there, however busy the machine is."""
    QTimer.singleShot(0, step)
    QTimer.singleShot(0, paint_now)
    QTimer.singleShot(ms, lambda: QApplication.exit(0))
    QApplication.exec()


def paint_now() -> None:
    """Qt would give it some milliseconds; posted, it comes before any timer."""
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            QApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest))


def events(name: str) -> list[QEvent]:
    """What Qt would send for a method of this name."""
    at, kind = QPointF(5, 5), QEvent.Type
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(PHOTO)])
    copy = Qt.DropAction.CopyAction
    point = QPoint(5, 5)

    def mouse(kind: QEvent.Type, held: Qt.MouseButton = LEFT) -> QMouseEvent:
        return QMouseEvent(kind, at, at, LEFT, held, NONE)

    made: dict[str, Callable[[], list[QEvent]]] = {
        "keyPressEvent": lambda: [QKeyEvent(kind.KeyPress, Qt.Key.Key_Right, NONE)],
        "keyReleaseEvent": lambda: [QKeyEvent(kind.KeyRelease, Qt.Key.Key_Right, NONE)],
        "mousePressEvent": lambda: [mouse(kind.MouseButtonPress), mouse(kind.MouseButtonRelease)],
        "mouseMoveEvent": lambda: [mouse(kind.MouseMove, Qt.MouseButton.NoButton)],
        "mouseReleaseEvent": lambda: [mouse(kind.MouseButtonPress), mouse(kind.MouseButtonRelease)],
        "mouseDoubleClickEvent": lambda: [mouse(kind.MouseButtonDblClick), mouse(kind.MouseButtonRelease)],
        "wheelEvent": lambda: [QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
                                           Qt.ScrollPhase.NoScrollPhase, False)],
        "enterEvent": lambda: [QEnterEvent(at, at, at)],
        "leaveEvent": lambda: [QEvent(kind.Leave)],
        "focusInEvent": lambda: [QFocusEvent(kind.FocusIn)],
        "focusOutEvent": lambda: [QFocusEvent(kind.FocusOut)],
        "changeEvent": lambda: [QEvent(kind.PaletteChange), QEvent(kind.EnabledChange)],
        "contextMenuEvent": lambda: [QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, point)],
        "dragEnterEvent": lambda: [QDragEnterEvent(point, copy, mime, LEFT, NONE)],
        "dragMoveEvent": lambda: [QDragEnterEvent(point, copy, mime, LEFT, NONE),
                                  QDragMoveEvent(point, copy, mime, LEFT, NONE)],
        "dragLeaveEvent": lambda: [QDragEnterEvent(point, copy, mime, LEFT, NONE), QDragLeaveEvent()],
        "dropEvent": lambda: [QDragEnterEvent(point, copy, mime, LEFT, NONE),
                              QDropEvent(at, copy, mime, LEFT, NONE)],
        "event": lambda: [QEvent(kind.StyleChange)],
        "viewportEvent": lambda: [QEvent(kind.Leave)],
    }  # fmt: skip
    _KEPT.append(mime)
    return made[name]() if name in made else []


_KEPT: list[QMimeData] = []  # Qt's events point to them


def handlers(kind: type) -> Iterator[str]:
    """The event methods that a class of ours defines, or those it is made of."""
    for base in kind.__mro__:
        if base.__module__.startswith("explorer"):
            yield from (name for name in vars(base) if name.endswith("Event") or name in ("event", "paint"))


def touches(window: Window, done: set[tuple[type, str]], only: str = "") -> Iterator[Step]:
    """Each event method of each kind of widget that is there and not in `done`, the seen ones first."""
    for widget in sorted([window, *window.findChildren(QWidget)], key=lambda each: not each.isVisible()):
        kind = type(widget)
        if not isValid(widget):  # an earlier touch took it away
            continue
        for name in dict.fromkeys(handlers(kind)):
            if (kind, name) not in done and name not in ("closeEvent", "childEvent") and name.endswith(only):
                done.add((kind, name))
                yield f"{kind.__name__} {name}", touch(widget, name)


def touch(widget: QWidget, name: str) -> Callable[[], object]:
    """What has Qt call this method of the widget's."""

    def do() -> None:
        with suppress(RuntimeError):  # Qt's object is gone
            target = widget.viewport() if isinstance(widget, QGraphicsView | QAbstractItemView) else widget
            if name == "paintEvent":
                if widget.isVisible():
                    target.update()
                else:
                    widget.grab()
            elif name == "resizeEvent":
                QApplication.sendEvent(widget, QResizeEvent(widget.size(), widget.size()))
            elif name in ("showEvent", "hideEvent"):
                hidden = widget.isHidden()
                widget.setVisible(hidden)
                widget.setVisible(not hidden)
            for event in events(name):
                # Posted, not sent: Qt's own do not come out of Python either, and an error there ends elsewhere.
                QApplication.postEvent(target if name not in ("event", "changeEvent") else widget, event)

    return do


def controls(root: QWidget) -> Iterator[Step]:
    """Press, turn, choose and type: all that is seen and can be used in `root`."""
    for widget in root.findChildren(QWidget):
        if isValid(widget) and widget.isVisible() and widget.isEnabled() and (do := used(widget)):
            name = widget.accessibleName() or getattr(widget, "text", str)() or type(widget).__name__
            yield f"{type(widget).__name__} {str(name)[:40]}", do


def used(widget: QWidget) -> Callable[[], object] | None:
    """What a hand does with a control; None for what is none."""
    each: Any = widget
    if isinstance(each, QAbstractButton):
        return None if each.text().startswith("Get") else each.click  # that asks another machine
    if isinstance(each, QComboBox) and each.count() > 1:
        return lambda: each.setCurrentIndex((each.currentIndex() + 1) % each.count())
    if isinstance(each, QSpinBox | QDoubleSpinBox):
        return lambda: (each.stepUp(), each.stepDown(), each.editingFinished.emit())
    if isinstance(each, QAbstractSlider) and each.maximum() > each.minimum():
        return lambda: each.setValue(each.minimum() + (each.value() - each.minimum() + 1) % (each.maximum() or 1))
    if isinstance(each, QLineEdit) and not each.isReadOnly():
        return lambda: (QTest.keyClicks(each, "3"), QTest.keyClick(each, Qt.Key.Key_Return))
    if isinstance(each, QAbstractItemView) and each.model() is not None and each.model().rowCount():
        return lambda: (
            QTest.mouseClick(each.viewport(), LEFT, NONE, each.visualRect(each.model().index(0, 0)).center()),
            QTest.keyClick(each, Qt.Key.Key_Down),
        )
    return None


def commands(window: Window) -> Iterator[Step]:
    """Each command that can be used now."""
    for command, action in window.commands.actions:
        if command.text not in ASIDE and action.menu() is None:
            yield f"command {command.path}", lambda action=action: action.trigger() if action.isEnabled() else None


PAGES = ("start", "gallery", "library", "guide", "facts", "compare", "data_set", "studio", "labs")


def paintings(window: Window) -> Iterator[Step]:
    """Every panel, page and lab is shown, and painted once more."""
    done: set[tuple[type, str]] = set()
    for name, show in (*panels(window), *pages(window)):
        yield name, show
        yield from touches(window, done, "paintEvent")
    yield "canvas", window.pages.show_canvas
    yield "scene", window.canvas.viewport().update
    yield "scene", window.canvas.drawing.invalidate


def all_steps(window: Window) -> Iterator[Step]:
    """Everything that can be touched in every panel, page and lab, and every command."""
    done: set[tuple[type, str]] = set()
    for name, show in (*panels(window), *pages(window)):
        yield name, show
        yield from controls(window)
        yield from touches(window, done)
    yield "canvas", window.pages.show_canvas
    yield from commands(window)
    yield from touches(window, done)


def panels(window: Window) -> Iterator[Step]:
    """Each comes to the front."""

    def bring(title: str) -> None:
        window.docks.bring(title)
        window.docks.turns.finish(title)  # else there is nothing to touch yet

    for title in list(window.docks):
        yield f"panel {title}", lambda title=title: bring(title)


def pages(window: Window) -> Iterator[Step]:
    """Each is shown, and each lab."""

    def show(name: str) -> None:
        getattr(window.pages, f"show_{name}")()
        if name == "studio":
            _ = window.pages.studio.view  # else there is nothing to touch yet

    for name in PAGES:
        yield f"page {name}", lambda name=name: show(name)
    for row in range(len(LABS)):
        yield f"lab {row}", lambda row=row: window.pages.labs.list.setCurrentRow(row)
