"""Painted strokes as a mask of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from explorer.maths.strokes import Stroke, Strokes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 512
"""Pixels of a mask's longer side: finer than any layer that looks through it."""


def mask_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the mask for a picture of this size."""
    longest = max(width, height, 1)
    return max(1, round(width * SIDE / longest)), max(1, round(height * SIDE / longest))


def empty_mask(width: int, height: int) -> QImage:
    """A mask for a picture of this size, on which nothing is painted."""
    image = QImage(*mask_size(width, height), QImage.Format.Format_Grayscale8)
    image.fill(0)
    return image


def paint(mask: QImage, strokes: Iterable[Stroke]) -> None:
    """Put strokes onto a mask."""
    for stroke in strokes:
        if stroke.invert:
            mask.invertPixels()
        elif stroke.fill:
            mask.fill(0 if stroke.erase else 255)
        elif stroke.png:
            _put(mask, stroke.png)
        elif stroke.points:
            _paint_stroke(mask, stroke)


def _put(mask: QImage, png: bytes) -> None:
    """A mask that was kept takes the place of this one."""
    from explorer.formats.mask_files import unpacked

    pixels = unpacked(png)
    height, width = pixels.shape
    kept = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    with QPainter(mask) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(mask.rect(), kept)


def _paint_stroke(mask: QImage, stroke: Stroke) -> None:
    width, height = mask.width(), mask.height()
    with QPainter(mask) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor("black" if stroke.erase else "white")
        pen = QPen(ink, max(1.0, stroke.width * max(width, height)))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        points = [QPointF(x * width, y * height) for x, y in stroke.points]
        if len(points) == 1:
            painter.drawPoint(points[0])
        else:
            painter.drawPolyline(QPolygonF(points))


def mask_image(strokes: Strokes, width: int, height: int) -> QImage:
    """The mask that strokes make on a picture of this size, its longer side 512 pixels; white is where they are."""
    mask = empty_mask(width, height)
    paint(mask, strokes)
    return mask


def mask_pixels(strokes: Strokes, width: int, height: int) -> NDArray[np.uint8] | None:
    """The same as numbers (H, W) from 0 to 255; None where nothing was painted, which leaves nothing out."""
    if not strokes:
        return None
    import numpy as np

    mask = mask_image(strokes, width, height)
    rows = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine())
    return rows[:, : mask.width()].copy()


def together(masks: Iterable[Strokes], width: int, height: int) -> NDArray[np.uint8] | None:
    """What several masks cover (H, W), each pixel as far as the one that covers it most; None where none is painted."""
    import numpy as np

    painted = [mask for strokes in masks if (mask := mask_pixels(strokes, width, height)) is not None]
    return np.maximum.reduce(painted) if painted else None


def rest_of(covered: NDArray[np.uint8]) -> Stroke:
    """What a mask (H, W) leaves, as one stroke."""
    from explorer.formats.mask_files import packed

    return Stroke(png=packed(255 - covered))
