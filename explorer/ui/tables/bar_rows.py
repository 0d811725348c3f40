"""A list whose rows have a text, a figure at the right and a bar from the middle, made when they are painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate

from explorer.ui import theme
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """share: of the longest bar, from −1, a fall, to 1; None for no bar. detail: in a line of its own. struck: what the
    text names is switched off. low: the share at the left end, 0 where none is below. mark: a share that is marked;
    a bar beyond it has another colour."""

    text: str
    figure: str
    detail: str = ""
    share: float | None = None
    tip: str = ""
    struck: bool = False
    low: float = -1.0
    mark: float | None = None


def nothing(_number: int) -> Row:
    """What is shown before there is anything."""
    return Row("", "")


class Rows(QAbstractListModel):
    """So many rows, each made by a function of its number."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._row: Callable[[int], Row] = nothing

    def show_rows(self, count: int, row: Callable[[int], Row]) -> None:
        """Show other rows; where there are as many, what is selected stays."""
        if count == self._count:
            self._row = row
            if count:
                self.dataChanged.emit(self.index(0), self.index(count - 1))
            return
        self.beginResetModel()
        self._count, self._row = count, row
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._row(index.row())
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(filter(None, (row.text, row.figure, row.detail, "off" if row.struck else "")))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.tip or f"{row.text}: {row.figure}")
        return None


class BarRow(QStyledItemDelegate):
    """Falls go to the left of the middle and gains to the right: colour is not the only cue."""

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, colours = index.data(ROW), theme.current()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = QRectF(option.rect)
        painter.save()
        if chosen:
            painter.fillRect(box, QColor(colours.accent))
        elif option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        text = QColor(colours.on_accent if chosen else colours.text)
        box = box.adjusted(4, 2, -4, -2)
        font = sized("small")
        font.setStrikeOut(row.struck)
        painter.setFont(sized("small"))
        measure = QFontMetrics(painter.font())
        line = QRectF(box.left(), box.top(), box.width(), measure.height())
        painter.setPen(text)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, row.figure)
        room = int(box.width() - measure.horizontalAdvance(row.figure) - GRID)
        painter.setFont(font)
        label = measure.elidedText(row.text, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, label)
        if row.detail:
            line.translate(0, line.height())
            painter.setFont(sized("small"))
            painter.setPen(text if chosen else QColor(colours.dim))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, row.detail)
        if row.share is not None:
            track = QRectF(box.left(), line.bottom() + 1, box.width(), 3)
            painter.fillRect(track, QColor(colours.raised))
            unit = track.width() / (1 - row.low)
            falls = row.share < 0 if row.mark is None else row.share > row.mark
            fill = colours.changes["removed" if falls else "added"]
            start = track.left() + (min(row.share, 0) - row.low) * unit
            painter.fillRect(QRectF(start, track.top(), abs(row.share) * unit, 3), QColor(fill))
            if row.mark is not None:
                at = track.left() + (row.mark - row.low) * unit
                painter.fillRect(QRectF(at - 1, track.top() - 2, 2, 7), QColor(colours.text))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = 2 if index.data(ROW).detail else 1
        return QSize(12 * GRID, lines * QFontMetrics(sized("small")).height() + GRID)


class BarList(QListView):
    """Several rows can be selected; Delete asks to switch what they name."""

    picked = Signal(int)
    switched = Signal(object)  # tuple[int, ...]: rows

    def __init__(self, name: str) -> None:
        super().__init__()
        self.rows = Rows()
        self.setModel(self.rows)
        self.setItemDelegate(BarRow(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMinimumSize(12 * GRID, 6 * GRID)
        self._shown: Hashable = None
        self.selectionModel().currentChanged.connect(lambda now, _: self.picked.emit(now.row()) if now.isValid() else 0)

    def show_rows(self, count: int, row: Callable[[int], Row], shown: Hashable) -> None:
        """Show rows made by `row`; nothing is done where `shown` says that they are the same as before."""
        if (count, shown) != self._shown:
            self._shown = count, shown
            self.rows.show_rows(count, row)

    @property
    def selected(self) -> tuple[int, ...]:
        """The selected rows, in order; where there are none, the current one."""
        rows = sorted(index.row() for index in self.selectedIndexes()) or [self.currentIndex().row()]
        return tuple(row for row in rows if row >= 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected:
            self.switched.emit(self.selected)
        else:
            super().keyPressEvent(event)
