"""The keys of undo and redo, where a page or a panel has an undo of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Act = TypeVar("Act", bound=Callable[[], object])


def undo_or_redo(event: QKeyEvent, undo: Act, redo: Act) -> Act | None:
    """Which of both a key means, None for neither. Ctrl+Y redoes on every system, as the window's own redo does."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return undo
    again = event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_Y
    return redo if again or event.matches(QKeySequence.StandardKey.Redo) else None
