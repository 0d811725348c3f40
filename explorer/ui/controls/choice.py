"""A list to choose from by typing any part of an entry."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSizePolicy

from explorer.ui.theme import GRID

ENTRIES = 20
"""Shown at once."""
NAMES = Qt.ItemDataRole.UserRole
"""What an entry is found by, one a line."""


class Titles(QCompleter):
    """Looks for any of the entries' names, and writes their titles."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        title: str = index.data()
        return title


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
        completer = Titles(self.model(), self)
        completer.setCompletionRole(NAMES)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(ENTRIES)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self.typed.returnPressed.connect(self._take)
        self.typed.editingFinished.connect(self._settle)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.typed.setAccessibleName(name)  # which has the keys

    def offer(self, place: int, title: str, name: str = "") -> None:
        """Put an entry at a place of the list; it is found by its title and by its name."""
        self.insertItem(place, title, f"{title}\n{name}".strip())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed takes the place of what is there; a click puts its cursor first."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self.typed, self.typed.selectAll)

    def _take(self) -> None:
        typed, entries = self.typed.text().strip().lower(), [self.itemData(i).lower() for i in range(self.count())]
        whole = (i for i, names in enumerate(entries) if typed in names.split("\n"))
        part = (i for i, names in enumerate(entries) if typed in names)
        found = next(whole, next(part, -1))
        if typed and found >= 0:
            self.setCurrentIndex(found)
            self.activated.emit(found)

    def _settle(self) -> None:
        self.setEditText(self.itemText(self.currentIndex()))
