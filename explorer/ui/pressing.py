"""Enter presses the button that has the keys: Qt leaves that to Space outside of dialogs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QToolButton, QWidget

ENTER = Qt.Key.Key_Return, Qt.Key.Key_Enter
HELD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier


class EnterPresses(QObject):
    """Hears the keys of the button that has them, before what it lies in does: the canvas and pages of lists have an
    Enter of their own. In a dialog Enter stays with the default button, unless another push button has the keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in ENTER:
            return False
        if not isinstance(watched, QPushButton | QToolButton) or event.modifiers() not in HELD:
            return False
        if not event.isAutoRepeat():  # held down it presses once, as Space does
            watched.click()
        return True

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if isinstance(now, QPushButton) or (isinstance(now, QToolButton) and not isinstance(now.window(), QDialog)):
            now.installEventFilter(self)
