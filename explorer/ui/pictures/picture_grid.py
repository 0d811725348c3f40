"""Pictures of a data set in small, each with a line of words; a click or Enter opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QListView

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID

SIDE = 9 * GRID
"""Pixels of a thumbnail, where nothing is drawn into it."""

Index = QModelIndex | QPersistentModelIndex


class PictureGrid(QListView):
    """image: a picture's thumbnail by its number, None where it is not there yet; words: what stands under it, and what
    is said of it under the pointer; side: pixels of a thumbnail."""

    opened = Signal(int)  # a picture's number
    wanted = Signal(object)  # tuple[int, ...]: pictures in sight

    def __init__(
        self, image: Callable[[int], QImage | None], words: Callable[[int], tuple[str, str]], side: int = SIDE
    ) -> None:
        super().__init__()
        self.rows = _Rows(image, words, side)
        self.setModel(self.rows)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setFont(sized("small"))
        self.setIconSize(QSize(side, side))
        self.setGridSize(QSize(side + 6 * GRID, side + 3 * self.fontMetrics().height()))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._soon = QTimer(self, singleShot=True, interval=30)
        self._soon.timeout.connect(lambda: self.wanted.emit(self.in_sight()))
        self.clicked.connect(lambda index: self.opened.emit(self.rows.numbers[index.row()]))
        self.activated.connect(lambda index: self.opened.emit(self.rows.numbers[index.row()]))
        self.verticalScrollBar().valueChanged.connect(lambda _: self._soon.start())

    def show_numbers(self, numbers: Sequence[int]) -> None:
        """Show these pictures; the same ones keep their place."""
        self.rows.show_numbers(tuple(numbers))
        self._soon.start()

    def in_sight(self) -> tuple[int, ...]:
        """Numbers of the pictures that are seen now."""
        if not self.isVisible():
            return ()
        grid, room = self.gridSize(), self.viewport().size()
        across = max(1, room.width() // grid.width())
        first = self.verticalScrollBar().value() // grid.height() * across
        return self.rows.numbers[first : first + across * (room.height() // grid.height() + 2)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()


class _Rows(QAbstractListModel):
    """A row for each picture."""

    def __init__(
        self, image: Callable[[int], QImage | None], words: Callable[[int], tuple[str, str]], side: int
    ) -> None:
        super().__init__()
        self._image, self._words, self._side = image, words, side
        self.numbers: tuple[int, ...] = ()

    def show_numbers(self, numbers: tuple[int, ...]) -> None:
        if numbers != self.numbers:
            self.beginResetModel()
            self.numbers = numbers
            self.endResetModel()
        elif numbers:
            self.dataChanged.emit(self.index(0), self.index(len(numbers) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        number = self.numbers[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return framed(self._image(number), self._side)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(number)[0]
        return plain_tip(self._words(number)[1]) if role == Qt.ItemDataRole.ToolTipRole else None


def framed(image: QImage | None, side: int) -> QPixmap:
    """A thumbnail in the middle of a square; one that is not there yet is empty."""
    square = QPixmap(side, side)
    square.fill(QColor(theme.current().raised))
    if image is not None:
        with QPainter(square) as painter:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            fitted = image.scaled(side, side, keep, smooth)
            painter.drawImage((side - fitted.width()) // 2, (side - fitted.height()) // 2, fitted)
    return square
