"""The thumbnails of an x-ray as they lie on the cards."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

from explorer.maths.thumbnails import Thumbnails
from explorer.ui.canvas.card import FILM
from explorer.ui.pictures.colour_maps import fitting, opaque


class Films:
    """The thumbnail of each node as a pixmap, made when it is first drawn."""

    def __init__(self, thumbnails: Thumbnails | None = None) -> None:
        self._thumbnails = thumbnails
        self._places = {id: place for place, id in enumerate(thumbnails.ids)} if thumbnails else {}
        self._made: dict[str, QPixmap] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id: str) -> bool:
        return id in self._places

    def paint(self, painter: QPainter, id: str) -> None:
        """Draw a node's thumbnail, in the units of its card; it keeps its proportions."""
        film = self._made.get(id) or self._made.setdefault(id, self._pixmap(id))
        scale = min(FILM.width() / film.width(), FILM.height() / film.height())
        room = QRectF(0, 0, film.width() * scale, film.height() * scale)
        room.moveCenter(FILM.center())
        painter.drawPixmap(room, film, QRectF(film.rect()))

    def _pixmap(self, id: str) -> QPixmap:
        assert self._thumbnails is not None
        place = self._places[id]
        height, width = self._thumbnails.sizes[place]
        shades = opaque(fitting("", self._thumbnails.signed[place]))
        pixels = shades[self._thumbnails.pixels[place, :height, :width]]
        return QPixmap.fromImage(QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32))
