"""The model library as a table that can be searched, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTableView

from explorer.maths.records import ModelCard
from explorer.ui.controls.words import bytes_in_words, plain_tip
from explorer.ui.other_words import task_words
from explorer.ui.tables.model_words import licence_in_words
from explorer.ui.theme import GRID

COLUMNS = ("Network", "Download", "Right", "Here", "Parameters", "Task", "Licence")
NUMBERS = (1, 2, 4)
"""Columns that are set right and sorted by value."""
LICENCE = COLUMNS.index("Licence")
CARD, VALUE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


WIDTHS = (20, 9, 7, 7, 12, 30, 12)
"""Of the columns, in steps of the grid; the first takes what is left."""


class FittingView(QTableView):
    """A table that shows as many of its columns, from the first on, as there is room for: none is scrolled to."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.viewport().width()
        for column, width in enumerate(WIDTHS):
            room -= width * GRID
            self.setColumnHidden(column, room < 0 < column)
        super().resizeEvent(event)


class ModelTable(QSortFilterProxyModel):
    """The cards that have every word searched for, are of the task, no larger than `most` bytes, and here if asked."""

    words: tuple[str, ...] = ()
    task = ""
    most = 0
    here_only = False

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[ModelCard, ...] = ()
        self._all = QStandardItemModel()
        self._all.setHorizontalHeaderLabels(COLUMNS)
        self.setSourceModel(self._all)
        self.setSortRole(VALUE)

    def fill(self, cards: Iterable[ModelCard]) -> None:
        """Show these from now on; rows are made for those that are others than before."""
        before, self._cards = self._cards, tuple(cards)
        if [card.name for card in before] != [card.name for card in self._cards]:
            self._all.removeRows(0, self._all.rowCount())
            before = ()
        for row, card in enumerate(self._cards):
            if row >= len(before):
                self._all.appendRow(_row(card))
            elif card != before[row]:
                for column, item in enumerate(_row(card)):
                    self._all.setItem(row, column, item)

    def show_those(self, text: str, task: str, most: int, here_only: bool) -> None:
        """Keep these rows; "" and 0 let all through."""
        self.words, self.task, self.most, self.here_only = tuple(text.lower().split()), task, most, here_only
        self.invalidate()

    def card(self, row: int) -> ModelCard | None:
        """What stands in a row; None where there is no such row."""
        card: ModelCard | None = self.index(row, 0).data(CARD)
        return card

    def row(self, name: str) -> int:
        """Where a model stands, −1 where it is not shown."""
        names = (card.name if (card := self.card(row)) else "" for row in range(self.rowCount()))
        return next((row for row, found in enumerate(names) if found == name), -1)

    def filterAcceptsRow(self, row: int, parent: object) -> bool:
        card: ModelCard = self._all.index(row, 0).data(CARD)
        if (self.task and card.task != self.task) or (self.here_only and not card.installed):
            return False
        what = f"{card.name} {card.title} {card.task} {task_words(card.task)}"
        told = f"{what} {card.trained_on} {card.licence} {card.restriction}".lower()
        return (not self.most or card.size <= self.most) and all(word in told for word in self.words)


def here_in_words(card: ModelCard) -> str:
    """How much of a model is on this computer."""
    if card.installed:
        return "yes"
    return f"{bytes_in_words(card.begun)} of it" if card.begun else ""


def _row(card: ModelCard) -> list[QStandardItem]:
    right = "" if card.right is None else f"{card.right:.1f} %"
    licence = card.licence.partition(" (")[0]  # its name; the whole is the tool tip, and stands beside the table
    texts = (
        card.title, bytes_in_words(card.size), right, here_in_words(card), f"{card.parameters:,}", card.task, licence,
    )  # fmt: skip
    values = (None, float(card.size), card.right or 0.0, None, card.parameters, None, None)  # Qt has ints to 2 GB
    row = []
    for column, (text, value) in enumerate(zip(texts, values, strict=True)):
        item = QStandardItem(text)
        item.setEditable(False)
        item.setData(text.lower() if value is None else value, VALUE)
        item.setToolTip(plain_tip(licence_in_words(card) if column == LICENCE else text))
        if column in NUMBERS:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.append(item)
    row[0].setData(card, CARD)
    return row
