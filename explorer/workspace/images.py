"""Between Qt's images and the pixels that networks see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def at_most(image: QImage, longest: int) -> QImage:
    """The image, smaller where its longer side has more than `longest` pixels."""
    if max(image.width(), image.height()) <= longest:
        return image
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(longest, longest, Qt.AspectRatioMode.KeepAspectRatio, smooth)


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) red, green, blue of any image; what is transparent shows white paper."""
    import numpy as np

    if image.hasAlphaChannel():
        paper = QImage(image.size(), QImage.Format.Format_RGB32)
        paper.fill(QColor("white"))
        with QPainter(paper) as painter:
            painter.drawImage(QRectF(paper.rect()), image)
        image = paper
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    # Qt starts each row on a multiple of four bytes, so a row may be longer than its pixels.
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
