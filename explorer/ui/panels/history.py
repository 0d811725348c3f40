"""The edits so far, each a place to go back to."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QStringListModel, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem

from explorer.ui import theme
from explorer.workspace.document import Document
from explorer.workspace.session import Session

Index = QModelIndex | QPersistentModelIndex
ROW = 3 * theme.GRID
"""Height of a step, pixels."""


class HistoryPanel(QListView):
    """Every edit in a list; a click goes back to where it was made, and what came after can still be had again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Undo history")
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._document, self._rows = session.document, QStringListModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Step(self, session.document))
        self.selectionModel().currentChanged.connect(self._go)
        session.document.stepped.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        texts = ["As it was opened", *(step.text for step in self._document.history.steps)]
        if texts != self._rows.stringList():
            self._rows.setStringList(texts)
        self.setCurrentIndex(self._rows.index(self._document.history.index, 0))
        self.viewport().update()

    def _go(self, current: QModelIndex) -> None:
        if current.isValid():
            try:
                self._document.go(current.row())
            except Exception:
                QTimer.singleShot(0, self, self._follow)  # Qt selects the row before that
                raise


class _Step(QStyledItemDelegate):
    """A step in its row; one that is undone is dim."""

    def __init__(self, panel: HistoryPanel, document: Document) -> None:
        super().__init__(panel)
        self._document = document

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.row() > self._document.history.index:  # the first row is how all began
            option.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().off))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        found = super().sizeHint(option, index)
        return QSize(found.width(), max(found.height(), ROW))  # the style may want room for fingers
