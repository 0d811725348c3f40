"""What layers put out for all pictures of a data set: dead channels, zeros, and how their numbers are spread."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from explorer.maths.data_set_records import LayerActivity
from explorer.ui import theme
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.words import counted, figure, plain_tip, share_in_words
from explorer.ui.row_table import dress
from explorer.ui.theme import GRID

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COLUMNS = ("Layer", "Channels", "Dead", "Zeros", "Mean", "Histogram")
LAYER, SPREAD = Qt.ItemDataRole.UserRole, 5
LISTED = 40
"""Dead channels that are named."""

Index = QModelIndex | QPersistentModelIndex


class ActivityTable(QTableView):
    """A row for each layer; a click or an arrow key chooses one."""

    chosen = Signal(str)  # a node's id

    def __init__(self) -> None:
        super().__init__()
        self._layers: tuple[LayerActivity, ...] = ()
        self.rows = QStandardItemModel(0, len(COLUMNS))
        self.rows.setHorizontalHeaderLabels(COLUMNS)
        for column in range(len(COLUMNS)):
            self.rows.horizontalHeaderItem(column).setTextAlignment(RIGHT if 0 < column < SPREAD else LEFT)
        self.setModel(self.rows)
        self.setItemDelegateForColumn(SPREAD, _Spread(self))
        dress(self, "Activity of layers")
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.verticalHeader().setDefaultSectionSize(4 * GRID)
        head = self.horizontalHeader()
        head.setSectionResizeMode(SPREAD, QHeaderView.ResizeMode.Stretch)
        for column in range(SPREAD):
            self.setColumnWidth(column, (9 if column else 20) * GRID)
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self._choose(now))
        self._filling = False

    def show_layers(self, layers: Sequence[LayerActivity]) -> None:
        """Show what is known of these layers; the same ones keep the choice."""
        if [one.node for one in layers] != [one.node for one in self._layers]:
            self.rows.setRowCount(0)
            for _ in layers:
                self.rows.appendRow([QStandardItem() for _ in COLUMNS])
        self._layers = tuple(layers)
        for row, layer in enumerate(layers):
            for column, (text, tip) in enumerate(cells(layer)):
                item = self.rows.item(row, column)
                item.setText(text)
                item.setToolTip(plain_tip(tip))
                if 0 < column < SPREAD:
                    item.setTextAlignment(RIGHT)
            self.rows.item(row, SPREAD).setData(layer, LAYER)
            dead = layer.cuts and layer.silent.any()
            self.rows.item(row, 2).setForeground(QColor(theme.current().problem if dead else theme.current().text))

    def _choose(self, now: QModelIndex) -> None:
        if 0 <= now.row() < len(self._layers):
            self.chosen.emit(self._layers[now.row()].node)


class _Spread(QStyledItemDelegate):
    """Draws a histogram, roots of the counts as bars; its words are the cell's text, for screen readers."""

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        layer, colours = index.data(LAYER), theme.current()
        rect = QRectF(option.rect)
        if not isinstance(layer, LayerActivity):
            return
        room, most = rect.adjusted(GRID, 3, -GRID, -3), max(1.0, sqrt(max(layer.counts)))
        width = room.width() / len(layer.counts)
        for place, count in enumerate(layer.counts):
            tall = sqrt(count) / most * room.height()  # rare numbers stay visible beside the many zeros behind a ReLU
            left = room.left() + place * width
            painter.fillRect(QRectF(left, room.bottom() - tall, max(1.0, width - 1), tall), QColor(colours.accent))
        if layer.low < 0 < layer.high:
            zero = room.left() - layer.low / (layer.high - layer.low) * room.width()
            painter.fillRect(QRectF(zero, room.top(), 1, room.height()), QColor(colours.dim))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(30 * GRID, 4 * GRID)


def cells(layer: LayerActivity) -> list[tuple[str, str]]:
    """The texts of a row, each with what is said under the pointer."""
    silent = layer.silent.nonzero()[0].tolist()
    some = ", ".join(map(str, silent[:LISTED])) + (", …" if len(silent) > LISTED else "")
    never = f"never above 0 in any picture: {some}" if silent else "every channel is above 0 somewhere"
    spread = f"from {figure(layer.low)} to {figure(layer.high)}"
    return [
        (layer.node, layer.node),
        (f"{len(layer.silent):,}", counted(len(layer.silent), "channel")),
        (f"{len(silent):,}" if layer.cuts else "–", never),
        (share_in_words(float(layer.zeros.mean())), "share of the numbers that are 0"),
        (figure(float(layer.mean.mean())), "mean of the numbers"),
        (spread, f"{spread}; heights are roots of counts"),
    ]
