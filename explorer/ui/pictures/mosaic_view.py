"""The mosaic of a node's channels on screen: laid out to the panel's shape, picked by mouse or arrows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QResizeEvent

from explorer.maths.records import FeatureMaps
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.pictures.mosaic import Sheet, Tiling, tiling
from explorer.ui.pictures.picture_view import PictureView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Spot = tuple[int, int, int]
"""Channel, row, column."""

LEAST_MARK = 7
"""Pixels across the square around the picked number, however small it is drawn."""
NUMBERED = 56
"""Pixels from which a map is wide enough for its channel's number."""
LIT = 3
"""Pixels across the squares around the numbers pointed at, at least."""
SETTLING = 60
"""Milliseconds after which another size counts."""
ROOMY = 32
"""Pixels of a map from which these squares have a dark edge; on smaller ones it would hide the map."""

STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Where each arrow leads: how far down, how far across."""


class MosaicView(PictureView):
    """Channels as tiles of one image. Arrow keys pick the neighbouring channel, with Shift the neighbouring number."""

    pointed = Signal(object)  # Spot | None
    picked = Signal(object)  # Spot

    def __init__(self) -> None:
        super().__init__()
        self.maps: FeatureMaps | None = None
        self.tiling: Tiling | None = None
        self.spot: Spot | None = None
        self._colours = ""
        self._order: NDArray[np.int64] | None = None  # the channel at each place
        self._places: NDArray[np.int64] | None = None  # the place of each channel
        self.sheet = Sheet()
        self._pointed: Spot | None = None
        self._lit: tuple[int, int] | None = None
        self._factors: Mapping[int, float] = {}
        self._resized = QTimer(self, singleShot=True, interval=SETTLING)
        self._resized.timeout.connect(lambda: self._tile(again=False))
        self.hovered.connect(self._point)
        self.clicked.connect(self._pick_at)

    @property
    def colours(self) -> str:
        """The colour map that is drawn with."""
        return self._colours

    @property
    def order(self) -> NDArray[np.int64]:
        """The channels as they are shown."""
        assert self._order is not None
        return self._order

    def show_maps(self, maps: FeatureMaps | None, colours: str = "", order: NDArray[np.int64] | None = None) -> None:
        """Show other maps, or the same in other colours or another order of the channels."""
        if maps is not None:
            import numpy as np  # the window is on the screen sooner without

            self._order = np.arange(len(maps.values)) if order is None else order
            self._places = np.argsort(self._order)
        self.maps, self._colours, self._pointed = maps, colours, None
        self._tile(again=True)

    def show_spot(self, spot: Spot | None) -> None:
        """Outline the picked number and its channel, or none."""
        self.spot = spot
        self.update()

    def show_factors(self, factors: Mapping[int, float]) -> None:
        """Cross out the channels that are multiplied by 0, and strike those that are scaled."""
        if factors != self._factors:
            self._factors = dict(factors)
            self.update()

    def light(self, cell: tuple[int, int] | None) -> None:
        """Light a row and column up in all channels, or nowhere."""
        if cell != self._lit:
            self._lit = cell
            self.update()

    def pick(self, channel: int, down: int = 0, across: int = 0) -> None:
        """Pick a number of a channel: so far from the one that was picked, or from the middle of the map."""
        if self.maps is None:
            return
        channels, height, width = self.maps.values.shape
        _, row, column = self.spot or (channel, height // 2, width // 2)
        spot = channel, row + down, column + across
        if 0 <= channel < channels and 0 <= spot[1] < height and 0 <= spot[2] < width:
            self.picked.emit(spot)

    def value(self, spot: Spot) -> float:
        """The number at a spot."""
        assert self.maps is not None
        return float(self.maps.values[spot])

    def paint_over(self, painter: QPainter) -> None:
        if self.tiling is None:
            return
        colours = theme.current()
        if self._factors:
            self._paint_factors(painter)
        if self._lit is not None:
            self._paint_lit(painter, *self._lit)
        for channel, colour, width in (
            (self._pointed[0] if self._pointed else None, colours.text, 1),
            (self.spot[0] if self.spot else None, colours.accent, 3),
        ):
            if channel is not None:
                painter.setPen(QPen(QColor(colour), width))
                tile = self.on_widget(QRectF(self._tile_of(channel)))
                painter.drawRect(tile.adjusted(-0.5 * width, -0.5 * width, 0.5 * width, 0.5 * width))
        if self.spot is not None:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(_at_least(LEAST_MARK, self.on_widget(self._square(self.spot))))
        self._paint_numbers(painter)

    def _paint_lit(self, painter: QPainter, row: int, column: int) -> None:
        assert self.tiling is not None
        first = self._square((int(self.order[0]), row, column))
        corner = self._tile_of(int(self.order[0])).topLeft()
        squares = []
        for place in self._seen():
            square = first.translated(QPointF(self.tiling.tile(place).topLeft()) - corner)
            squares.append(_at_least(LIT, self.on_widget(square)))
        tall = self.tiling.step[1] * self.scale
        for tone, width in (("black", 3), ("white", 1))[tall < ROOMY :]:  # both are seen on any colour
            painter.setPen(QPen(QColor(tone), width))
            painter.drawRects(squares)

    def _paint_factors(self, painter: QPainter) -> None:
        assert self.tiling is not None
        lines = []
        for place in self._seen():
            factor = self._factors.get(int(self.order[place]), 1.0)
            tile = self.on_widget(QRectF(self.tiling.tile(place)))
            lines += [QLineF(tile.bottomLeft(), tile.topRight())] if factor != 1 else []
            lines += [QLineF(tile.topLeft(), tile.bottomRight())] if factor == 0 else []
        for tone, width in (("black", 3), ("white", 1)):  # both are seen on any colour
            painter.setPen(QPen(QColor(tone), width))
            painter.drawLines(lines)

    def _paint_numbers(self, painter: QPainter) -> None:
        """The channel's number in the corner of each map that is large enough for it."""
        assert self.tiling is not None
        if self.tiling.step[0] * self.scale < NUMBERED or self.tiling.channels == 1:
            return
        painter.setFont(sized("small"))
        measure = painter.fontMetrics()
        for place in self._seen():
            corner = self.on_widget(QRectF(self.tiling.tile(place))).topLeft()
            factor = self._factors.get(int(self.order[place]), 1.0)
            text = f"{self.order[place]}{'' if factor == 1 else ' off' if factor == 0 else f' ×{factor:g}'}"
            plate = QRectF(corner, measure.size(0, text)).adjusted(0, 0, 4, 0)
            painter.fillRect(plate, QColor(0, 0, 0, 140))
            painter.setPen(QColor("white"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _seen(self) -> list[int]:
        """The places that are in view."""
        assert self.tiling is not None
        t, (across, down) = self.tiling, self.tiling.step
        corner = self.on_widget(QRectF(0, 0, 1, 1)).topLeft()
        first = max(0, int(-corner.y() / self.scale) // down)
        last = min(t.rows - 1, int((self.height() - corner.y()) / self.scale) // down)
        left = max(0, int(-corner.x() / self.scale) // across)
        right = min(t.columns - 1, int((self.width() - corner.x()) / self.scale) // across)
        places = (row * t.columns + column for row in range(first, last + 1) for column in range(left, right + 1))
        return [place for place in places if place < t.channels]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._resized.start()  # a line that comes and goes beside it must not have all channels laid out twice
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pick(self.spot[0] if self.spot else 0, *step)
        else:
            self._step(*step)

    def _step(self, down: int, across: int) -> None:
        if self.tiling is None or self._places is None:
            return
        place = int(self._places[self.spot[0]]) + down * self.tiling.columns + across if self.spot else 0
        if 0 <= place < self.tiling.channels:
            self.pick(int(self.order[place]))

    def _tile(self, again: bool) -> None:
        if self.maps is None:
            self.tiling = None
            self.show_image(QImage())
            return
        channels, height, width = self.maps.values.shape
        new = tiling((channels, height, width), self.width() / max(1, self.height()))
        if again or new != self.tiling:
            self.tiling = new
            self.show_image(self.sheet.draw_maps(self.maps, new, self.colours, self.order))

    def _spot_at(self, pixel: QPoint | None) -> Spot | None:
        found = self.tiling.at(pixel.x(), pixel.y()) if self.tiling and pixel else None
        return (int(self.order[found[0]]), *found[1:]) if found else None

    def _point(self, pixel: QPoint | None) -> None:
        spot = self._spot_at(pixel)
        if spot != self._pointed:
            moved = (spot or (None,))[0] != (self._pointed or (None,))[0]
            self._pointed = spot
            self.pointed.emit(spot)
            if moved:
                self.update()

    def _pick_at(self, pixel: QPoint) -> None:
        if spot := self._spot_at(pixel):
            self.picked.emit(spot)

    def _tile_of(self, channel: int) -> QRectF:
        assert self.tiling is not None
        assert self._places is not None
        return QRectF(self.tiling.tile(int(self._places[channel])))

    def _square(self, spot: Spot) -> QRectF:
        assert self.tiling is not None
        tile, f = self._tile_of(spot[0]), self.tiling.factor
        return QRectF(tile.x() + spot[2] * f, tile.y() + spot[1] * f, f, f)

    def centre_of(self, spot: Spot) -> QPointF:
        """Where a number is drawn, in widget coordinates."""
        return self.on_widget(self._square(spot)).center()


def _at_least(pixels: float, square: QRectF) -> QRectF:
    """A square around the same middle that is not smaller than this."""
    more = max(0.0, (pixels - square.width()) / 2)
    return square.adjusted(-more, -more, more, more)
