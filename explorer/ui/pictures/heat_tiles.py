"""Maps of what counted, each over the picture, side by side in one image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QResizeEvent

from explorer.maths.attribution import Attribution, heat
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.pictures.picture_view import PictureView, image_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GAP = 4
"""Pixels of the image between two tiles."""

SIGNED, UNSIGNED = "blue–white–red", "viridis"


def drawn(result: Attribution, opacity: float) -> QImage:
    """The map over the picture, which is grey, for colours are the map's: opacity 0 leaves the picture, 1 the map."""
    import numpy as np

    values = heat(result.values, result.signed)
    level = np.rint(127.5 + 127.5 * values if result.signed else 255 * values).astype(np.uint8)
    shades: NDArray[np.uint32] = np.ascontiguousarray(opaque(SIGNED if result.signed else UNSIGNED)[level])
    height, width = shades.shape
    over = QImage(shades.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    image = image_of(result.picture).convertToFormat(QImage.Format.Format_Grayscale8)
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setOpacity(opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(image.rect()), over)
    return image


class HeatTiles(PictureView):
    """Tiles with their titles; a click picks one. They zoom and move together."""

    picked = Signal(str)  # title
    pointed = Signal(str, object)  # title, QPoint in the picture; "" and None outside

    def __init__(self) -> None:
        super().__init__()
        self._results: list[tuple[str, Attribution | None]] = []
        self._tiles: list[QRect] = []
        self._size = (224, 224)  # of a tile; until there is a picture, that of most networks' inputs
        self._opacity, self._chosen = 0.6, ""
        self.hovered.connect(self._point)
        self.clicked.connect(self._pick)

    def show_results(self, results: list[tuple[str, Attribution | None]], opacity: float, chosen: str) -> None:
        """Show these by title; what is not there yet has an empty tile."""
        self._results, self._opacity, self._chosen = results, opacity, chosen
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._tiles != self._places():
            self._lay_out()

    def _places(self) -> list[QRect]:
        """Where each tile lies: in as many columns as show them largest."""
        self._size = next((result.picture.shape[:2] for _, result in self._results if result), self._size)
        (height, width), count = self._size, len(self._results)
        if not count:
            return []

        def scale(columns: int) -> float:
            rows = -(-count // columns)
            return float(min(self.width() / (columns * (width + GAP)), self.height() / (rows * (height + GAP))))

        columns = max(range(1, count + 1), key=scale)
        return [QRect(i % columns * (width + GAP), i // columns * (height + GAP), width, height) for i in range(count)]

    def _lay_out(self) -> None:
        self._tiles = self._places()
        if not self._tiles:
            self.show_image(QImage())
            return
        whole = QRect()
        for tile in self._tiles:
            whole = whole.united(tile)
        image = QImage(whole.size(), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            for tile, (_, result) in zip(self._tiles, self._results, strict=False):
                if result is not None:
                    painter.drawImage(tile, drawn(result, self._opacity))
        self.show_image(image)

    def paint_over(self, painter: QPainter) -> None:
        colours = theme.current()
        painter.setFont(sized("small"))
        measure = QFontMetrics(painter.font())
        for tile, (title, result) in zip(self._tiles, self._results, strict=False):
            place = self.on_widget(QRectF(tile))
            words = title if result is None or result.done else f"{title} …"
            words = measure.elidedText(words, Qt.TextElideMode.ElideRight, int(place.width()) - 6)
            band = QRectF(place.left(), place.top(), measure.horizontalAdvance(words) + 6, measure.height())
            painter.fillRect(band, QColor(colours.window))
            painter.setPen(QColor(colours.text))
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, words)
            chosen = title == self._chosen
            painter.setPen(QPen(QColor(colours.accent if chosen else colours.edge), 2 if chosen else 1))
            painter.drawRect(place)

    def _at(self, pixel: QPoint) -> tuple[str, QPoint] | None:
        for tile, (title, _) in zip(self._tiles, self._results, strict=False):
            if tile.contains(pixel):
                return title, pixel - tile.topLeft()
        return None

    def _point(self, pixel: QPoint | None) -> None:
        self.pointed.emit(*((self._at(pixel) if pixel else None) or ("", None)))

    def _pick(self, pixel: QPoint) -> None:
        if found := self._at(pixel):
            self.picked.emit(found[0])
