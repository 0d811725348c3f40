"""The gallery: classic networks with their stories, each a click away from the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from explorer.classics.catalogue import CLASSICS, Classic
from explorer.classics.others import ARCHITECTURES, DETECTORS
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.conventions import Conventions
from explorer.network.outline import Column, outline
from explorer.ui import theme
from explorer.ui.controls import silhouette
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.labels import LaneLine, Text, sized
from explorer.ui.controls.scroll_column import ScrollColumn
from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.silhouette import Silhouette
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.controls.words import briefly, counted, plain_tip, searched, sums_in_words
from explorer.ui.other_words import OTHER_WORDS
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

EXHIBIT = Qt.ItemDataRole.UserRole
TILE = QSize(23 * GRID, 17 * GRID)
"""The least a tile takes: four in a row on a small laptop."""
READ = "Read from torchvision's own code when it is opened, which takes a few seconds."
RANDOM = "It opens with random weights, so the boxes it finds mean nothing; the model library has it with trained ones."
KINDS = {
    "maskrcnn": ("boxes and masks", "Finds things in a picture, where they are, and which pixels each takes."),
    "keypointrcnn": ("people and points", "Finds people in a picture, and 17 points of each, from nose to ankles."),
    "": ("boxes", "Finds things in a picture, and where they are."),
}
"""What torchvision's detectors find, in brief and in a sentence, by how their names begin."""


