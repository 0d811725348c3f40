"""A list to choose from by typing any part of an entry."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSizePolicy

from explorer.ui.theme import GRID

ENTRIES = 20
"""Shown at once."""


class Choice(QComboBox):
    """A combo box that completes; Enter takes the first entry that has what was typed, leaving it takes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = QLineEdit()
        self.setLineEdit(self.typed)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(16 * GRID)
        self.setMaxVisibleItems(ENTRIES)
        completer = QCompleter(self.model(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(ENTRIES)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self.typed.returnPressed.connect(self._take)
        self.typed.editingFinished.connect(self._settle)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed takes the place of what is there; a click puts its cursor first."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self.typed, self.typed.selectAll)

    def _take(self) -> None:
        typed, entries = self.typed.text().strip().lower(), [self.itemText(i).lower() for i in range(self.count())]
        found = entries.index(typed) if typed in entries else next((i for i, e in enumerate(entries) if typed in e), -1)
        if typed and found >= 0:
            self.setCurrentIndex(found)
            self.activated.emit(found)

    def _settle(self) -> None:
        self.setEditText(self.itemText(self.currentIndex()))
