"""A picture one can zoom and move, shared by the panels that show pictures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLOSEST = 64.0
"""Widget pixels one picture pixel may become."""
STEP = 1.25
"""How much one notch of the wheel or one key zooms."""


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """An image of its own from pixels (H, W, 3) red, green, blue, as the screen has them: drawing it copies nothing."""
    import numpy as np

    pixels = np.ascontiguousarray(pixels)
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


class PictureView(QWidget):
    """One image: the wheel and + − zoom at the pointer, a drag or arrows move it, 0 fits it, 1 shows it pixel by pixel.

    Magnified pixels stay sharp squares, for one reads them; a view that shows what was painted sets `smooth_up_to`, the
    magnification from which on they are squares. A reduced picture is smoothed.
    """

    smooth_up_to = 1.0

    hovered = Signal(object)  # QPoint, the pixel under the pointer; None outside the image
    clicked = Signal(object)  # QPoint, the pixel that was clicked
    painted = Signal(float)  # milliseconds it took to draw all of it

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._pixmap = QPixmap()
        self._reduced = QPixmap()  # the pixmap at the scale it was last drawn at, kept while that is below 1
        self._scale, self._corner = 1.0, QPointF()
        self._fitted = True
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(12 * GRID, 10 * GRID)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # Qt need not fill the ground before each frame

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 30 * GRID)

    @property
    def image(self) -> QImage:
        """What is shown; null where there is none."""
        return self._image

    @property
    def scale(self) -> float:
        """Widget pixels per picture pixel."""
        return self._scale

    def show_image(self, image: QImage) -> None:
        """Show another image; one of the same size keeps zoom and place."""
        same = image.size() == self._image.size()
        self._image, self._pixmap, self._reduced = image, QPixmap.fromImage(image), QPixmap()
        if self._fitted or not same:
            self.fit()
        self.update()

    def fit(self) -> None:
        """Show the whole image as large as it goes."""
        self._fitted = True
        if not self._image.isNull():
            self._place(min(self.width() / self._image.width(), self.height() / self._image.height()), QPointF())

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify, keeping the picture's point under `at` (widget coordinates; the middle by default) in its place."""
        if self._image.isNull():
            return
        at = at or QRectF(self.rect()).center()
        whole = min(self.width() / self._image.width(), self.height() / self._image.height())
        scale = min(max(self._scale * factor, min(whole, 1.0)), max(CLOSEST, whole))
        self._fitted = scale <= whole and factor < 1
        self._place(scale, at - (at - self._corner) * (scale / self._scale))

    def pixel_at(self, at: QPointF) -> QPoint | None:
        """The picture's pixel under a point of the widget."""
        spot = (at - self._corner) / self._scale
        pixel = QPoint(int(spot.x() // 1), int(spot.y() // 1))
        return pixel if self._image.rect().contains(pixel) else None

    def on_widget(self, rect: QRectF) -> QRectF:
        """Where a rectangle of picture pixels lies on the widget."""
        return QRectF(self._corner + rect.topLeft() * self._scale, rect.size() * self._scale)

    def paint_over(self, painter: QPainter) -> None:
        """Draw on top of the picture, in widget coordinates."""

    def _place(self, scale: float, corner: QPointF) -> None:
        """Set scale and corner so that the picture stays in view, in the middle where it is smaller."""

        def held(corner: float, room: float, size: float) -> float:
            return (room - size) / 2 if size <= room else min(0.0, max(room - size, corner))

        width, height = self._image.width() * scale, self._image.height() * scale
        self._scale = scale
        self._corner = QPointF(held(corner.x(), self.width(), width), held(corner.y(), self.height(), height))
        self.update()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()
        elif not self._image.isNull():
            self._place(self._scale, self._corner)

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        self._paint(event)
        self.painted.emit((time.perf_counter() - started) * 1000)

    def _paint(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            covered = self.on_widget(QRectF(self._image.rect())).contains(QRectF(event.rect()))
            if self._image.hasAlphaChannel() or not covered:
                painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
            if self._image.isNull():
                return
            ratio = self.devicePixelRatioF()
            if self._scale * ratio < 1:
                size = (QRectF(self._image.rect()).size() * self._scale * ratio).toSize().expandedTo(QSize(1, 1))
                if self._reduced.size() != size:
                    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                    self._reduced = self._pixmap.scaled(size, keep, smooth)
                    self._reduced.setDevicePixelRatio(ratio)
                painter.drawPixmap(self._corner, self._reduced)
            else:
                shown = QRectF(-self._corner / self._scale, QRectF(self.rect()).size() / self._scale)
                shown = QRectF(shown.toAlignedRect().intersected(self._image.rect()))
                soft = 1 < self._scale * ratio <= self.smooth_up_to
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, soft)
                painter.drawPixmap(self.on_widget(shown), self._pixmap, shown)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            self.paint_over(painter)
            if self.hasFocus():
                painter.setPen(self.palette().color(QPalette.ColorRole.Highlight))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self.pixel_at(event.position()))
        if self._pressed is None:
            return
        way = event.position() - self._pressed
        if self._dragging or way.manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self._fitted = False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._place(self._scale, self._corner + way)
            self._pressed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pixel = self.pixel_at(event.position())
        if self._pressed is not None and not self._dragging and pixel and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(pixel)
        self._pressed, self._dragging = None, False
        self.unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = event.key(), 8.0 * GRID
        moves = {
            Qt.Key.Key_Left: QPointF(step, 0),
            Qt.Key.Key_Right: QPointF(-step, 0),
            Qt.Key.Key_Up: QPointF(0, step),
            Qt.Key.Key_Down: QPointF(0, -step),
        }
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.zoom(1 / self._scale)
        elif key in moves and not self._fitted:  # else there is nothing to move, and the keys are for others
            self._place(self._scale, self._corner + moves[Qt.Key(key)])
        else:
            super().keyPressEvent(event)
