"""The patches of a node's channels on screen: a block for each channel, drawn and cut only where it is in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.maths.patch_blocks import GAP, Blocks
from explorer.maths.patch_records import NodePatches
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

LEAST = 24
"""Pixels of a patch in a low view."""

Spot = tuple[int, int]
"""Channel, and the patch's rank in it from 0."""
Drawn = Callable[[NodePatches, Spot], QImage | None]
HEAD = 9 * GRID
"""Pixels of the names of classes before their rows."""


class PatchView(QAbstractScrollArea):
    """Arrows pick a patch, Home and End the first and last, Enter or a double click opens it.

    image, beside: what is drawn of a patch, and beside it; None while it is being made. Nothing is drawn beside where
    `squares` is 1.
    """

    pointed = Signal(object)  # Spot | None, under the pointer
    picked = Signal(object)  # Spot
    opened = Signal(object)  # Spot
    moved = Signal()  # other channels are in sight

    def __init__(self, side: int, image: Drawn, beside: Drawn) -> None:
        super().__init__()
        self._side, self._images = side, (image, beside)
        self.found: NodePatches | None = None
        self.squares = 1
        self._classes: tuple[str, ...] = ()
        self.blocks = Blocks(0, 1, side, 1)
        self.spot: Spot | None = None
        self._pointed: Spot | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(20 * GRID, 10 * GRID)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.moved.emit())

    def show_patches(self, found: NodePatches | None, classes: tuple[str, ...] = (), squares: int = 1) -> None:
        """Show another node's patches, or better ones of the same; these keep place and pick.

        classes: whose patches come one after the other, a row for each. squares: 2 for something beside each patch.
        """
        if found is None or self.found is None or found.node != self.found.node or classes != self._classes:
            self.spot = None
            self.verticalScrollBar().setValue(0)
        self.found, self._classes, self.squares = found, classes, squares
        self._lay_out()

    def pick(self, spot: Spot) -> None:
        """Pick a patch that is there, and bring it into sight."""
        if self.found is None or not (0 <= spot[0] < self.blocks.channels and 0 <= spot[1] < self.blocks.count):
            return
        self.spot = spot
        bar, room = self.verticalScrollBar(), self.viewport().height()
        top, high = self.blocks.corner(spot[0])[1], self.blocks.block[1]
        if high > room:  # else the whole block comes into sight
            top, high = self.blocks.corner(*spot)[1] - self.blocks.caption, self.blocks.caption + self.blocks.side + GAP
        if top < bar.value():
            bar.setValue(top - GAP)
        elif top + high > bar.value() + room:
            bar.setValue(top + high - room)
        self.viewport().update()
        self.picked.emit(spot)

    def in_sight(self) -> range:
        """The channels that are seen now."""
        top = self.verticalScrollBar().value()
        return self.blocks.between(top, top + self.viewport().height())

    def spots_in_sight(self) -> list[Spot]:
        """The patches that are seen now."""
        room, ranks = self.viewport().rect(), range(self.blocks.count)
        every = ((channel, rank) for channel in self.in_sight() for rank in ranks)
        return [spot for spot in every if room.intersects(self.rect_of(spot))]

    def spot_at(self, at: QPoint) -> Spot | None:
        """The patch under a point of the viewport."""
        return self.blocks.at(at.x(), at.y() + self.verticalScrollBar().value()) if self.found is not None else None

    def rect_of(self, spot: Spot) -> QRect:
        """Where a patch is drawn on the viewport, with what is beside it."""
        left, top = self.blocks.corner(*spot)
        return QRect(left, top - self.verticalScrollBar().value(), self.blocks.wide, self.blocks.side)

    def _lay_out(self) -> None:
        channels, count = self.found.values.shape if self.found is not None else (0, 1)
        caption, room = self.fontMetrics().height(), self.viewport().size()
        head = HEAD if self._classes else 0
        one = Blocks(channels, count, 1, 1, caption, self.squares, max(1, len(self._classes)), head)
        high = (room.height() - caption - 2 * GAP) // one.down - 1  # a block, or a class of it, is seen as a whole
        wide = ((room.width() - head - 2 * GAP) // one.across - 1) // self.squares
        side = min(self._side, wide, max(LEAST, high))
        one = replace(one, side=max(1, side))
        self.blocks = replace(one, columns=max(1, (room.width() - GAP) // one.block[0]))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self.blocks.size[1] - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self.blocks.side)
        self.viewport().update()
        self.moved.emit()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            colours = theme.current()
            painter.fillRect(event.rect(), QColor(colours.base))
            if self.found is None:
                return
            painter.setFont(sized("small"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            down = self.verticalScrollBar().value()
            for channel in self.in_sight():
                left, top = self.blocks.corner(channel)
                painter.setPen(QColor(colours.text))
                words = f"{channel} · {self.found.values[channel, 0]:.3g}" if not self._classes else str(channel)
                width = self.blocks.block[0] - GAP
                painter.drawText(
                    QRect(left, top - down, width, self.blocks.caption), Qt.AlignmentFlag.AlignVCenter, words
                )
                self._name_rows(painter, channel)
                for rank in range(self.blocks.count):
                    if self.found.pictures[channel, rank] >= 0:
                        self._draw(painter, (channel, rank))
            for spot, colour, thick in ((self._pointed, colours.text, 1), (self.spot, colours.accent, 3)):
                if spot is not None:
                    painter.setPen(QPen(QColor(colour), thick))
                    painter.drawRect(self.rect_of(spot))

    def _draw(self, painter: QPainter, spot: Spot) -> None:
        assert self.found is not None
        square = QRect(self.rect_of(spot).topLeft(), QSize(self.blocks.side, self.blocks.side))
        for draw in self._images[: self.squares]:
            image = draw(self.found, spot)
            if image is None:  # it is being made
                painter.fillRect(square, QColor(theme.current().raised))
            else:
                painter.drawImage(square, image)
            square.translate(self.blocks.side, 0)

    def _name_rows(self, painter: QPainter, channel: int) -> None:
        painter.setPen(QColor(theme.current().dim))
        for number, name in enumerate(self._classes):
            first = self.rect_of((channel, number * self.blocks.each))
            room = QRect(first.left() - HEAD, first.top(), HEAD - GRID // 2, first.height())
            words = painter.fontMetrics().elidedText(name or "–", Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.spot_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position().toPoint())
        if spot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pick(spot)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position().toPoint())
        if spot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(spot)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), self.blocks.count
        channel, rank = self.spot or (0, 0)
        row = self.blocks.columns
        steps: dict[int, Spot] = {
            Qt.Key.Key_Right: divmod(channel * count + rank + 1, count),
            Qt.Key.Key_Left: divmod(channel * count + rank - 1, count),
            Qt.Key.Key_Down: (channel + row, rank),
            Qt.Key.Key_Up: (channel - row, rank),
            Qt.Key.Key_Home: (0, 0),
            Qt.Key.Key_End: (self.blocks.channels - 1, 0),
        }
        if key in steps:
            self.pick(steps[key] if self.spot else (0, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.spot:
            self.opened.emit(self.spot)
        else:
            super().keyPressEvent(event)

    def _point(self, spot: Spot | None) -> None:
        if spot != self._pointed:
            self._pointed = spot
            self.viewport().update()
            self.pointed.emit(spot)