@dataclass(frozen=True)
class Exhibit:
    """One tile: a classic network, or one of torchvision's that is only read when it is opened."""

    name: str
    title: str
    classic: Classic | None = None

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """Of every layer of a classic; building it takes some milliseconds."""
        return analyse(self.classic.network) if self.classic else {}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Its silhouette."""
        return outline(self.classic.network, self.facts) if self.classic else ()

    @property
    def known(self) -> bool:
        """Whether its silhouette needs no more work."""
        return self.classic is None or "columns" in self.__dict__

    def about(self, conventions: Conventions) -> str:
        """When it was described, and its parameters."""
        if self.classic is None:
            return "torchvision" + (f" · finds {self._finds[0]}" if self.name in DETECTORS else "")
        return f"{self.classic.year} · {briefly(conventions.parameters(totals(self.facts)))} parameters"

    @property
    def told(self) -> str:
        """What there is to know of it."""
        if self.classic is not None:
            return self.classic.story
        return f"{self._finds[1]} {READ} {RANDOM}" if self.name in DETECTORS else READ

    @property
    def _finds(self) -> tuple[str, str]:
        return next(told for begin, told in KINDS.items() if self.name.startswith(begin))

    @property
    def kind(self) -> str:
        """What kind of network it is, in words that people use for it."""
        if self.classic:
            family = self.classic.family
            return f"{family} {self.classic.year} {OTHER_WORDS.get(f'Gallery/{family}', '')}"
        return "torchvision" + (f" detector boxes {self._finds[0]}" if self.name in DETECTORS else "")

    def rank(self, words: Sequence[str]) -> int | None:
        """How well it answers these words: 0 by its own name, 1 by its kind as well, 2 by what is told of it, too;
        None not at all."""
        said = ""
        for place, more in enumerate(
            (f"{self.name} {self.title}", self.kind, self.classic.story if self.classic else "")
        ):
            said += f" {searched(more)}"
            if all(word in said for word in words):
                return place
        return None


def exhibits() -> list[Exhibit]:
    """Every network of the gallery, classics first."""
    classics = [Exhibit(classic.name, classic.title, classic) for classic in CLASSICS.values()]
    others = [Exhibit(name, name) for name in ARCHITECTURES if name not in CLASSICS]
    return classics + others + [Exhibit(name, title) for name, title in DETECTORS.items()]


class Tile(QStyledItemDelegate):
    """A silhouette above a title."""

    def __init__(self, view: QListView, session: Session) -> None:
        super().__init__(view)
        self._session = session

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        exhibit: Exhibit = index.data(EXHIBIT)
        view, colours = self.parent(), theme.current()
        assert isinstance(view, QListView)
        chosen = view.currentIndex() == index
        room = QRectF(option.rect).adjusted(GRID / 2, GRID / 2, -GRID / 2, -GRID / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if chosen else colours.edge), 2 if chosen else 1))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(room, GRID, GRID)
        inner = room.adjusted(GRID, GRID, -GRID, -GRID)
        painter.setFont(sized("small"))
        low = painter.fontMetrics().height()
        painter.setPen(QColor(colours.dim))
        if exhibit.known:
            about = exhibit.about(self._session.conventions)
            if painter.fontMetrics().horizontalAdvance(about) > inner.width():
                about = about.removesuffix(" parameters")  # large letters: a number in a row of them says it still
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom, about)
        painter.setFont(sized("body"))
        high = painter.fontMetrics().height()
        painter.setPen(QColor(colours.text))
        title = painter.fontMetrics().elidedText(exhibit.title, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner.adjusted(0, 0, 0, -low), Qt.AlignmentFlag.AlignBottom, title)
        if exhibit.known:
            silhouette.draw(painter, inner.adjusted(0, 0, 0, -low - high - GRID / 2), exhibit.columns)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        room = view.viewport().width() - 1  # else the last one of a row goes to the next
        return QSize(room // max(1, room // TILE.width()), TILE.height())  # tiles share what is left over


class GalleryPage(SearchPage):
    """Tiles to choose from; beside them the story of the chosen one."""

    open_requested = Signal(str, str)  # name, title

    def __init__(self, session: Session) -> None:
        self.list = QListView()
        super().__init__("Gallery", "networks", self.list)
        self.setProperty(WHOLE_WINDOW, True)
        self._session = session
        self._all = exhibits()
        self.tiles = QStandardItemModel()
        self.list.setModel(self.tiles)
        self.list.setItemDelegate(Tile(self.list, session))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.viewport().setAutoFillBackground(False)
        self.list.setAccessibleName("Networks")
        self.picture = Silhouette()
        self.title, self.about = Text(size="title"), Text(role="dim")
        self.figures, self.story, self.source = Text(), Text(), Text(role="dim", size="small")
        self.open = QPushButton("Open")
        self.open.clicked.connect(self.open_chosen)
        self.lane = LaneLine(session, "model")
        self._lay_out()
        self._ahead = QTimer(self, interval=0)
        self._ahead.timeout.connect(self._draw_ahead)
        self.search.textChanged.connect(self._fill)
        self.list.selectionModel().currentChanged.connect(lambda new, _old: self._show(new.data(EXHIBIT)))
        session.work_changed.connect(lambda lane, _: self._allow() if lane == "model" else None)
        session.conventions_changed.connect(lambda _: self._adopt())
        self._fill("")

    def _lay_out(self) -> None:
        told = ScrollColumn()
        told.column.setSpacing(GRID)
        for widget in (self.picture, self.title, self.about, self.figures, self.story, self.source):
            told.column.addWidget(widget)
        told.column.addStretch(1)
        side = QVBoxLayout()
        side.addWidget(told, 1)
        side.addWidget(self.lane)
        side.addWidget(self.open)
        halves = QHBoxLayout()
        halves.setSpacing(2 * GRID)
        halves.addWidget(self.list, 5)
        halves.addLayout(side, 3)
        self.column.addLayout(halves, 1)

    @property
    def chosen(self) -> Exhibit | None:
        """The network whose story is told."""
        exhibit: Exhibit | None = self.list.currentIndex().data(EXHIBIT)
        return exhibit

    def _fill(self, text: str) -> None:
        words = searched(text).split()
        self.tiles.clear()
        ranks = ((exhibit.rank(words), exhibit) for exhibit in self._all)
        found = [(place, exhibit) for place, exhibit in ranks if place is not None]
        for _, exhibit in sorted(found, key=itemgetter(0)):
            item = QStandardItem(exhibit.title)
            item.setData(exhibit, EXHIBIT)
            item.setEditable(False)
            item.setToolTip(plain_tip(exhibit.title))
            item.setAccessibleDescription(exhibit.told)
            self.tiles.appendRow(item)
        self.list.setCurrentIndex(self.tiles.index(0, 0))
        self._show(self.chosen)
        self._ahead.start()

    def _adopt(self) -> None:
        self._show(self.chosen)
        self.list.viewport().update()

    def _draw_ahead(self) -> None:
        """One silhouette a turn of the event loop: all at once would hold the window up."""
        waiting = next((exhibit for exhibit in self._all if not exhibit.known), None)
        if waiting is None:
            self._ahead.stop()
        else:
            _ = waiting.columns
            self.list.viewport().update()

    def _show(self, exhibit: Exhibit | None) -> None:
        classic = exhibit.classic if exhibit else None
        self.picture.show_columns(exhibit.columns if exhibit else ())
        self.title.say(exhibit.title if exhibit else "Nothing is called so.")
        self.about.say(f"{classic.family}, {classic.year}" if classic else "")
        figures = ""
        if exhibit and classic:
            parameters, macs = sums_in_words(totals(exhibit.facts), self._session.conventions)
            figures = f"{counted(len(exhibit.facts), 'layer')} · {parameters}\n{macs} for one picture"
        self.figures.say(figures)
        self.story.say(exhibit.told if exhibit else "")
        self.source.say(f"Source: {classic.source}" if classic else "")
        self._allow()

    def _allow(self) -> None:
        """One network is opened at a time."""
        self.open.setEnabled(self.chosen is not None and "model" not in self._session.work)

    def open_chosen(self) -> None:
        exhibit = self.chosen
        if exhibit is not None and self.open.isEnabled():
            self.open_requested.emit(exhibit.name, exhibit.title)
