"""The facts page: what the course's notes say, what our rules compute, and how."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
)

from explorer.classics.book import BOOK
from explorer.classics.catalogue import CLASSICS
from explorer.classics.facts import Fact, shown
from explorer.network.analysis import analyse
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.turns import Parts, Turns
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.controls.words import counted, plain_tip, searched
from explorer.ui.row_table import dress

COLUMNS = ("topic", "claim", "noted", "computed", "verdict", "noted by")
FACT = Qt.ItemDataRole.UserRole
SLICE = 0.004
"""Seconds of computing in one turn."""


class Claims(QSortFilterProxyModel):
    """The facts that have every word searched for; on demand only those the notes have wrong."""

    words: tuple[str, ...] = ()
    wrong_only = False

    def show_those(self, text: str, wrong_only: bool) -> None:
        """Keep these rows."""
        self.words, self.wrong_only = tuple(searched(text).split()), wrong_only
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: object) -> bool:
        model = self.sourceModel()
        fact: Fact = model.index(row, 0).data(FACT)
        text = searched(" ".join(model.index(row, column).data() for column in range(len(COLUMNS))))
        return not (self.wrong_only and fact.holds) and all(word in text for word in self.words)


class FactsPage(SearchPage):
    """Every number of the course beside ours; the chosen one with its calculation, and its network to open."""

    open_requested = Signal(object, str)  # Project without places, id of the node that proves it ("" for all)

    def __init__(self) -> None:
        self.table = QTableView()
        super().__init__("The course's facts", "facts", self.table)
        self.setProperty(WHOLE_WINDOW, True)
        self.wrong_only = QCheckBox("only where the notes are wrong")
        self.claims, self._turns = Claims(), Turns(self)
        self.table.setModel(self._headed())  # until the facts are there
        dress(self.table, "Facts of the course")
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for wide in (1, 2, 3):  # a few facts are whole matrices, which would leave the claims no room
            head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.count, self.proof = Text(role="dim", size="small"), Text()
        self.open = QPushButton("Open what proves it")
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.wrong_only.toggled.connect(self._filter)
        self.open.clicked.connect(self.open_chosen)
        self.count.say("Our rules compute what the notes say…")
        self._show()
        self._turns.take("facts", self._filling())

    def _lay_out(self) -> None:
        self.head.insertWidget(1, self.wrong_only)
        foot = QHBoxLayout()
        foot.addWidget(self.proof, 1)
        foot.addWidget(self.open, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self.column.addWidget(self.count)
        self.column.addWidget(self.table, 1)
        self.column.addLayout(foot)

    def _filling(self) -> Parts:
        """Compute every fact, some in a turn: together they take several frames. They are shown when all are there, at
        once, for the table looks at all of them each time for how wide it should be."""
        for classic in CLASSICS.values():  # one fact is about all of them
            network = classic.network
            yield
            analyse(network)
            yield
        model = self._headed()
        until = time.perf_counter() + SLICE
        for fact in BOOK:
            model.appendRow(_row(fact))
            if time.perf_counter() > until:
                yield
                until = time.perf_counter() + SLICE
        yield
        self.claims.setSourceModel(model)
        self._colour()
        self._say_count()
        yield
        self.table.setModel(self.claims)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show())
        yield
        self._choose_first()

    def _headed(self) -> QStandardItemModel:
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels([name.capitalize() for name in COLUMNS])
        return model

    def _colour(self) -> None:
        """Verdicts that say the notes are wrong stand out."""
        model = self.claims.sourceModel()
        for row in range(model.rowCount() if model else 0):
            wrong = not model.index(row, 0).data(FACT).holds
            colour = QColor(theme.current().problem) if wrong else None
            model.setData(model.index(row, COLUMNS.index("verdict")), colour, Qt.ItemDataRole.ForegroundRole)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    @property
    def chosen(self) -> Fact | None:
        """The fact whose calculation is shown."""
        index = self.table.currentIndex()
        fact: Fact | None = index.siblingAtColumn(0).data(FACT) if index.isValid() else None
        return fact

    def _filter(self) -> None:
        if self.table.model() is self.claims:  # else what is typed holds for them when they come
            self._say_count()
            self._choose_first()

    def _say_count(self) -> None:
        self.claims.show_those(self.search.text(), self.wrong_only.isChecked())
        rows = self.claims.rowCount()
        facts = [self.claims.index(row, 0).data(FACT) for row in range(rows)]
        wrong, quoted = sum(not fact.holds for fact in facts), sum(bool(fact.quote) for fact in facts)
        self.count.say(
            f"{counted(rows, 'fact')}, {quoted} in the notes' own words; the notes are wrong in {wrong} of them."
            if rows
            else "Nothing found."
        )

    def _choose_first(self) -> None:
        """Where none is chosen."""
        if not self.table.currentIndex().isValid() and self.claims.rowCount():
            self.table.selectRow(0)
        self._show()

    def _show(self) -> None:
        fact = self.chosen
        self.proof.say(f"{fact.claim}: {fact.proof.text()}\n{_told(fact)}" if fact else "")
        self.open.setEnabled(bool(fact and fact.proof.network))

    def open_chosen(self) -> None:
        fact = self.chosen
        if fact and fact.proof.network:
            project = Project(fact.proof.network(), title=fact.proof.title, origin=f"{fact.topic}: {fact.claim}.")
            self.open_requested.emit(project, fact.proof.node)


def _told(fact: Fact) -> str:
    """Who says it."""
    return f"The notes: “{fact.quote}”" if fact.quote else "The notes do not say this: it was worked out from them."


def _row(fact: Fact) -> list[QStandardItem]:
    verdict, source = "right" if fact.holds else "wrong", "the notes" if fact.quote else "us"
    noted, computed = shown(fact.noted), shown(fact.computed)
    row = [QStandardItem(text) for text in (fact.topic, fact.claim, noted, computed, verdict, source)]
    for item in row:
        item.setToolTip(plain_tip(item.text()))
    row[0].setData(fact, FACT)
    return row
