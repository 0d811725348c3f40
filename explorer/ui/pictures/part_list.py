"""What the channels put into a number, as a list: those that put in most first, the others together."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from explorer.maths.adding_up import SHOWN, AddingUp
from explorer.ui.pictures.number_grids import brief, shade
from explorer.ui.theme import GRID

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
MARK = ": "
"""Between a part's name and its figure."""
WIDEST = f"channel 999{MARK}−0.00000"
"""What a row has room for in any theme."""


class Parts(QAbstractListModel):
    """A row for each part that is told, and one for the others."""

    def __init__(self) -> None:
        super().__init__()
        self.adding: AddingUp | None = None

    def show_parts(self, adding: AddingUp | None) -> None:
        """Show other parts."""
        self.beginResetModel()
        self.adding = adding
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return self.adding.told + (self.adding.others > 0) if self.adding else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.adding is None:
            return None
        others = index.row() >= self.adding.told
        if role == Qt.ItemDataRole.DisplayRole:
            return self._others() if others else self._part(index.row())
        if role == Qt.ItemDataRole.ToolTipRole and others:
            return "Show each of them"
        if role == Qt.ItemDataRole.DecorationRole and self.adding.strongest and not others:
            return shade(self.adding.part(index.row()).amount / self.adding.strongest)
        return None

    def _part(self, row: int) -> str:
        assert self.adding is not None
        part = self.adding.part(row)
        window = self.adding.windows[part.window]
        alone = len(self.adding.windows) > 1 and len(window.channels) == 1
        return f"{window.node if alone else f'channel {window.channels[part.channel]}'}: {brief(part.amount)}"

    @property
    def height(self) -> int:
        """Rows that are shown before one has to scroll."""
        return min(self.rowCount(), SHOWN + 1)

    def _others(self) -> str:
        assert self.adding is not None
        told = f"and {self.adding.others:,} more"
        return f"{told}: {brief(self.adding.rest)}" if self.adding.builds and self.adding.gathered == "sum" else told


class _Part(QStyledItemDelegate):
    """Where there is no room for a row, its name is cut, never its figure: without its sign it would be another one."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        row: Any = option  # PySide's stubs forget what it has
        name, mark, figure = row.text.rpartition(MARK)
        style = row.widget.style()
        beside = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, row.widget) + 1
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, row.widget).width() - 2 * beside
        if mark:
            room -= row.fontMetrics.horizontalAdvance(mark + figure)
            row.text = row.fontMetrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room) + mark + figure


class PartList(QListView):
    """The parts to choose from; the row of the others asks for all of them."""

    chosen = Signal(int)  # a part's number
    all_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.parts = Parts()
        self._quiet = False
        self.setModel(self.parts)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)  # a fully connected layer may have 100,000 rows
        self.setAccessibleName("What each channel puts in")
        self.setItemDelegate(_Part(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(GRID, GRID))
        self.selectionModel().currentChanged.connect(self._choose)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), 12 * GRID)

    def minimumSizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(WIDEST)
        beside = self.iconSize().width() + self.verticalScrollBar().sizeHint().width() + 3 * GRID
        return QSize(max(20 * GRID, words + beside), super().minimumSizeHint().height())

    def show_parts(self, adding: AddingUp | None) -> None:
        """Show other parts, and choose none."""
        self.parts.show_parts(adding)

    def choose(self, part: int) -> None:
        """Choose a row, without telling about it."""
        self._quiet = True
        self.setCurrentIndex(self.parts.index(part, 0))
        self._quiet = False

    def _choose(self, index: QModelIndex) -> None:
        if (
            not self._quiet
            and index.isValid()
            and self.parts.adding is not None
            and index.row() < self.parts.adding.told
        ):
            self.chosen.emit(index.row())

    def _open(self, index: QModelIndex) -> None:
        if self.parts.adding is not None and index.row() >= self.parts.adding.told:
            self.all_requested.emit()
