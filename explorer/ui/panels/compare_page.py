"""The compare page: what differs between a network of choice and the open one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.classics.catalogue import CLASSICS
from explorer.maths.sentences import shortened
from explorer.network.besides import in_sentences
from explorer.network.diff_words import COLUMNS, NUMBERS, costs, counts, equality, headings, total
from explorer.network.tables import comma_separated, markdown, tab_separated, ungrouped
from explorer.ui.controls.choice import Choice
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.whole_window import WHOLE_BELOW
from explorer.ui.controls.words import plain_tip
from explorer.ui.destinations import export
from explorer.ui.row_table import dress
from explorer.ui.tables.diff_table import MARK, SETTINGS, DiffTable
from explorer.ui.theme import GRID
from explorer.workspace.comparison import LANE, Comparison, Old
from explorer.workspace.document import Document
from explorer.workspace.exports import write_bytes
from explorer.workspace.session import Session

LEGEND = "+ added, − removed, ~ changed, ≠ other weights; no mark: affected by that, dim: the same"
ROOM = 10
"""Pixels around a text, more than Qt takes."""
WIDEST = 26 * GRID
"""Pixels of a column; a longer text is in its tip."""
WIDE = 186 * GRID
"""Pixels of a window that has room for all columns among its panels."""


@dataclass(frozen=True)
class Origin:
    """A network to compare with: what it is called in the list, in a sentence, and on the command line."""

    title: str
    name: str
    old: Old
    id: str = ""


def origins(document: Document) -> list[Origin]:
    """What one can compare a document with besides files, its own past first."""
    past = [
        Origin("As it was opened or saved", "the one that was opened or saved last", lambda: document.opened),
        Origin("Before the last edit", "the one before the last edit", lambda: document.before),
    ]
    return past + [
        Origin(c.title, c.title, lambda classic=c: classic.project, c.name)  # type: ignore[misc]
        for c in CLASSICS.values()
    ]


RIGHT = [column in NUMBERS for column in range(len(COLUMNS))]
"""Which columns are aligned right."""


class Rows(QTableView):
    """A table with keys of its own: the Enter that ends a choice, and gives it the keys, must not go to a layer."""

    row_requested = Signal()
    copy_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.doubleClicked.connect(lambda _index: self.row_requested.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for the row, Ctrl+C for a copy."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.row_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)


class ComparePage(QWidget):
    """A table of what differs, which follows the document; each layer of it is a key away from the canvas."""

    layer_requested = Signal(str)  # its id
    file_requested = Signal()
    back_requested = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("Compare")
        self.setProperty(WHOLE_BELOW, WIDE)
        self.comparison = Comparison(session)
        self._origins = origins(session.document)
        self.choice = Choice()
        self.choice.setAccessibleName("Network to compare with")
        for place, origin in enumerate(self._origins):
            self.choice.offer(place, origin.title, origin.id)
        self.file = QPushButton("File…")
        self.back = QPushButton("Back")
        self.counts, self.costs, self.besides = Text(), Text(), Text()
        self.only = QCheckBox("only what differs")
        self.only.setChecked(True)
        self.export = QPushButton("Export…")
        self.lane = LaneLine(session, LANE)
        self.model = DiffTable()
        self.table = Rows()
        self.hint = Text(role="dim", size="small")
        self._dress()
        self._lay_out()
        self.choice.activated.connect(self._choose)
        self.file.clicked.connect(self.file_requested)
        self.back.clicked.connect(self.back_requested)
        self.only.toggled.connect(lambda _: self._show())
        self.export.clicked.connect(self._choose_export)
        self.table.selectionModel().currentRowChanged.connect(self._say_hint)
        self.choice.typed.returnPressed.connect(self.table.setFocus)
        self.table.row_requested.connect(self._go)
        self.table.copy_requested.connect(self.copy)
        self.comparison.changed.connect(self._take)
        session.conventions_changed.connect(lambda _: self._show())
        self.setFocusProxy(self.choice)
        self._choose(0)
        self._take()

    def _dress(self) -> None:
        table = self.table
        table.setModel(self.model)
        dress(table, "Layers of both networks")
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self._height(1))
        table.setColumnWidth(MARK, 3 * GRID)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = Text("Compare with", size="title", wrap=False)
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        head.addWidget(title)
        head.addWidget(self.choice, 1)
        head.addWidget(self.file)
        head.addWidget(self.back)
        told = QVBoxLayout()
        told.setSpacing(GRID // 2)
        told.addWidget(self.counts)
        told.addWidget(self.costs)
        told.addWidget(self.besides)
        line = QHBoxLayout()
        line.addLayout(told, 1)
        line.addWidget(self.only, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(Text(LEGEND, "dim", "small"), 1)
        foot.addWidget(self.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addLayout(line)
        column.addWidget(self.lane)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def compare_with_file(self, path: str) -> None:
        """Compare with the network in a project file; with "" nothing happens."""
        if not path:
            return
        name = shortened(Path(path).name, 60)
        origin = Origin(name, f"“{name}”", path)
        if origin not in self._origins:
            self._origins.insert(0, origin)
            self.choice.offer(0, name)
            self.choice.setItemData(0, plain_tip(path), Qt.ItemDataRole.ToolTipRole)
        index = self._origins.index(origin)
        self.choice.setCurrentIndex(index)
        self._choose(index)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, tab-separated under a head line."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(tab_separated(_exact([self._head, *self.model.plain(rows)])))

    def write(self, path: str) -> None:
        """Write the rows that are shown, and their totals, as CSV or Markdown. Raises Refusal with a sentence."""
        diff = self.comparison.diff
        assert diff is not None
        rows = [*self.model.plain(range(self.model.rowCount())), total(diff, self._session.conventions)]
        if path.lower().endswith(".md"):
            told = f"{counts(diff)} {self.costs.text()} {in_sentences(diff.besides)}".strip()
            text = f"Compared with {self._name}. {told}\n\n"
            write_bytes(path, (text + markdown([self._head, *rows], RIGHT)).encode())
        else:
            text = comma_separated(_exact([self._head, *rows]))
            write_bytes(path, text.encode("utf-8-sig"))  # the mark tells spreadsheets it is UTF-8

    @property
    def _head(self) -> tuple[str, ...]:
        """Of what is copied and exported, where a word says what the mark says here."""
        return ("change", *headings(self._session.conventions)[1:])

    def _choose(self, index: int) -> None:
        self.comparison.choose(self._origins[index].old)

    def _take(self) -> None:
        self._name = self._origins[self.choice.currentIndex()].name
        self._show()

    def _show(self) -> None:
        diff, conventions = self.comparison.diff, self._session.conventions
        current = self.table.currentIndex().row()
        chosen = self.model.rows[current] if current >= 0 else None
        self.model.show_diff(diff, not self.only.isChecked(), conventions)
        for row in range(self.model.rowCount()):
            if (lines := self.model.lines(row)) > 1:
                self.table.setRowHeight(row, self._height(lines))
        kept = self.model.row_of(chosen.old, chosen.new) if chosen else None
        self.table.selectRow(kept or 0)
        self.table.scrollTo(self.table.currentIndex())
        same = equality(diff, "This network", self._name, conventions) if diff and diff.alike else ""
        towards = f"{self._name[:1].upper()}{self._name[1:]} → this network"  # which side of an arrow is which
        self.counts.say(same or (f"{towards}: {counts(diff)}" if diff else ""))
        self.costs.say(costs(diff, conventions) if diff and not same else "")
        told = in_sentences(diff.besides) if diff else ""
        self.besides.say(f"{towards}: {told}" if same and told else told)
        self.export.setEnabled(bool(self.model.rows))
        self._say_hint()
        self._set_widths()

    def _set_widths(self) -> None:
        """As wide as the texts are; the settings, which can be long, get what is left."""
        table, metrics = self.table, self.fontMetrics()
        for column in range(1, len(COLUMNS)):
            widest = max(map(metrics.horizontalAdvance, self.model.longest(column)))
            table.setColumnWidth(column, min(WIDEST, widest + ROOM))
        left = table.viewport().width() - table.horizontalHeader().length()
        table.setColumnWidth(SETTINGS, table.columnWidth(SETTINGS) + max(0, left))

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + ROOM

    def _say_hint(self, *_: QModelIndex) -> None:
        told = "Enter goes to the layer." if self._layer else "This network has no such layer."
        self.hint.say(told if self.model.rows else "")

    @property
    def _layer(self) -> str:
        """The chosen one's id in this network, "" where it has none."""
        index = self.table.currentIndex()
        id = self.model.rows[index.row()].new if index.isValid() else ""
        return id if id in self._session.document.project.network.nodes else ""

    def _go(self) -> None:
        if self._layer:
            self.layer_requested.emit(self._layer)

    def _choose_export(self) -> None:
        name = f"{self._session.document.project.title} compared with {self._name}".strip()
        _, problem = export(self, "Export comparison", name, "Tables", (".csv", ".md"), self.write)
        self.lane.say_problem(problem)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_widths()

    def showEvent(self, event: QShowEvent) -> None:
        self.comparison.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.comparison.watch(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)


def _exact(rows: list[tuple[str, ...]]) -> list[list[str]]:
    return [[ungrouped(text) if column in NUMBERS else text for column, text in enumerate(row)] for row in rows]
