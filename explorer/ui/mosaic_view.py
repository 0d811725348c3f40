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


class MosaicView(PictureView):
    """Channels as tiles of one image. Arrow keys pick the neighbouring channel."""

    pointed = Signal(object)  # Spot | None
    picked = Signal(int)  # channel

    def __init__(self) -> None:
        super().__init__()
        self.maps: FeatureMaps | None = None
        self.tiling: Tiling | None = None
        self.channel: int | None = None
        self._colours = "viridis"
        self._sheet = Sheet()
        self._pointed: Spot | None = None
        self.hovered.connect(self._point)
        self.clicked.connect(self._pick_at)

    def show_maps(self, maps: FeatureMaps | None, colours: str) -> None:
        """Show other maps, or the same in other colours; of the same node the picked channel stays."""
        same = maps is not None and self.maps is not None and maps.node == self.maps.node
        if not same or (maps and self.channel is not None and self.channel >= len(maps.values)):
            self.channel = None
        self.maps, self._colours, self._pointed = maps, colours, None
        self._tile(again=True)

    def pick(self, channel: int) -> None:
        """Outline one channel."""
        if self.maps is not None and 0 <= channel < len(self.maps.values):
            self.channel = channel
            self.update()
            self.picked.emit(channel)

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
            (self.channel, colours.accent, 3),
        ):
            if channel is not None:
                painter.setPen(QPen(QColor(colour), width))
                tile = self.on_widget(QRectF(self.tiling.tile(channel)))
                painter.drawRect(tile.adjusted(-0.5 * width, -0.5 * width, 0.5 * width, 0.5 * width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tile(again=False)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self.tiling.columns if self.tiling else 1
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in steps and plain:
            self.pick(0 if self.channel is None else self.channel + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

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
            self.pick(spot[0])

    def centre_of(self, spot: Spot) -> QPointF:
        """Where a number is drawn, in widget coordinates."""
        assert self.tiling is not None
        tile, f = self.tiling.tile(spot[0]), self.tiling.factor
        return self.on_widget(QRectF(tile.x() + spot[2] * f, tile.y() + spot[1] * f, f, f)).center()
