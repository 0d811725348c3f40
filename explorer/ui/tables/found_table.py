"""How well a detector finds the things of each class: a table that sorts by any column."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTableView

from explorer.maths.average_precision import Scores
from explorer.ui.controls.words import plain_tip, share_in_words
from explorer.ui.row_table import dress
from explorer.ui.theme import GRID

COLUMNS = {
    "Class": "", "Things": "how many there are in the pictures",
    "Found": "boxes of this class, at most 100 in a picture",
    "AP": "average precision, mean over overlaps from 0.5 to 0.95: COCO's first number",
    "AP50": "average precision where an overlap (IoU) of a half is enough",
    "VOC": "average precision by Pascal VOC's rule, the area under the whole curve",
}  # fmt: skip
VALUE = Qt.ItemDataRole.UserRole
"""What a cell is sorted by; in the first one its class's place among the scores."""
PLACE = Qt.ItemDataRole.UserRole + 1


class FoundTable(QTableView):
    """A row for each class that is in the pictures."""

    chosen = Signal(int)  # the place of a class among the scores, -1 for none

    def __init__(self) -> None:
        super().__init__()
        self.rows = QStandardItemModel(0, len(COLUMNS))
        self.rows.setSortRole(VALUE)
        for column, (name, tip) in enumerate(COLUMNS.items()):
            item = QStandardItem(name)
            item.setToolTip(tip)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.rows.setHorizontalHeaderItem(column, item)
        self.setModel(self.rows)
        dress(self, "Classes that were looked for")
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        head = self.horizontalHeader()
        head.setMinimumSectionSize(8 * GRID)  # names of classes are read in a narrow window, too
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            self.setColumnWidth(column, 8 * GRID)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit(self.place))

    @property
    def place(self) -> int:
        """Of the chosen class among the scores, -1 for none."""
        now = self.currentIndex()
        return int(now.siblingAtColumn(0).data(PLACE)) if now.isValid() else -1

    def choose(self, place: int) -> None:
        """Choose a class by its place among the scores, none for -1; `chosen` tells."""
        if place == self.place:
            return
        rows = range(self.rows.rowCount())
        row = next((row for row in rows if int(self.rows.item(row, 0).data(PLACE)) == place), -1)
        self.setCurrentIndex(self.rows.index(row, 0))
        if row < 0:
            self.clearSelection()

    def show_scores(self, scores: Scores, label: Callable[[int], str]) -> None:
        """Show other scores; of the same classes the chosen one stays so."""
        if self.rows.rowCount() != len(scores.classes):
            self.rows.setRowCount(0)
            for place in range(len(scores.classes)):
                row = [QStandardItem() for _ in COLUMNS]
                row[0].setData(place, PLACE)
                for item in row[1:]:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.rows.appendRow(row)
        self.setSortingEnabled(False)  # rows must not move while they are filled
        for at in range(self.rows.rowCount()):
            place = int(self.rows.item(at, 0).data(PLACE))
            name = label(scores.classes[place])
            shares = scores.precisions[place, 0].mean(), scores.precisions[place, 0, 0], scores.voc[place]
            counts = int(scores.things[place]), int(scores.found[place])
            texts = [name, *(f"{count:,}" for count in counts), *(share_in_words(float(share)) for share in shares)]
            for column, (text, value) in enumerate(zip(texts, (name, *counts, *map(float, shares)), strict=True)):
                item = self.rows.item(at, column)
                item.setText(text)
                item.setToolTip(plain_tip(text))
                item.setData(value, VALUE)
        self.setSortingEnabled(True)
