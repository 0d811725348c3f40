"""How the weights of a file fit the network: every one of them, those that do not first."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QHeaderView, QPushButton, QTableView

from explorer.maths.weight_records import Shape, WeightReport
from explorer.network.layer import described
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.words import plain_tip, report_in_words, searched
from explorer.ui.row_table import dress
from explorer.workspace.weights import WeightFiles

COLUMNS = ("Weight", "What became of it", "In the network", "In the file")
FITS = "matched"


class WeightsPage(SearchPage):
    """A row for each weight of the network and each that is left over in the file; Enter goes to its layer."""

    weight_requested = Signal(str)  # `node id.parameter`: its layer should be shown
    load_requested = Signal()

    def __init__(self, files: WeightFiles) -> None:
        self.table = QTableView()
        super().__init__("Weights report", "weights", self.table)
        self._files = files
        self.model = QStandardItemModel()
        self.rows = _Rows()
        self.rows.setSourceModel(self.model)
        self.what, self.count = Text(), Text(role="dim", size="small")
        self.misfits_only = QCheckBox("only what does not fit")
        self.load = QPushButton("Load weights…")
        self.load.clicked.connect(self.load_requested)
        self.head.insertWidget(1, self.misfits_only)
        self.head.insertWidget(3, self.load)
        for text in (self.what, self.count):
            self.column.addWidget(text)
        self.column.addWidget(self.table, 1)
        self._set_table()
        self.search.textChanged.connect(lambda _: self._filter())
        self.misfits_only.toggled.connect(lambda _: self._filter())
        files.report_changed.connect(self._show)
        self._show(files.report)

    def open_chosen(self) -> None:
        index = self.table.currentIndex()
        if index.isValid() and index.siblingAtColumn(2).data():
            self.weight_requested.emit(index.siblingAtColumn(0).data())

    def _set_table(self) -> None:
        self.table.setModel(self.rows)
        dress(self.table, "Weights")
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _show(self, report: WeightReport | None) -> None:
        self.model.clear()
        self.model.setHorizontalHeaderLabels(COLUMNS)
        for cells in rows(report) if report else ():
            items = [QStandardItem(cell) for cell in cells]
            for item in items:
                item.setToolTip(plain_tip(item.text()))
            self.model.appendRow(items)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.what.say(report.what if report else "No file with weights was opened yet.")
        self._filter()

    def _filter(self) -> None:
        self.rows.show_those(self.search.text(), self.misfits_only.isChecked())
        report, shown = self._files.report, self.rows.rowCount()
        nothing = "Nothing found. " if report and not shown else ""
        self.count.say(nothing + (report_in_words(report) if report else ""))
        if shown and not self.table.currentIndex().isValid():
            self.table.selectRow(0)


class _Rows(QSortFilterProxyModel):
    """The weights that are searched for, those that do not fit in the colour of problems."""

    def __init__(self) -> None:
        super().__init__()
        self.words: tuple[str, ...] = ()
        self.misfits_only = False

    def show_those(self, text: str, misfits_only: bool) -> None:
        self.words, self.misfits_only = tuple(searched(text).split()), misfits_only
        self.invalidate()

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            fits = index.data() == FITS
            return None if fits else QColor(theme.current().problem)
        return super().data(index, role)

    def filterAcceptsRow(self, row: int, parent: object) -> bool:
        model = self.sourceModel()
        texts = [str(model.index(row, column).data()) for column in range(len(COLUMNS))]
        misfit = texts[1] != FITS
        return (misfit or not self.misfits_only) and all(word in searched(" ".join(texts)) for word in self.words)


def rows(report: WeightReport) -> Iterator[tuple[str, str, str, str]]:
    """The cells of each row, what does not fit first."""
    broken = {one.name: one for one in report.broken}
    for name, one in broken.items():
        said = [f"{count:,} {what}" for count, what in ((one.nan, "NaN"), (one.infinite, "infinite")) if count]
        yield name, f"matched, but {' and '.join(said)}", _shape(report, name), _shape(report, name)
    for differing in report.differing:
        yield differing.name, "of another shape: not taken", described(differing.wanted), described(differing.found)
    for name in report.missing:
        yield name, "missing: random", _shape(report, name), ""
    for name in report.left_over:
        yield name, "left over in the file", "", _shape(report, name)
    for name in report.matched:
        if name not in broken:
            yield name, FITS, _shape(report, name), _shape(report, name)


def _shape(report: WeightReport, name: str) -> str:
    shape: Shape | None = report.shapes.get(name)
    return "" if shape is None else described(shape) if shape else "1"
