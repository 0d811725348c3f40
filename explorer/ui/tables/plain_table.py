"""A small table of words and numbers, as high as its rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

from explorer.ui.controls.labels import enlarge
from explorer.ui.controls.words import plain_tip


class PlainTable(QTableWidget):
    """The first column has names; the others have numbers, at their right."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shape: tuple[int, tuple[str, ...]] = (0, ())
        self._larger = 1.0
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)

    def show_rows(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other rows; a table without any takes no room."""
        self.setVisible(bool(rows))
        if (len(rows), tuple(head)) != self._shape:
            self._shape = len(rows), tuple(head)
            self._make_cells()
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                item = self.item(y, x)
                if item is not None and item.text() != text:  # else Qt measures the whole column again
                    item.setText(text)
                    item.setToolTip(plain_tip(text))

    def _make_cells(self) -> None:
        rows, head = self._shape
        self.setColumnCount(len(head))
        self.setRowCount(rows)
        self.setHorizontalHeaderLabels(head)
        for y, x in product(range(rows), range(len(head))):
            item = QTableWidgetItem()
            if x:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(y, x, item)
        bar = self.horizontalHeader()
        bar.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if head:
            bar.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._measure()

    def _measure(self) -> None:
        high = self.fontMetrics().height() + 4
        self.verticalHeader().setDefaultSectionSize(high)
        self.setFixedHeight(high * self._shape[0] + self.horizontalHeader().sizeHint().height() + 2)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def grow(self, larger: float) -> None:
        """Be written so many times as large as the theme's words."""
        if larger != self._larger:
            by, self._larger = larger / self._larger, larger
            enlarge(self, by)

    def needs(self) -> int:
        """Pixels of width below which a column is cut."""
        bar = self.horizontalHeader()
        return sum(max(self.sizeHintForColumn(i), bar.sectionSizeHint(i)) for i in range(self.columnCount()))

    def texts(self) -> list[list[str]]:
        """What stands in the rows."""
        cells = ((self.item(y, x) for x in range(self.columnCount())) for y in range(self.rowCount()))
        return [[cell.text() if cell is not None else "" for cell in row] for row in cells]
