"""The picture that a network makes, with the one it made it of behind a line that can be moved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen

from explorer.ui.pictures.picture_view import PictureView

NEAR = 6.0
"""Pixels beside the line from which on a press takes it."""


class PaintedView(PictureView):
    """Left of the line the picture as it was, right of it as it was painted; at 0 all is painted."""

    wiped = Signal(float)  # where the line is now, from 0 at the left to 1

    def __init__(self) -> None:
        super().__init__()
        self._before, self._wipe, self._taken = QImage(), 0.0, False
        self.setAccessibleName("Painted picture")

    @property
    def wipe(self) -> float:
        """Where the line is, from 0 at the left to 1."""
        return self._wipe

    def show_pair(self, painted: QImage, before: QImage) -> None:
        """Show what was painted, and of what; that is stretched over it."""
        self._before = before
        self.show_image(painted)

    def set_wipe(self, share: float) -> None:
        """Move the line without reporting it."""
        self._wipe = min(max(share, 0.0), 1.0)
        self.update()

    @property
    def line(self) -> float:
        """Where the line is on the widget, pixels from the left."""
        whole = self.on_widget(QRectF(self.image.rect()))
        return whole.left() + self._wipe * whole.width()

    def paint_over(self, painter: QPainter) -> None:
        if not self._wipe or self._before.isNull():
            return
        whole = self.on_widget(QRectF(self.image.rect()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipRect(QRectF(whole.left(), whole.top(), self._wipe * whole.width(), whole.height()))
        painter.drawImage(whole, self._before)
        painter.restore()
        for tone, width in (("black", 3), ("white", 1)):  # seen on any ground
            painter.setPen(QPen(QColor(tone), width))
            painter.drawLine(QPointF(self.line, whole.top()), QPointF(self.line, whole.bottom()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = abs(event.position().x() - self.line) <= NEAR
        self._taken = near and event.button() == Qt.MouseButton.LeftButton and not self.image.isNull()
        if not self._taken:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._taken:
            near = abs(event.position().x() - self.line) <= NEAR and not event.buttons()
            self.setCursor(Qt.CursorShape.SplitHCursor) if near else self.unsetCursor()
            super().mouseMoveEvent(event)
            return
        whole = self.on_widget(QRectF(self.image.rect()))
        self.set_wipe((event.position().x() - whole.left()) / max(whole.width(), 1.0))
        self.wiped.emit(self._wipe)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._taken:
            self._taken = False
        else:
            super().mouseReleaseEvent(event)
