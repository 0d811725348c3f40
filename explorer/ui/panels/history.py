"""The edits so far, each a place to go back to."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QUndoView

from explorer.ui import theme
from explorer.workspace.session import Session

Index = QModelIndex | QPersistentModelIndex
ROW = 3 * theme.GRID
"""Height of a step, pixels."""


class HistoryPanel(QUndoView):
    """Every edit in a list; a click goes back to where it was made, and what came after can still be had again."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.document.histories)
        self.setEmptyLabel("As it was opened")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Undo history")
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Step(self))
        self._document = session.document
        session.document.histories.indexChanged.connect(lambda _: self.viewport().update())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        with self._document.at_once():
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        with self._document.at_once():
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with self._document.at_once():
            super().keyPressEvent(event)


class _Step(QStyledItemDelegate):
    """A step in its row; one that is undone is dim."""

    def __init__(self, panel: HistoryPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        stack = self._panel.stack()
        if stack is not None and index.row() > stack.index():  # the first row is how all began
            option.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().dim))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        found = super().sizeHint(option, index)
        return QSize(found.width(), max(found.height(), ROW))  # the style may want room for fingers
