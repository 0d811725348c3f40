"""Pictures that were made, each with its name and a line of words, as large as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.words import plain_tip
from explorer.ui.studio.result_cell import beside, meant, paint_cell
from explorer.ui.theme import GRID

RATIO = 0.75
"""Height of a picture as a share of its width where none is there yet."""
TALL = 1.2
"""The same at most: a taller picture is shown narrower, and does not push the others out of sight."""


@dataclass(frozen=True)
class Shown:
    """A picture (None: not there yet), what it is called, and what more is said of it."""

    name: str
    words: str = ""
    tip: str = ""
    image: QImage | None = None


class ResultGrid(QListWidget):
    """Fills its room: in as many columns as make the pictures largest; where they would get too small, one scrolls.

    A click or Enter opens one, Delete asks to remove it, Ctrl+C copies it; the menu of the right button has all that.
    """

    opened = Signal(int)
    removed = Signal(int)
    save_requested = Signal(int)

    def __init__(self, name: str, least: int, savable: bool = False, removal: str = "") -> None:
        """least: pixels of a picture's width that one scrolls for. savable: whether the menu offers to save one.
        removal: what the menu calls it to remove one, "" where none can be removed."""
        super().__init__()
        self._shown: list[Shown] = []
        self._least, self._savable, self._removal = least, savable, removal
        self._columns, self._side = 0, least
        self.ratio = RATIO
        self.setAccessibleName(name)
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setItemDelegate(_Cells(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.itemClicked.connect(lambda item: self.opened.emit(self.row(item)))

    @property
    def shown(self) -> Sequence[Shown]:
        """What is there."""
        return self._shown

    def show_all(self, shown: Sequence[Shown], ratio: float = 0.0, columns: int = 0) -> None:
        """Show these. ratio: height of the pictures as a share of their width, 0 to find it out of them. columns: how
        many stand in a row, 0 for what makes them largest."""
        while self.count() > len(shown):
            self.takeItem(self.count() - 1)
        for place, one in enumerate(shown):
            item = self.item(place) if place < self.count() else None
            if item is None:
                item = QListWidgetItem()
                self.addItem(item)
            elif one == self._shown[place]:
                continue
            item.setText(f"{one.name}\n{one.words}".strip())
            item.setToolTip(plain_tip(one.tip or one.words))
        self._shown, self._columns = list(shown), columns
        images = [one.image for one in shown if one.image is not None and not one.image.isNull()]
        tallest = max((image.height() / image.width() for image in images), default=RATIO)
        self.ratio = min(ratio or tallest, TALL)
        self._fit()
        self.viewport().update()

    def picture_room(self) -> QSize:
        """What a picture has at most, in pixels."""
        return QSize(self._side, max(1, round(self._side * self.ratio)))

    def _fit(self) -> None:
        """Choose the columns that make the pictures largest."""
        if not self._shown:
            return
        bar = self.verticalScrollBar().sizeHint().width()
        width, height = self.width() - bar - 1, self.height() - 1  # what fills its room to the last pixel is wrapped
        count, words = len(self._shown), beside(self)
        sides = {}
        for columns in [self._columns] if self._columns else range(1, count + 1):
            high = height // -(-count // columns) - words
            sides[columns] = min(width // columns - GRID, int(high / self.ratio))
        columns = max(sides, key=lambda columns: sides[columns])
        self._side = sides[columns]
        if self._side < self._least:  # it scrolls: as wide as they go
            columns = self._columns or max(1, min(count, width // (self._least + GRID)))
            self._side = max(GRID, width // columns - GRID)
        self.setGridSize(QSize(max(GRID, width // columns), round(self._side * self.ratio) + words))

    def copy(self) -> None:
        """Put the chosen picture onto the clipboard."""
        image = self._image(self.currentRow())
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    def _image(self, row: int) -> QImage | None:
        return self._shown[row].image if 0 <= row < len(self._shown) else None

    def indexAt(self, at: QPoint) -> QModelIndex:
        """What lies under a point: none in the room beside a picture and its words, where a click means nothing."""
        index = super().indexAt(at)
        if 0 <= index.row() < len(self._shown):
            place, image = QRectF(self.visualRect(index)), self._image(index.row())
            if not meant(place, image, self.picture_room(), QPointF(at)):
                return QModelIndex()
        return index

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            self.removed.emit(row)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        row = self.indexAt(event.pos()).row() if mouse else self.currentRow()
        there = self._image(row) is not None
        if row < 0 or not (there or self._removal):
            return
        self.setCurrentRow(row)
        menu = Menu(self)
        if there:
            menu.addAction("Copy picture", self.copy)
        if there and self._savable:
            menu.addAction("Save picture…", lambda: self.save_requested.emit(row))
        if self._removal:
            menu.addAction(self._removal, lambda: self.removed.emit(row))
        at = event.globalPos() if mouse else self.mapToGlobal(self.visualItemRect(self.item(row)).center())
        choose_from(menu, at)


class _Cells(QStyledItemDelegate):
    """Draws what a grid shows; the words beside it stay the item's, for those who hear them."""

    def __init__(self, grid: ResultGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        grid = self._grid
        if index.row() < len(grid.shown):
            one = grid.shown[index.row()]
            paint_cell(painter, option, one.image, one.name, one.words, grid.picture_room())

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._grid.gridSize()
