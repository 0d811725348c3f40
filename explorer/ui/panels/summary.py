"""All layers in one table, with their totals."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.sentences import Refusal, shortened
from explorer.network.analysis import totals
from explorer.network.tables import comma_separated, latex, markdown, tab_separated
from explorer.ui import theme
from explorer.ui.controls.following import Following
from explorer.ui.controls.labels import Text, sized
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.turns import Parts
from explorer.ui.controls.words import counted, sums_in_words
from explorer.ui.destinations import export
from explorer.ui.row_runs import runs, selected_rows
from explorer.ui.row_table import RowHeight, dress
from explorer.ui.tables.layer_columns import COLUMNS, LAST
from explorer.ui.tables.layer_table import LayerTable
from explorer.ui.theme import GRID
from explorer.workspace.document import Change
from explorer.workspace.exports import write_bytes
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

ENDINGS = (".csv", ".md", ".tex")
"""Of the files the table is exported to."""
WIDEST_NAMES = 28 * GRID
TITLES = [column.title for column in COLUMNS]


class SummaryPanel(QWidget):
    """The table of layers; selects with the canvas, sorts, searches, copies and exports what it shows."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._fitted = 0
        """The width that the names were given; another one the user has chosen."""
        self.setAccessibleName("Summary")
        self.model = LayerTable(session)
        self.search = QLineEdit(placeholderText="Search: name, kind, 3x3, 256x56x56, …", clearButtonEnabled=True)
        self.search.setAccessibleName("Search layers")
        self._larger = theme.current().larger  # than usual, the words that its columns have room for
        self.table = QTableView()
        self.table.setModel(self.model)
        dress(self.table, "All layers")
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        RowHeight(self.table)
        header = self.table.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(self.model, header))  # else it asks 3,000 rows for each column
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        header.moveSection(TITLES.index(LAST), len(COLUMNS) - 1)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: choose_from(self.column_menu(), header.mapToGlobal(at)))
        self.table.setSortingEnabled(True)
        shown = set(Settings().columns) & set(TITLES) or {column.title for column in COLUMNS if column.first}
        for number, column in enumerate(COLUMNS):
            self.table.setColumnWidth(number, round(column.width * GRID * self._larger))
            self.table.setColumnHidden(number, number > 0 and column.title not in shown)
        self._fitted = self.table.columnWidth(0)
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
        column_layout.addWidget(self.search)
        column_layout.addWidget(self.table, 1)
        column_layout.addWidget(self.failure)
        column_layout.addLayout(foot)
        self.table.selectionModel().selectionChanged.connect(self._tell_selection)
        self.search.textChanged.connect(self._search)
        self.following = Following(self, session, self._follow, self._take_selection)
        session.conventions_changed.connect(lambda _: self._adopt())
        session.selection_changed.connect(lambda _: self.take_selection())
        self._show_totals()
        self.take_selection()

    def sizeHint(self) -> QSize:
        return QSize(90 * GRID, 30 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 14 * GRID)

    @property
    def columns(self) -> list[int]:
        """Numbers of the columns that are shown."""
        return [number for number in range(len(COLUMNS)) if not self.table.isColumnHidden(number)]

    def column_menu(self) -> QMenu:
        """What the header's menu offers: every column but the first, which says what a row is about."""
        menu = Menu(self, toolTipsVisible=True)
        for number, column in enumerate(COLUMNS):
            if number:
                title, shown = column.heading(self._session.conventions), not self.table.isColumnHidden(number)
                action = QAction(title, menu, checkable=True, checked=shown)
                action.setToolTip(column.explained(self._session.conventions))
                action.toggled.connect(lambda on, number=number: self.show_column(number, on))
                menu.addAction(action)
        return menu

    def show_column(self, number: int, on: bool) -> None:
        """Show or hide a column, and remember it."""
        self.table.setColumnHidden(number, not on)
        Settings().columns = [TITLES[shown] for shown in self.columns]

    def export(self, path: str) -> None:
        """Write what the table shows, and its total, as CSV, Markdown or LaTeX. Raises Refusal with a sentence."""
        columns, ending = [COLUMNS[number] for number in self.columns], Path(path).suffix.lower()
        every, numbers = range(self.model.rowCount()), [column.number for column in columns]
        rows = self.model.table(every, columns, plain=ending == ".csv", total=True)
        if ending == ".csv":
            write_bytes(path, comma_separated(rows).encode("utf-8-sig"))  # the mark tells spreadsheets it is UTF-8
        elif ending in ENDINGS:
            text = markdown(rows, numbers) if ending == ".md" else latex(rows, numbers)
            write_bytes(path, text.encode())
        else:
            name = shortened(Path(path).name, 60)
            raise Refusal(f"“{name}” was not written: the table of layers is a .csv, a .md or a .tex file.")

    def copy(self, whole: bool = False) -> None:
        """Put the selected rows, or all, on the clipboard, tab-separated with a head line."""
        rows = selected_rows(self.table.selectionModel())
        chosen = rows if rows and not whole else range(self.model.rowCount())
        columns = [COLUMNS[number] for number in self.columns]
        QGuiApplication.clipboard().setText(tab_separated(self.model.table(chosen, columns, plain=True, total=False)))

    def _search(self, text: str) -> None:
        with self.following.showing():
            self.model.search(text)
        self._show_totals()
        self.take_selection()

    def _follow(self, change: Change) -> Parts:
        if self.following.large and not self.visibleRegion().isEmpty():
            yield from self._session.document.fields.looking_ahead()
        with self.following.showing():
            self.model.follow(change)
        self._show_totals()

    def _adopt(self) -> None:
        self.model.adopt()
        self._show_totals()

    def _show_totals(self) -> None:
        facts, ids, whole = self.model.facts, self.model.ids, self.model.sums
        sums = whole if len(ids) == len(facts) else totals({id: facts[id] for id in ids})
        layers = counted(len(facts), "layer")
        shown = layers if len(ids) == len(facts) else f"{len(ids):,} of {layers}"
        figures = " · ".join((*sums_in_words(sums, self._session.conventions), shown))
        self.totals.say(figures if facts else "No layers yet: add one from the palette, or open a network.")
        self.problems.say(whole.problem)
        self._fit_names(max(facts, key=len, default=""))

    def _fit_names(self, longest: str) -> None:
        """Room for the names, up to a bound, unless the user has given them another."""
        if self.table.columnWidth(0) == self._fitted:
            width = self.table.fontMetrics().horizontalAdvance(longest) + 2 * GRID
            self._fitted = min(max(width, round(COLUMNS[0].width * GRID * self._larger)), WIDEST_NAMES)
            self.table.setColumnWidth(0, self._fitted)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        larger = theme.current().larger
        if event.type() == QEvent.Type.FontChange and larger != self._larger:
            fitted, by, self._larger = self.table.columnWidth(0) == self._fitted, larger / self._larger, larger
            for number, column in enumerate(COLUMNS):
                hidden = self.table.isColumnHidden(number)
                width = column.width * GRID * larger if hidden else self.table.columnWidth(number) * by
                self.table.setColumnWidth(number, round(width))
            self._fitted = self.table.columnWidth(0) if fitted else self._fitted

    def showEvent(self, event: QShowEvent) -> None:
        self.take_selection()

    def take_selection(self) -> None:
        """Select the rows of the session's nodes, unless another tab is in front: nobody sees it then."""
        self.following.look_anew()

    def _take_selection(self) -> None:
        if self.visibleRegion().isEmpty():  # a panel behind another tab is visible to Qt, but out of the window
            return
        chosen = QItemSelection()
        rows = [row for row in map(self.model.row_of, self._session.selection) if row is not None]
        if sorted(rows) == selected_rows(self.table.selectionModel()):
            return
        for first, last in runs(rows):
            chosen.select(self.model.index(first, 0), self.model.index(last, len(COLUMNS) - 1))
        with self.following.showing():
            self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if rows:
                current = self.model.index(rows[-1], 0)
                self.table.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.table.scrollTo(current)

    def _tell_selection(self) -> None:
        if not self.following.shows:
            rows = selected_rows(self.table.selectionModel())
            current = self.table.currentIndex().row()
            rows.sort(key=lambda row: row == current)  # the last one chosen last
            self._session.select(tuple(self.model.ids[row] for row in rows))

    def ask_export(self, name: str) -> tuple[str, str]:
        """Ask where to write the table, and write it: the file, and what went wrong."""
        return export(self.window(), "Export summary", name, "Tables", ENDINGS, self.export)

    def _choose_export(self) -> None:
        _, problem = self.ask_export("layers")
        self.failure.say(problem)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        menu.addAction("Copy rows", self.copy)
        menu.addAction("Copy all", lambda: self.copy(whole=True))
        menu.addAction("Export…", self._choose_export)
        choose_from(menu, event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Find):  # here it looks in the table, not on the canvas
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.search.setFocus()
            self.search.selectAll()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)
