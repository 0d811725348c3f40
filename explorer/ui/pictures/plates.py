"""Where plates with words lie beside boxes, so that none covers another."""

from __future__ import annotations

from PySide6.QtCore import QRectF

MOST_PLATES = 60
"""Boxes, the surest, that get a plate: a picture with more would be plates alone."""


class Plates:
    """The plates that lie somewhere already, as left, top, right and bottom."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float, float]] = []

    def place(self, box: QRectF, size: tuple[float, float], room: tuple[float, float]) -> QRectF | None:
        """Take the place of a plate of `size` at a box: above it, below it, or in it; None where others lie.

        size and room: (width, height); all of it stays within the room.
        """
        wide, high = size
        if not box.intersects(QRectF(0, 0, *room)):
            return None
        right, under = box.right() - wide, box.bottom()
        places = [(box.left(), box.top() - high), (right, box.top() - high), (box.left(), under), (right, under)]
        if box.height() > 2 * high:
            places += [(box.left(), box.top()), (box.left(), under - high)]
        for left, top in places:
            x, y = max(min(left, room[0] - wide), 0.0), max(min(top, room[1] - high), 0.0)
            if not any(
                x < end and start < x + wide and y < low and up < y + high for start, up, end, low in self._taken
            ):
                self._taken.append((x, y, x + wide, y + high))
                return QRectF(x, y, wide, high)
        return None
