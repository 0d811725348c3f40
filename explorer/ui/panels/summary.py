"""All layers in one table, with their totals."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.network.analysis import totals
from explorer.ui.destinations import export
from explorer.ui.labels import Text, sized
from explorer.ui.layer_table import COLUMNS, LayerTable, comma_separated, tab_separated
from explorer.ui.theme import GRID
from explorer.ui.words import counted, sums_in_words
from explorer.workspace.document import Change
from explorer.workspace.exports import write_bytes
from explorer.workspace.session import Session

WIDTHS = (13, 11, 16, 12, 11, 12, 6)
"""Of the columns, in grid steps."""


class SummaryPanel(QWidget):
    """The table of layers; selects with the canvas, sorts, copies and exports."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._following = False  # while the session's selection is put into the table
        self.setAccessibleName("Summary")
        self.model = LayerTable(session.document)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Layers")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(3 * GRID)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        header.moveSection(COLUMNS.index("Settings"), len(COLUMNS) - 1)  # numbers first where there is little room
        self.table.setSortingEnabled(True)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width * GRID)
        self.totals = Text(wrap=False)
        self.totals.setFont(sized("body"))
        self.problems = Text(role="problem")
        self.problems.setWordWrap(False)
        self.failure = Text(role="problem")
        foot = QHBoxLayout()
        foot.addWidget(self.totals, 1)
        foot.addWidget(self.problems)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(GRID, GRID, GRID, GRID)
        column_layout.setSpacing(GRID)
        column_layout.addWidget(self.table, 1)
        column_layout.addWidget(self.failure)
        column_layout.addLayout(foot)
        self.table.selectionModel().selectionChanged.connect(self._tell_selection)
        session.document.changed.connect(self._follow)
        session.conventions_changed.connect(lambda _: self._show_totals())
        session.selection_changed.connect(lambda _: self.take_selection())
        self._show_totals()
        self.take_selection()

    def sizeHint(self) -> QSize:
        return QSize(90 * GRID, 30 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 14 * GRID)

    def export_csv(self, path: str) -> None:
        """Write the whole table and its totals. Raises Refusal with a sentence."""
        facts = totals(self._session.document.facts)
        last = ["at least" if facts.problem else "total", "", "", "", str(facts.parameters), str(facts.macs), ""]
        text = comma_separated([*self.model.plain(range(self.model.rowCount())), last])
        write_bytes(path, text.encode("utf-8-sig"))  # the mark tells spreadsheets it is UTF-8

    def copy(self, whole: bool = False) -> None:
        """Put the selected rows, or all, on the clipboard, tab-separated with a head line."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        chosen = rows if rows and not whole else range(self.model.rowCount())
        QGuiApplication.clipboard().setText(tab_separated(self.model.plain(chosen)))

    def _follow(self, change: Change) -> None:
        self._following = True
        self.model.follow(change)
        self._following = False
        self._show_totals()
        self.take_selection()

    def _show_totals(self) -> None:
        facts = self._session.document.facts
        sums = totals(facts)
        figures = " · ".join(sums_in_words(sums, self._session.conventions))
        self.totals.say(
            f"{figures} · {counted(len(facts), 'layer')}"
            if facts
            else "No layers yet: add one from the palette, or open a network."
        )
        self.problems.say(sums.problem)

    def showEvent(self, event: QShowEvent) -> None:
        self.take_selection()

    def take_selection(self) -> None:
        """Select the rows of the session's nodes, unless another tab is in front: nobody sees it then."""
        if self.visibleRegion().isEmpty():  # a panel behind another tab is visible to Qt, but out of the window
            return
        chosen = QItemSelection()
        rows = [row for row in map(self.model.row_of, self._session.selection) if row is not None]
        if sorted(rows) == sorted(index.row() for index in self.table.selectionModel().selectedRows()):
            return
        for row in rows:
            chosen.select(self.model.index(row, 0), self.model.index(row, len(COLUMNS) - 1))
        self._following = True
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            current = self.model.index(rows[-1], 0)
            self.table.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.table.scrollTo(current)
        self._following = False

    def _tell_selection(self) -> None:
        if not self._following:
            rows = [index.row() for index in self.table.selectionModel().selectedRows()]
            current = self.table.currentIndex().row()
            rows.sort(key=lambda row: row == current)  # the last one chosen last
            self._session.select(tuple(self.model.ids[row] for row in rows))

    def _choose_export(self) -> None:
        _, problem = export(self, "Export summary", "layers", "Tables", (".csv",), self.export_csv)
        self.failure.say(problem)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction("Copy rows", self.copy)
        menu.addAction("Copy all", lambda: self.copy(whole=True))
        menu.addAction("Export as CSV…", self._choose_export)
        menu.exec(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
