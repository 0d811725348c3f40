"""Two pictures in one place, with a divider between them: what is left of it is the one, what is right the other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.pictures.picture_view import PictureView
from explorer.ui.theme import GRID

GRASP = 6.0
"""Pixels from the pointer at which the divider is meant."""
STEP, LEAP = 0.01, 0.1
"""How far an arrow key moves the divider, alone and with Shift, as a share of the picture's width."""


class WipeView(PictureView):
    """A picture that can be compared with another one, which is stretched onto the same place.

    While both are there, a drag of the divider or the arrows left and right move it; Home and End show one of them
    alone. Zoom and place are PictureView's.
    """

    smooth_up_to = 8.0  # a painting of 128 pixels is no mosaic; closer, one wants to see the pixels

    def __init__(self, name: str, beside: str) -> None:
        super().__init__()
        self._names = beside, name
        self._beside, self._scaled = QPixmap(), QPixmap()
        self.on = False
        self.share = 0.5
        self._grasped = False
        self._say()

    def show_beside(self, image: QImage) -> None:
        """Compare with this picture from now on; null for none."""
        self._beside, self._scaled = QPixmap.fromImage(image), QPixmap()
        self.update()

    @property
    def comparing(self) -> bool:
        """Whether two pictures are seen."""
        return self.on and not self._beside.isNull() and not self.image.isNull()

    def compare(self, on: bool) -> None:
        """Show the other picture left of the divider, or not at all."""
        self.on = on
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._say()
        self.update()

    def divide(self, share: float) -> None:
        """Move the divider."""
        share = min(1.0, max(0.0, share))
        if share != self.share:
            self.share = share
            self._say()
            self.update()

    @property
    def _room(self) -> QRectF:
        """Where the picture lies on the widget."""
        return self.on_widget(QRectF(self.image.rect()))

    @property
    def divider(self) -> float:
        """Where the divider lies, pixels from the widget's left."""
        return self._room.left() + self.share * self._room.width()

    def _say(self) -> None:
        left, right = self._names
        told = f"{left} left of {self.share:.0%} of the width, {right} right of it" if self.on else right
        self.setAccessibleDescription(told)

    def paint_over(self, painter: QPainter) -> None:
        if not self.comparing:
            return
        room, at = self._room, self.divider
        ratio = self.devicePixelRatioF()
        size = (room.size() * ratio).toSize()
        if room.width() <= 2 * self.width() and self._scaled.size() != size:  # else it would be scaled for nothing
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._scaled = self._beside.scaled(size, keep, smooth)
        source = self._scaled if self._scaled.size() == size else self._beside
        painter.save()
        painter.setClipRect(QRectF(0, 0, max(0.0, at), self.height()))
        painter.drawPixmap(room, source, QRectF(source.rect()))
        painter.restore()
        painter.save()
        self._paint_divider(painter, room, at)
        painter.restore()

    def _paint_divider(self, painter: QPainter, room: QRectF, at: float) -> None:
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, colour in ((4.0, colours.base), (2.0, colours.accent)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(QPointF(at, room.top()), QPointF(at, room.bottom()))
        middle = QPointF(at, room.center().y())
        painter.setPen(QPen(QColor(colours.base), 2))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(middle, 1.5 * GRID, 1.5 * GRID)
        painter.setPen(QPen(QColor(colours.on_accent), 2))
        for way in (-1, 1):
            tip = middle + QPointF(way * 8, 0)
            painter.drawLine(tip, tip + QPointF(-way * 4, -4))
            painter.drawLine(tip, tip + QPointF(-way * 4, 4))
        painter.setFont(sized("small"))
        for text, left in zip(self._names, (True, False), strict=True):
            self._paint_name(painter, text, room, at, left)

    def _paint_name(self, painter: QPainter, text: str, room: QRectF, at: float, left: bool) -> None:
        colours, wide = theme.current(), painter.fontMetrics().horizontalAdvance(text) + 2 * GRID
        shown = room.intersected(QRectF(self.rect()))
        plate = QRectF(0, shown.top() + GRID, wide, painter.fontMetrics().height() + 4)
        plate.moveLeft(shown.left() + GRID if left else shown.right() - GRID - wide)
        if plate.right() > at if left else plate.left() < at:
            return  # it would lie on the other picture
        ground = QColor(colours.base)
        ground.setAlphaF(0.8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(QColor(colours.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    # Events

    def _meant(self, at: QPointF) -> bool:
        handle = QPointF(self.divider, self._room.center().y())
        near = abs(at.x() - self.divider) <= GRASP and self._room.adjusted(0, -GRASP, 0, GRASP).contains(
            QPointF(self._room.center().x(), at.y())
        )
        return self.comparing and (near or (at - handle).manhattanLength() <= 2 * GRID)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._meant(event.position()):
            self._grasped = True
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grasped:
            self.divide((event.position().x() - self._room.left()) / self._room.width())
            return
        super().mouseMoveEvent(event)
        if not event.buttons() and self.comparing:
            meant = self._meant(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if meant else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grasped:
            self._grasped = False
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        step = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        goals = {
            Qt.Key.Key_Left: self.share - step, Qt.Key.Key_Right: self.share + step,
            Qt.Key.Key_Home: 0.0, Qt.Key.Key_End: 1.0,
        }  # fmt: skip
        if self.comparing and key in goals:
            self.divide(goals[Qt.Key(key)])
        else:
            super().keyPressEvent(event)
