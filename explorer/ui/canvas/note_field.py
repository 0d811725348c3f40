"""The field that lies over a note while it is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from explorer.ui.theme import GRID


class NoteField(QPlainTextEdit):
    """Where a note is written: Esc gives up, Ctrl+Enter or a click elsewhere ends it."""

    ended = Signal(bool)  # whether to keep what is written

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._home = parent
        self.setAccessibleName("Note")
        self.setAccessibleDescription("Ctrl+Enter ends it, Esc gives up")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(20 * GRID, 4 * GRID)
        self.hide()

    def write(self, text: str) -> None:
        """Begin with this text."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self.selectAll()
        self.show()
        self.setFocus()

    def end(self, keep: bool) -> None:
        """Go away."""
        if not self.isHidden():
            self.hide()
            self.ended.emit(keep)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        escape = event.key() == Qt.Key.Key_Escape
        if escape or (enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.end(not escape)
            self._home.setFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.end(True)
