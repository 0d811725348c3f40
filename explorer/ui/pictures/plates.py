"""Where plates with words lie beside boxes, so that none covers another."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

MOST_PLATES = 60
"""Boxes, the surest, that get a plate: a picture with more would be plates alone."""


def room_of(painter: QPainter) -> QRectF:
    """Where a painter's words are seen: what it is clipped to of all it paints on."""
    whole = QRectF(painter.window())
    return whole.intersected(painter.clipBoundingRect()) if painter.hasClipping() else whole


def within(left: float, top: float, size: tuple[float, float], room: QRectF) -> tuple[float, float]:
    """Left and top of a plate of `size` (width, height) that is moved into the room."""
    x = max(min(left, room.right() - size[0]), room.left())
    return x, max(min(top, room.bottom() - size[1]), room.top())


class Plates:
    """The plates that lie somewhere already, as left, top, right and bottom."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float, float]] = []

    def place(self, box: QRectF, size: tuple[float, float], room: QRectF) -> QRectF | None:
        """Take the place of a plate of `size` (width, height) at a box: above it, below it, or in it; None where others
        lie. All of it stays within the room.
        """
        wide, high = size
        if not box.intersects(room):
            return None
        right, under = box.right() - wide, box.bottom()
        places = [(box.left(), box.top() - high), (right, box.top() - high), (box.left(), under), (right, under)]
        if box.height() > 2 * high:
            places += [(box.left(), box.top()), (box.left(), under - high)]
        for left, top in places:
            x, y = within(left, top, size, room)
            if not any(
                x < end and start < x + wide and y < low and up < y + high for start, up, end, low in self._taken
            ):
                self._taken.append((x, y, x + wide, y + high))
                return QRectF(x, y, wide, high)
        return None
