"""A page to look something up in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID


class SearchPage(QWidget):
    """A title, a line to search with and a way back, above what the page finds.

    Enter opens what is chosen, Down goes from the line to the results, Escape goes back.
    """

    back_requested = Signal()

    def __init__(self, title: str, things: str, results: QAbstractItemView) -> None:
        super().__init__()
        self._results = results
        self.setAccessibleName(title)
        self.search = QLineEdit(placeholderText=f"Search {things}", clearButtonEnabled=True)
        self.search.setAccessibleName(f"Search {things}")
        self.back = QPushButton("Back")
        self.back.clicked.connect(self.back_requested)
        self.head = QHBoxLayout()
        self.head.addWidget(Text(title, size="title"), 1)
        self.head.addWidget(self.search, 1)
        self.head.addWidget(self.back)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.column.setSpacing(GRID)
        self.column.addLayout(self.head)
        self.setFocusProxy(self.search)
        results.doubleClicked.connect(lambda _index: self.open_chosen())

    def open_chosen(self) -> None:
        """Open what is chosen among the results."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_chosen()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self._results.setFocus()
        elif event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)
