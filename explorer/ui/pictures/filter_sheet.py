"""Filters on a sheet one scrolls: a row of tiles for each, or one tile each; only what is in sight is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.maths.weight_records import LayerFilters
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.pictures.filter_colours import coloured, reach
from explorer.ui.pictures.filter_tiling import FilterTiling, Spot
from explorer.ui.pictures.mosaic import Sheet, Tiling
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_TILE = 28
"""Pixels that the numbers of a tile together are enlarged to."""
MOST_TILE = 72
"""And at most, where there are few."""
CELL = 6
"""Pixels of a number in a matrix."""
LARGEST_CELL = 64
MOST_EXPORTED = 40_000_000
"""Pixels of a sheet that is written as a picture."""


class FilterSheet(QAbstractScrollArea):
    """Scrolled with wheel and bars, zoomed with Ctrl and the wheel or + −; arrows pick the neighbouring filter."""

    pointed = Signal(object)  # Spot | None
    picked = Signal(object)  # Spot
    opened = Signal(object)  # Spot: it was clicked, or Enter was pressed on it

    def __init__(self) -> None:
        super().__init__()
        self.filters: LayerFilters | None = None
        self.at: int | None = None  # the place of the filter that is marked
        self._cell = 1
        self._sheet = Sheet()
        self._marks: dict[int, str] = {}
        self._reach: NDArray[np.float32]
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Filters")

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 30 * GRID)

    def show_filters(self, filters: LayerFilters | None, jointly: bool) -> None:
        """Show other filters, or the same on one scale for all or on one for each."""
        fresh = filters is None or self.filters is None or filters.node != self.filters.node
        self.filters = filters
        if filters is not None:
            self._reach = reach(filters.values, jointly)
            self._marks = dict.fromkeys(filters.dead, "dead")
            self._marks |= {one: "equal" for group in filters.equal for one in group}
            if fresh:
                self.at = None
                self._fit()
        self._arrange()

    def mark(self, number: int | None) -> None:
        """Outline the filter with this number, and bring it in sight."""
        places = [] if self.filters is None or number is None else (self.filters.numbers == number).nonzero()[0]
        self.at = int(places[0]) if len(places) else None
        if self.at is not None:
            self._bring(self.tiling.area(self.at))
        self.viewport().update()

    # Where things lie

    @property
    def tiling(self) -> FilterTiling:
        """How the filters are laid out in the room there is."""
        assert self.filters is not None
        count, channels, h, w = self.filters.values.shape
        each = 1 if self.filters.colour else channels
        head = QFontMetrics(sized("small")).horizontalAdvance(f"{self.filters.whole:,} ") if each > 1 else 0
        return FilterTiling(count, each, h, w, self._cell, head, self.viewport().width())

    def point_of(self, spot: Spot) -> QPoint:
        """Where a number is drawn, in the viewport."""
        return self.tiling.square(spot).center() - QPoint(self._left, self._top)

    def spot_at(self, point: QPoint) -> Spot | None:
        """The number under a point of the viewport."""
        return self.tiling.at(point + QPoint(self._left, self._top)) if self.filters is not None else None

    @property
    def _left(self) -> int:
        return self.horizontalScrollBar().value()

    @property
    def _top(self) -> int:
        return self.verticalScrollBar().value()

    def _fit(self) -> None:
        """Draw tiles as large as all of them fit in sight, within reason."""
        size = max(self.tiling.height, self.tiling.width)
        if self.tiling.each > 1 and size == 1:
            self._cell = CELL
            return
        least = max(1, -(-LEAST_TILE // size))
        most = max(least, MOST_TILE // size) if self.tiling.each == 1 else least
        for self._cell in range(most, least - 1, -1):
            if self.tiling.size.height() <= self.viewport().height():
                break

    def _arrange(self) -> None:
        if self.filters is not None:
            tiling, room = self.tiling, self.viewport().size()
            size = tiling.size
            for bar, whole, seen in (
                (self.horizontalScrollBar(), size.width(), room.width()),
                (self.verticalScrollBar(), size.height(), room.height()),
            ):
                bar.setRange(0, max(0, whole - seen))
                bar.setPageStep(seen)
                bar.setSingleStep(tiling.step[1])
        self.viewport().update()

    def _bring(self, area: QRect) -> None:
        room = self.viewport().size()
        top, left = self.verticalScrollBar(), self.horizontalScrollBar()
        if not self._top <= area.top() <= self._top + room.height() - area.height():
            top.setValue(area.center().y() - room.height() // 2)
        if self.tiling.each == 1 and not self._left <= area.left() <= self._left + room.width() - area.width():
            left.setValue(area.center().x() - room.width() // 2)

    # Drawing

    def drawn(self, seen: QRect) -> tuple[QImage, QPoint]:
        """The tiles that reach into a part of the sheet, and where the image's corner lies on the sheet."""
        t = self.tiling
        rows, tiles = t.in_sight(seen)
        if not rows or not tiles:
            return QImage(), QPoint()
        if t.each > 1:
            pixels = self._coloured(slice(rows.start, rows.stop), slice(tiles.start, tiles.stop))
        else:
            pixels = self._coloured(slice(rows.start * t.across, rows.stop * t.across), slice(0, 1))
        pixels = pixels.reshape(-1, t.height, t.width)
        corner = QPoint(t.head + tiles.start * t.step[0], rows.start * t.step[1])
        return self._sheet.draw_pixels(
            pixels, Tiling(len(pixels), t.height, t.width, len(tiles), t.cell, t.gap)
        ), corner

    def _coloured(self, some: slice, channels: slice) -> NDArray[np.uint32]:
        """Pixels (N, C, h, w) 0xAARRGGBB of some filters; C is 1 where they are in colour."""
        assert self.filters is not None
        values, colour = self.filters.values[some], self.filters.colour
        return coloured(values if colour else values[:, channels], self._reach[some], colour)

    def whole_image(self) -> QImage:
        """The whole sheet as one image, null where it is empty or would be too large."""
        size = self.tiling.size if self.filters is not None else QSize()
        if size.isEmpty() or size.width() * size.height() > MOST_EXPORTED:
            return QImage()
        image, corner = self.drawn(QRect(QPoint(0, 0), size))
        whole = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        whole.fill(Qt.GlobalColor.transparent)
        with QPainter(whole) as painter:
            painter.drawImage(corner, image)
        return whole

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self.palette().color(self.backgroundRole()))
            if self.filters is None:
                return
            offset = QPoint(self._left, self._top)
            seen = QRect(offset, self.viewport().size())
            image, corner = self.drawn(seen)
            if not image.isNull():
                painter.drawImage(corner - offset, image)
            self._label(painter, seen)

    def _label(self, painter: QPainter, seen: QRect) -> None:
        """Numbers of the rows in sight, marks of dead and equal filters, and the outline of the picked one."""
        assert self.filters is not None
        colours, tiling = theme.current(), self.tiling
        painter.setFont(sized("small"))
        text = painter.fontMetrics().height()
        rows, _ = tiling.in_sight(seen)
        every = -(-text // tiling.step[1])  # rows may be lower than a line of text
        for at in range(rows.start * tiling.across, min(rows.stop * tiling.across, tiling.count)):
            area, number = tiling.area(at).translated(-seen.topLeft()), int(self.filters.numbers[at])
            beside = self.at is not None and 0 < abs(at - self.at) < every
            if tiling.head and not beside and (at % every == 0 or at == self.at):
                painter.setPen(QColor(colours.accent if at == self.at else colours.dim))
                painter.drawText(QPoint(-seen.left(), area.top() + min(tiling.step[1], text) - 2), f"{number:,}")
            if mark := self._marks.get(number):
                line = Qt.PenStyle.SolidLine if mark == "dead" else Qt.PenStyle.DashLine
                painter.setPen(QPen(QColor(colours.problem), 2, line))
                painter.drawRect(area.adjusted(0, 0, -1, -1))
                if mark == "dead":
                    painter.drawLine(QPointF(area.bottomLeft()), QPointF(area.topRight()))
        if self.at is not None:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(tiling.area(self.at).translated(-seen.topLeft()).adjusted(-1, -1, 1, 1))

    # Events

    def zoom(self, factor: float) -> None:
        """Draw each number larger or smaller."""
        cell = max(1, min(LARGEST_CELL, round(self._cell * factor) if factor < 1 else int(self._cell * factor) + 1))
        if cell != self._cell:
            self._cell = cell
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.5 if event.angleDelta().y() > 0 else 1 / 1.5)
        else:
            super().wheelEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.spot_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (spot := self.spot_at(event.position().toPoint())):
            self.opened.emit(spot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        wrapped = self.filters is not None and self.tiling.each == 1
        down = self.tiling.across if wrapped else 1
        moves = {Qt.Key.Key_Up: -down, Qt.Key.Key_Down: down}
        moves |= {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1} if wrapped else {}
        if key in moves and self.filters is not None:
            at = 0 if self.at is None else self.at + moves[key]
            if 0 <= at < len(self.filters.values):
                self.picked.emit(Spot(at, 0, 0, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at is not None:
            self.opened.emit(Spot(self.at, 0, 0, 0))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / 1.5 if key == Qt.Key.Key_Minus else 1.5)
        else:
            super().keyPressEvent(event)
