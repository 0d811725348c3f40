"""Pictures that were made, each with its name and a line of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID


@dataclass(frozen=True)
class Shown:
    """A picture (None: not there yet), what it is called, and what more is said of it."""

    name: str
    words: str = ""
    tip: str = ""
    image: QImage | None = None


class ResultGrid(QListWidget):
    """As many in a row as there is room for; a click or Enter opens one, Delete asks to remove it."""

    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, name: str, side: int) -> None:
        super().__init__()
        self._shown: list[Shown] = []
        self.setAccessibleName(name)
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setWordWrap(True)
        self.setFont(sized("small"))
        self.set_side(side)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.itemClicked.connect(lambda item: self.opened.emit(self.row(item)))

    def set_side(self, side: int) -> None:
        """Show the pictures as large as this."""
        self._side = side
        self.setIconSize(QSize(side, side))
        self.setGridSize(QSize(side + 3 * GRID, side + 4 * self.fontMetrics().height()))
        for place, one in enumerate(self._shown):
            self.item(place).setIcon(QIcon(self._square(one.image)))

    @property
    def shown(self) -> Sequence[Shown]:
        """What is there."""
        return self._shown

    def show_all(self, shown: Sequence[Shown], current: int = -1) -> None:
        """Show these; only what differs is drawn anew. current: which one is chosen, -1 for none."""
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
            item.setIcon(QIcon(self._square(one.image)))
        self._shown = list(shown)
        if current >= 0:
            self.setCurrentRow(current)

    def _square(self, image: QImage | None) -> QPixmap:
        square = QPixmap(self._side, self._side)
        square.fill(QColor(theme.current().raised))
        if image is not None and not image.isNull():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            fitted = image.scaled(self._side, self._side, keep, smooth)
            with QPainter(square) as painter:
                painter.drawImage((self._side - fitted.width()) // 2, (self._side - fitted.height()) // 2, fitted)
        return square

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            self.removed.emit(row)
        else:
            super().keyPressEvent(event)
