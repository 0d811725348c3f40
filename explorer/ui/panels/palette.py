"""The layer kinds to build with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.labels import Text, sized
from explorer.ui.controls.matching import LETTERS
from explorer.ui.controls.words import plain_tip
from explorer.ui.offers import MIME, NETWORKS, Offer, layers, more, packed
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

OFFER = Qt.ItemDataRole.UserRole


class Kinds(QStandardItemModel):
    """What is offered, under its families; a dragged layer or block carries its name."""

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[Offer] = [*layers()]

    def filter(self, text: str) -> None:
        """Keep the kinds that answer `text`, the best first; all, under their families, where nothing is typed."""
        self.clear()
        typed = bool(text.strip())
        found = [*self.offered]
        if typed:
            ranked = ((offer.rank(text), offer) for offer in self.offered)
            near = [(place, offer) for place, offer in ranked if place is not None and place < LETTERS]
            found = [offer for _, offer in sorted(near, key=lambda each: each[0])]
        family = ""
        for offer in found:
            if offer.group != family and not typed:
                family = offer.group
                head = QStandardItem(family)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.appendRow(head)
            item = QStandardItem(offer.title)
            item.setData(offer, OFFER)
            item.setToolTip(plain_tip(f"{offer.title}\n{offer.told}"))
            item.setAccessibleText(f"{offer.title}, {offer.group}")
            item.setAccessibleDescription(offer.told)
            item.setEditable(False)
            item.setDragEnabled(offer.dragged)
            self.appendRow(item)

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return packed(indexes[0].data(OFFER).name)


class KindRow(QStyledItemDelegate):
    """A chip in the family's colour, the kind, and what it does; or the name of a family."""

    def __init__(self, list: QListView) -> None:
        super().__init__(list)
        self._list = list
        self._font, self._heights = "", (0, 0)

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        offer, colours = index.data(OFFER), theme.current()
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if offer is None:
            painter.setFont(sized("small"))
            painter.setPen(QColor(colours.dim))
            painter.drawText(row.adjusted(GRID, 0, 0, -2), Qt.AlignmentFlag.AlignBottom, index.data())
            painter.restore()
            return
        selected = self._list.selectionModel().isSelected(index)
        if selected or self._pointed_at(index):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent if selected else colours.raised))
            painter.drawRoundedRect(row.adjusted(2, 1, -2, -1), 4, 4)
        chip = QRectF(row.left() + GRID, row.top() + 7, 4, row.height() - 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_accent) if selected else colours.family(offer.group))
        painter.drawRoundedRect(chip, 2, 2)
        text = row.adjusted(2.5 * GRID, 4, -GRID, -4)
        painter.setFont(sized("body"))
        painter.setPen(QColor(colours.on_accent if selected else colours.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, index.data())
        painter.setFont(sized("small"))
        if not selected:
            painter.setPen(QColor(colours.dim))
        line = painter.fontMetrics().elidedText(offer.told, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom, line)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if (font := option.font.key()) != self._font:  # Qt asks of all 127 rows, twice where it lays out panels
            self._font = font
            self._heights = QFontMetrics(sized("body")).height(), QFontMetrics(sized("small")).height()
        body, small = self._heights
        return QSize(20 * GRID, body + small + 10 if index.data(OFFER) else small + 12)

    def _pointed_at(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether the mouse is there. `option.state` says so too, but loads all of QStyle, 20 ms at the first paint."""
        return self._list.underMouse() and self._list.indexAt(self._list.mapFromGlobal(QCursor.pos())) == index


class PalettePanel(QWidget):
    """Layer kinds to search, to drag onto the canvas, or to add by double click or Enter."""

    add_requested = Signal(str)
    network_requested = Signal(str, str)  # name, title

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setAccessibleName("Layers to add")
        self.setMinimumSize(22 * GRID, 20 * GRID)
        self.search = QLineEdit(placeholderText="Search layers", clearButtonEnabled=True)
        self.search.setAccessibleName("Search layers")
        self.kinds = Kinds()
        self.list = QListView()
        self.list.setModel(self.kinds)
        self.list.setItemDelegate(KindRow(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Layer kinds")
        self.nothing = Text("", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.doubleClicked.connect(lambda _: self._add())
        self._filter("")

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, 60 * GRID)

    def complete(self) -> None:
        """Offer blocks and networks as well, once the window is painted: nobody sees the list's end before."""
        self.kinds.offered += more()
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        self.kinds.filter(text)
        some = self.kinds.rowCount() > 0
        self.nothing.say("" if some else f"No layer is called or does “{text}”.")
        if some and text.strip():
            self.list.setCurrentIndex(self.kinds.index(0, 0))

    def _add(self) -> None:
        offer = self.list.currentIndex().data(OFFER)
        if offer is not None and offer.group == NETWORKS:
            self.network_requested.emit(offer.name, offer.title)
        elif offer is not None:
            self.add_requested.emit(offer.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._add()
                return True
            if watched is self.search and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.list.setFocus()
                self.list.event(event)
                return True
            if watched is self.search and event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)
