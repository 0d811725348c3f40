"""A camera that pans and zooms over the sample photos: a video for those who have none."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.workspace.images import pixels_of
from explorer.workspace.samples import samples
from explorer.workspace.video.ticking import Ticking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 30.0
"""Frames a second."""
SHOT = 150
"""Frames on one photo."""
WIDTH, HEIGHT = 640, 480
CLOSEST = 0.45
"""The part of a photo's width that is seen when the camera is nearest."""


class Generated(Ticking):
    """The same frames each time."""

    def __init__(self) -> None:
        super().__init__("Sample photos", RATE, SHOT * len(samples()))

    def _show(self, number: int) -> None:
        self._send(number / self.rate, lambda: generated(_photo(number // SHOT), number))


def generated(photo: QImage, number: int) -> NDArray[np.uint8]:
    """Frame `number` of the camera's way over a photo: pixels (480, 640, 3)."""
    angle = 2 * math.pi * (number % SHOT) / SHOT
    near = CLOSEST + (1 - CLOSEST) * (1 + math.cos(angle)) / 2
    width = near * min(photo.width(), photo.height() * WIDTH / HEIGHT)
    height = width * HEIGHT / WIDTH
    left = (photo.width() - width) * (1 + math.sin(angle)) / 2
    top = (photo.height() - height) * (1 + math.sin(2 * angle)) / 2
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(image.rect()), photo, QRectF(left, top, width, height))
    return pixels_of(image)


@lru_cache(maxsize=1)
def _photo(place: int) -> QImage:
    return QImage(str(samples()[place]))
