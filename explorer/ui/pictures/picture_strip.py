"""The pictures of a folder in small, in a row around the one that is looked at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.controls.words import plain_tip
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.theme import GRID
from explorer.workspace.picture_folder import PictureFolder

CELL = 5 * GRID
"""Pixels from one thumbnail to the next."""


class PictureStrip(QWidget):
    """As many thumbnails as there is room for: a click or the wheel chooses one. What cannot be read has a cross."""

    def __init__(self, folder: PictureFolder) -> None:
        super().__init__()
        self._folder = folder
        self._made: dict[int, QPixmap] = {}
        self.setFixedHeight(CELL)
        self.setAccessibleName("Pictures of the folder")
        folder.changed.connect(self._follow)
        folder.small_changed.connect(lambda _: self.update())
        self._follow()

    def sizeHint(self) -> QSize:
        return QSize(3 * CELL, CELL)

    @property
    def places(self) -> range:
        """Which pictures are in sight."""
        count, room = len(self._folder.names), max(1, self.width() // CELL)
        first = max(0, min(self._folder.index - room // 2, count - room))
        return range(first, min(count, first + room))

    def cell(self, place: int) -> QRectF:
        """Where a picture's thumbnail lies."""
        return QRectF((place - self.places.start) * CELL, 0, CELL, CELL)

    def _follow(self) -> None:
        if not self._folder.small:
            self._made.clear()
        self.setVisible(bool(self._folder.names))
        self.setAccessibleDescription(f"{self._folder.index + 1} of {len(self._folder.names)}")
        if self.isVisible():
            self._folder.want(self.places)
        self.update()

    def _at(self, x: float) -> int | None:
        place = self.places.start + int(x // CELL)
        return place if place in self.places else None

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, folder = theme.current(), self._folder
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for place in self.places:
                inner = self.cell(place).adjusted(2, 2, -2, -2)
                picture = folder.small.get(place)
                if picture is not None:
                    made = self._made.get(place) or self._made.setdefault(
                        place, QPixmap.fromImage(image_of(picture.pixels))
                    )
                    size = QSize(made.size()).scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                    room = QRectF(0, 0, size.width(), size.height())
                    room.moveCenter(inner.center())
                    painter.drawPixmap(room, made, QRectF(made.rect()))
                elif place in folder.small:
                    painter.setPen(QPen(QColor(colours.problem), 2))
                    third = inner.width() / 3
                    cross = inner.adjusted(third, third, -third, -third)
                    painter.drawLine(cross.topLeft(), cross.bottomRight())
                    painter.drawLine(cross.topRight(), cross.bottomLeft())
                here = place == folder.index
                painter.setPen(QPen(QColor(colours.accent if here else colours.edge), 2 if here else 1))
                painter.drawRect(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._folder.want(self.places)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().x())
        if place is not None:
            self._folder.go_to(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if turned := event.angleDelta().y():
            self._folder.go(-1 if turned > 0 else 1)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(QPointF(event.pos()).x())
            QToolTip.showText(
                event.globalPos(), plain_tip(self._folder.names[place] if place is not None else ""), self
            )
            return True
        return super().event(event)
