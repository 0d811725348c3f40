"""The button that makes a folder: its name is typed in a line that takes the button's place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedWidget, QToolButton, QWidget

from explorer.ui.theme import GRID


class NewFolder(QStackedWidget):
    """Enter makes the folder, Esc does not."""

    named = Signal(str)  # what the new folder is to be called

    def __init__(self) -> None:
        super().__init__()
        self.button = QToolButton(autoRaise=True)
        self.button.setText("New folder")
        self.button.setToolTip("Make a folder in the one that is shown (Ctrl+Shift+N)")
        self.line = _Line(placeholderText="Name of the new folder")
        self.line.setAccessibleName("Name of the new folder")
        self.line.setToolTip("Enter makes the folder in the one that is shown, Esc does not")
        self.line.setMinimumWidth(22 * GRID)
        self._part: QWidget = self.button
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.addWidget(self.button)
        self.addWidget(self.line)
        self.button.clicked.connect(self.ask)
        self.line.returnPressed.connect(self._take)
        self.line.left.connect(lambda: self._show(self.button))

    def sizeHint(self) -> QSize:
        return self._part.sizeHint().expandedTo(self._part.minimumSize())

    def minimumSizeHint(self) -> QSize:
        return self._part.minimumSizeHint().expandedTo(self._part.minimumSize())

    def ask(self) -> None:
        """Have the name typed."""
        if self.isVisible():
            self._show(self.line)
            self.line.clear()
            self.line.setFocus()

    def _show(self, part: QWidget) -> None:
        self._part = part
        self.setCurrentWidget(part)
        self.updateGeometry()

    def _take(self) -> None:
        name = self.line.text().strip()
        self._show(self.button)
        if name:
            self.named.emit(name)


class _Line(QLineEdit):
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # else the dialog would close
            self.left.emit()
        else:
            super().keyPressEvent(event)
