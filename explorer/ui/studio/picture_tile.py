"""A place for one picture: it can be opened, dropped and pasted here."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

HEIGHT = 14 * GRID
"""Pixels a picture is high."""


class PictureTile(QWidget):
    """One picture, or a sentence that says what belongs here.

    A click or Enter opens a file, a drop or Ctrl+V takes what is dropped or copied. Space opens one where there is
    none, else it is the page's: who has just chosen the last picture presses it to start.
    """

    open_requested = Signal()
    given = Signal(object)  # QMimeData, dropped or on the clipboard

    def __init__(self, name: str, sentence: str, tip: str) -> None:
        super().__init__()
        self._sentence, self._image, self._small = sentence, QImage(), QImage()
        self._over = False
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(16 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, HEIGHT)

    @property
    def image(self) -> QImage:
        """What is shown; null where there is none."""
        return self._image

    def show_image(self, image: QImage, sentence: str) -> None:
        """Show another picture, with what is said in its place or to those who cannot see it."""
        if image is not self._image:
            self._image, self._small = image, QImage()
        self._sentence = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setBrush(QColor(colours.raised if self._over else colours.base))
            strong = self._over or self.hasFocus()
            dashes = Qt.PenStyle.SolidLine if not self._image.isNull() or strong else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(colours.accent if strong else colours.outline), 2 if strong else 1, dashes))
            painter.drawRoundedRect(room, 6, 6)
            if self._image.isNull():
                painter.setPen(QColor(colours.dim))
                painter.setFont(sized("small"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room.adjusted(GRID, GRID, -GRID, -GRID), flags, self._sentence)
                return
            self._paint_picture(painter, room.adjusted(4, 4, -4, -4))

    def _paint_picture(self, painter: QPainter, room: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        size = (room.size() * ratio).toSize()
        if self._small.isNull():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._small = self._image.scaled(size, keep, smooth)
        place = QRectF(0, 0, self._small.width() / ratio, self._small.height() / ratio)
        place.moveCenter(room.center())
        painter.drawImage(place, self._small)

    def resizeEvent(self, event: QEvent) -> None:
        self._small = QImage()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.open_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        empty = self._image.isNull()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (event.key() == Qt.Key.Key_Space and empty):
            self.open_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.given.emit(QGuiApplication.clipboard().mimeData())
        elif event.matches(QKeySequence.StandardKey.Copy) and not empty:
            QGuiApplication.clipboard().setImage(self._image)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Copy and paste are this picture's while it has the keys, not the network's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Paste) or event.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _may_be_picture(event.mimeData()):
            event.acceptProposedAction()
            self._over = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        event.acceptProposedAction()
        self.given.emit(event.mimeData())
        self.update()


def _may_be_picture(data: QMimeData) -> bool:
    return data.hasImage() or any(url.isLocalFile() for url in data.urls())
