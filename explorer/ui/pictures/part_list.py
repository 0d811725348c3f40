"""What the channels put into a number, as a list: those that put in most first, the others together."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QListView

from explorer.maths.adding_up import SHOWN, AddingUp
from explorer.ui.pictures.number_grids import brief, shade
from explorer.ui.theme import GRID

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


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
        self.setMinimumWidth(20 * GRID)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(GRID, GRID))
        self.selectionModel().currentChanged.connect(self._choose)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, 12 * GRID)

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
