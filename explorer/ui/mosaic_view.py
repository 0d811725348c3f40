"""The mosaic of a node's channels on screen: laid out to the panel's shape, picked by mouse or arrows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QResizeEvent

from explorer.maths.records import FeatureMaps
from explorer.ui import theme
from explorer.ui.mosaic import Sheet, Tiling, levels, tiling
from explorer.ui.picture_view import PictureView

Spot = tuple[int, int, int]
"""Channel, row, column."""

LEAST_MARK = 7
"""Pixels across the square around the picked number, however small it is drawn."""

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
        self._colours = "viridis"
        self._sheet = Sheet()
        self._pointed: Spot | None = None
        self.hovered.connect(self._point)
        self.clicked.connect(self._pick_at)

    def show_maps(self, maps: FeatureMaps | None, colours: str) -> None:
        """Show other maps, or the same in other colours."""
        self.maps, self._colours, self._pointed = maps, colours, None
        self._tile(again=True)

    def show_spot(self, spot: Spot | None) -> None:
        """Outline the picked number and its channel, or none."""
        self.spot = spot
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
        for channel, colour, width in (
            (self._pointed[0] if self._pointed else None, colours.text, 1),
            (self.spot[0] if self.spot else None, colours.accent, 3),
        ):
            if channel is not None:
                painter.setPen(QPen(QColor(colour), width))
                tile = self.on_widget(QRectF(self.tiling.tile(channel)))
                painter.drawRect(tile.adjusted(-0.5 * width, -0.5 * width, 0.5 * width, 0.5 * width))
        if self.spot is not None:
            number = self.on_widget(self._square(self.spot))
            more = max(0.0, (LEAST_MARK - number.width()) / 2)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(number.adjusted(-more, -more, more, more))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tile(again=False)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pick(self.spot[0] if self.spot else 0, *step)
        else:
            down, across = step
            columns = self.tiling.columns if self.tiling else 1
            self.pick(self.spot[0] + down * columns + across if self.spot else 0)

    def _tile(self, again: bool) -> None:
        if self.maps is None:
            self.tiling = None
            self.show_image(QImage())
            return
        channels, height, width = self.maps.values.shape
        new = tiling((channels, height, width), self.width() / max(1, self.height()))
        if again or new != self.tiling:
            self.tiling = new
            self.show_image(self._sheet.draw(levels(self.maps, self._colours), new, self._colours))

    def _point(self, pixel: QPoint | None) -> None:
        spot = self.tiling.at(pixel.x(), pixel.y()) if self.tiling and pixel else None
        if spot != self._pointed:
            moved = (spot or (None,))[0] != (self._pointed or (None,))[0]
            self._pointed = spot
            self.pointed.emit(spot)
            if moved:
                self.update()

    def _pick_at(self, pixel: QPoint) -> None:
        spot = self.tiling.at(pixel.x(), pixel.y()) if self.tiling else None
        if spot:
            self.picked.emit(spot)

    def _square(self, spot: Spot) -> QRectF:
        assert self.tiling is not None
        tile, f = self.tiling.tile(spot[0]), self.tiling.factor
        return QRectF(tile.x() + spot[2] * f, tile.y() + spot[1] * f, f, f)

    def centre_of(self, spot: Spot) -> QPointF:
        """Where a number is drawn, in widget coordinates."""
        return self.on_widget(self._square(spot)).center()
