"""A picture with what a layer makes of it drawn over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.maths.boxes import Box
from explorer.ui.pictures.boxes_view import BoxesView


class OverlayView(BoxesView):
    """Draws one channel's map where its numbers lie, and a box around what one number sees.

    Boxes are in pixels of the whole picture, of which the image may be a smaller copy.
    """

    pointed = Signal(object)  # (x, y) in the whole picture | None

    def __init__(self) -> None:
        super().__init__()
        self._width = 0
        self._map, self._extent, self._clip, self._opacity = QImage(), QRectF(), QRectF(), 0.0
        self._field: Box | None = None
        self.hovered.connect(self._point)

    def show_whole(self, width: int) -> None:
        """The whole picture is so many pixels wide."""
        self._width = width

    def show_map(self, image: QImage, extent: Box, clip: Box, opacity: float) -> None:
        """Draw an image stretched over `extent`, as far as it lies in `clip`; a null image draws nothing."""
        self._map, self._opacity = image, opacity
        self._extent, self._clip = _rect(extent), _rect(clip)
        self.update()

    def show_field(self, box: Box | None) -> None:
        """Draw a box around what one number sees, or none."""
        if box != self._field:
            self._field = box
            self.update()

    @property
    def field(self) -> QRectF | None:
        """Where the box around what one number sees lies on the widget."""
        return self._placed(_rect(self._field)) if self._field is not None else None

    def paint_over(self, painter: QPainter) -> None:
        if not self._map.isNull():
            painter.save()
            painter.setClipRect(self._placed(self._clip))
            painter.setOpacity(self._opacity)
            painter.drawImage(self._placed(self._extent), self._map)
            painter.restore()
        super().paint_over(painter)
        if self.field is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for tone, width in (("black", 3), ("white", 1)):  # seen on any ground
                painter.setPen(QPen(QColor(tone), width))
                painter.drawRect(self.field)

    def _placed(self, rect: QRectF) -> QRectF:
        shrunk = self.image.width() / self._width if self._width else 1.0
        return self.on_widget(QRectF(rect.topLeft() * shrunk, rect.size() * shrunk))

    def _point(self, pixel: QPoint | None) -> None:
        shrunk = self.image.width() / self._width if self._width else 1.0
        self.pointed.emit(((pixel.x() + 0.5) / shrunk, (pixel.y() + 0.5) / shrunk) if pixel is not None else None)


def _rect(box: Box) -> QRectF:
    left, top, right, bottom = box
    return QRectF(left, top, right - left, bottom - top)
