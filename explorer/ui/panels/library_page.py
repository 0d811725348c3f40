"""The model library: trained networks to get, open and remove, each with what one should know before."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
)

from explorer.maths.records import CacheFolder, ModelCard
from explorer.maths.sentences import LONGEST, at_home
from explorer.network.analysis import analyse
from explorer.network.outline import Column, outline
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.scroll_column import ScrollColumn
from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.silhouette import Silhouette
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.controls.words import bytes_in_words, counted, plain_tip
from explorer.ui.row_table import RowHeight, dress
from explorer.ui.tables.model_table import WIDTHS, FittingView, ModelTable
from explorer.ui.tables.model_words import card_in_words, sha_in_words
from explorer.ui.theme import GRID
from explorer.workspace.library import LANE, Library
from explorer.workspace.session import Session

SIZES = (("any size", 0), ("up to 25 MB", 25_000_000), ("up to 100 MB", 100_000_000), ("up to 500 MB", 500_000_000))
ANY_TASK = "every task"


class LibraryPage(SearchPage):
    """A table to choose from; beside it what is known of the chosen one, and what can be done with it."""

    open_requested = Signal(str, bool)  # name, whether what its licence forbids was agreed to
    folder_requested = Signal(object)  # what to call with the folder that is chosen
    add_requested = Signal()  # a file of the user's own should be chosen

    def __init__(self, session: Session, library: Library) -> None:
        self.table = FittingView()
        super().__init__("Model library", "models", self.table)
        self.setProperty(WHOLE_WINDOW, True)
        self._session, self._library = session, library
        self.model = ModelTable()
        self.table.setModel(self.model)
        self._set_up_table()
        self.tasks, self.sizes = QComboBox(), QComboBox()
        self.here_only = QCheckBox("only what is here")
        for box, name in ((self.tasks, "Task"), (self.sizes, "Size of the download")):
            box.setAccessibleName(name)
        self.tasks.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.tasks.setMinimumContentsLength(20)  # a task is a sentence; the list below has all of it
        self.tasks.addItem(ANY_TASK)
        for text, most in SIZES:
            self.sizes.addItem(text, most)
        self.count = Text(role="dim", size="small")
        self.picture = Silhouette()
        self.title, self.told, self.source, self.sha = Text(size="title"), Text(), Text(role="dim"), Text(role="dim")
        self.accept = QCheckBox()
        self._agreed = ""  # the model whose licence was accepted
        self._added = ""  # the user's own, until the list has it
        self.get, self.open, self.remove = QPushButton("Get"), QPushButton("Open"), QPushButton("Remove")
        self.lane, self.opening = LaneLine(session, LANE), LaneLine(session, "model")
        self.add = QPushButton("Add file…")
        self.add.setToolTip("List a file of your own here; it stays where it is")
        self.folder, self.change = Text(role="dim", size="small", wrap=False), QPushButton("Change folder…")
        self.change.setEnabled(False)
        self._lay_out()
        self._connect()
        self._show_models(session.models)

    def _set_up_table(self) -> None:
        dress(self.table, "Trained networks")
        self.table.setSelectionMode(FittingView.SelectionMode.SingleSelection)
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width * GRID)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        RowHeight(self.table)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # as they come: what is here and small first
        head.setSortIndicatorClearable(True)
        self.table.setSortingEnabled(True)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.addWidget(self.count, 1)
        for widget in (self.tasks, self.sizes, self.here_only):
            filters.addWidget(widget)
        told = ScrollColumn()
        told.column.setSpacing(GRID)
        for part in (self.picture, self.title, self.told, self.source, self.sha):
            told.column.addWidget(part)
        told.column.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.open, self.get, self.remove):
            buttons.addWidget(button)
        side = QVBoxLayout()
        side.addWidget(told, 1)
        for line in (self.lane, self.opening, self.accept):
            side.addWidget(line)
        side.addLayout(buttons)
        halves = QHBoxLayout()
        halves.setSpacing(2 * GRID)
        halves.addWidget(self.table, 5)
        halves.addLayout(side, 3)
        foot = QHBoxLayout()
        foot.addWidget(self.folder, 1)
        foot.addWidget(self.add, 0, Qt.AlignmentFlag.AlignRight)
        foot.addWidget(self.change, 0, Qt.AlignmentFlag.AlignRight)
        self.column.addLayout(filters)
        self.column.addLayout(halves, 1)
        self.column.addLayout(foot)

    def _connect(self) -> None:
        session, library = self._session, self._library
        self.search.textChanged.connect(self._filter)
        self.tasks.currentIndexChanged.connect(self._filter)
        self.sizes.currentIndexChanged.connect(self._filter)
        self.here_only.toggled.connect(self._filter)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show())
        self.accept.clicked.connect(self._agree)
        self.get.clicked.connect(self._get)
        self.open.clicked.connect(self._open)
        self.remove.clicked.connect(lambda: library.remove(self.chosen.name) if self.chosen else None)
        self.add.clicked.connect(self.add_requested)
        self.change.clicked.connect(lambda: self.folder_requested.emit(library.move))
        session.models_changed.connect(self._show_models)
        session.work_changed.connect(lambda lane, _: self._allow() if lane in (LANE, "model") else None)
        library.folder_changed.connect(self._show_folder)
        library.removed.connect(lambda title, freed: self._say_removed(title, freed))
        library.added.connect(self._show_added)

    @property
    def chosen(self) -> ModelCard | None:
        """The model that is told about."""
        return self.model.card(self.table.currentIndex().row())

    def add_file(self, path: str) -> None:
        """List a file of the user's own."""
        self._library.add(path)

    def choose(self, name: str) -> None:
        """Tell about this model."""
        self._take_next(name)
        self._show_models(self._session.models)

    def open_chosen(self) -> None:
        """What is here; for what is not, the button is the next to take Enter: nothing is fetched by the way."""
        card = self.chosen
        if card is not None and card.installed:
            self._open()
        elif card is not None:
            (self.accept if self.accept.isVisible() and not self.accept.isChecked() else self.open).setFocus()

    def _open(self) -> None:
        if (card := self.chosen) and self.open.isEnabled():
            self.open_requested.emit(card.name, self.accept.isChecked())

    def showEvent(self, event: QShowEvent) -> None:
        self._library.look()
        super().showEvent(event)

    def _get(self) -> None:
        if card := self.chosen:
            self._library.get(card.name, self.accept.isChecked())

    def _show_models(self, models: tuple[ModelCard, ...]) -> None:
        """The list as it is now; what was chosen stays so."""
        before, place = self.chosen, self.table.verticalScrollBar().value()
        tasks = [ANY_TASK, *dict.fromkeys(card.task for card in models)]
        if tasks != [self.tasks.itemText(i) for i in range(self.tasks.count())]:
            self.tasks.clear()
            self.tasks.addItems(tasks)
        self.model.fill(models)
        name, self._added = self._added or (before.name if before else ""), ""
        if (row := self.model.row(name)) >= 0:
            self.table.selectRow(row)
            self.table.verticalScrollBar().setValue(place)
        self._filter()

    def _filter(self) -> None:
        task = self.tasks.currentText()
        self.model.show_those(
            self.search.text(), "" if task == ANY_TASK else task, self.sizes.currentData() or 0,
            self.here_only.isChecked(),
        )  # fmt: skip
        rows = self.model.rowCount()
        here = sum(card.installed for row in range(rows) if (card := self.model.card(row)))
        empty = "Nothing found." if self._session.models else "The model library is being read…"
        self.count.say(f"{counted(rows, 'network')}, {here} here" if rows else empty)
        if not self.table.currentIndex().isValid() and rows:
            self.table.selectRow(0)
        self._show()

    def _show(self) -> None:
        card = self.chosen
        self.picture.show_columns(_columns(card.name) if card else ())
        self.title.say(card.title if card else "")
        self.told.say(card_in_words(card) if card else "")
        self.source.say(_source(card) if card else "")
        self.sha.say(sha_in_words(card) if card else "")
        asks = bool(card and card.restriction and not card.installed)
        self.accept.setText(f"I accept: {card.restriction} ({card.licence.partition(' ')[0]})" if card else "")
        if card is not None and card.name != self._agreed:  # while the list comes anew there is none for a moment
            self._agreed = ""
        self.accept.setChecked(bool(self._agreed))
        self.accept.setVisible(asks)
        self._allow()

    def _agree(self, on: bool) -> None:
        self._agreed = self.chosen.name if on and self.chosen else ""
        self._allow()

    def _allow(self) -> None:
        """One work of a kind at a time; what a licence forbids is accepted before anything is fetched."""
        card, work = self.chosen, self._session.work
        agreed = card is not None and (card.installed or not card.restriction or self.accept.isChecked())
        bundled, own = (card is not None and card.kind == kind for kind in ("bundled", "file"))
        here = card is None or card.installed
        self.open.setText("Open" if here or own else "Get and open")
        self.open.setEnabled(agreed and (here or not own) and "model" not in work and LANE not in work)
        self.get.setText("Resume" if card is not None and card.begun and not card.installed else "Get")
        self.get.setEnabled(agreed and card is not None and not here and not own and LANE not in work)
        self.add.setEnabled(LANE not in work)
        left = card is not None and (here or own or bool(card.begun))
        self.remove.setEnabled(left and not bundled and LANE not in work and "model" not in work)
        folder = self._library.folder
        self.change.setEnabled(folder is not None and not folder.fixed and LANE not in work)
        name = card.title if card else ""
        for button in (self.open, self.get, self.remove):
            button.setAccessibleName(f"{button.text()} {name}".strip())

    def _show_folder(self, folder: CacheFolder) -> None:
        kept = (
            f"{counted(folder.files, 'file')}, {bytes_in_words(folder.size)}, in {at_home(Path(folder.path), LONGEST)}"
        )
        self.folder.say(f"{kept} ({folder.fixed})" if folder.fixed else kept)
        self.folder.setToolTip(plain_tip(folder.path))
        self.change.setToolTip(folder.fixed or "Choose another folder: what is here is moved there, nothing is lost")
        self._allow()

    def _say_removed(self, title: str, freed: int) -> None:
        end = f"{bytes_in_words(freed)} are free again" if freed else "its file stays where it is"
        self.count.say(f"{title} was removed; {end}.")

    def _show_added(self, card: ModelCard) -> None:
        self._take_next(card.name)

    def _take_next(self, name: str) -> None:
        """Choose it when the list comes anew; no search hides it."""
        self._added = name
        self.search.clear()
        self.tasks.setCurrentIndex(0)
        self.sizes.setCurrentIndex(0)


def _source(card: ModelCard) -> str:
    """Where it comes from, and what comes and goes with it."""
    source = f"From {card.host}\n{card.source}" if card.host else card.source
    return f"{source}, one file with {' and '.join(card.shared)}" if card.shared else source


@cache
def _columns(name: str) -> tuple[Column, ...]:
    """The silhouette, where the network is written down; the others are read when they are opened."""
    from explorer.classics.catalogue import CLASSICS
    from explorer.classics.edges import hed, trunk

    architecture = name.partition(":")[0]
    if architecture in CLASSICS:
        network = CLASSICS[architecture].network
    elif name in ("hed", "vgg16_trunk"):
        network = hed(320) if name == "hed" else trunk(224)
    else:
        return ()
    return outline(network, analyse(network))
