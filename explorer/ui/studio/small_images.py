"""Images of large pictures that are made at once: to be looked at while they grow, and in small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from explorer.ui.pictures.picture_view import image_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIVE = 1536
"""Pixels of the longer side of a picture that changes several times a second."""


def live_image(pixels: NDArray[np.uint8]) -> QImage:
    """An image of pixels (H, W, 3) of at most 1,536 on its longer side: of a larger one every k-th pixel."""
    return image_of(_thinned(pixels, LIVE))


def thumbnail(pixels: NDArray[np.uint8], side: int) -> QImage:
    """An image whose longer side has `side` pixels; of a large picture only some pixels are looked at."""
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image_of(_thinned(pixels, 4 * side)).scaled(side, side, keep, smooth)


def _thinned(pixels: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    k = -(-max(pixels.shape[:2]) // longest)
    return pixels[::k, ::k]
