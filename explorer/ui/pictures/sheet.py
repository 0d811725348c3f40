"""A sheet with coordinates of its own, squared or with a picture on it, that labs draw and drag things on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from explorer.maths.boxes import Box
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

MARGIN = 2 * GRID
"""Pixels around a small sheet, for what lies on its edge."""
GRASP = 9
"""Pixels from the pointer at which a thing of a small sheet is meant."""
SMALL = QSizeF(76 * GRID, 56 * GRID)
"""Up to here a sheet is small; on a larger one words and marks grow with it, to be read from further away."""
MOST = 2.0
"""How many times as large they become."""


class Sheet(QWidget):
    """As large as its room lets it be; y goes down. squares: whether each whole coordinate has a line."""

    def __init__(self, extent: tuple[float, float], squares: bool = False) -> None:
        super().__init__()
        self.extent, self._squares = extent, squares
        self._image = QImage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(24 * GRID, 20 * GRID)

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 45 * GRID)

    def show_image(self, image: QImage, extent: tuple[float, float]) -> None:
        """Put a picture on the sheet, none where it is null, and let the sheet reach to these coordinates."""
        self._image, self.extent = image, extent
        self.update()

    @property
    def larger(self) -> float:
        """How many times as large words and marks are as on a small sheet."""
        return min(max(1.0, min(self.width() / SMALL.width(), self.height() / SMALL.height())), MOST)

    def words(self) -> QFont:
        """What is written on the sheet is written in."""
        font = sized("small")
        font.setPointSizeF(font.pointSizeF() * self.larger)
        return font

    @property
    def area(self) -> QRectF:
        """Where the sheet lies on the widget."""
        margin = MARGIN * self.larger
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        size = QSizeF(*self.extent).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), size)
        place.moveCenter(room.center())
        return place

    def on_widget(self, x: float, y: float) -> QPointF:
        """Where a point of the sheet lies on the widget."""
        area = self.area
        return QPointF(area.left() + x * area.width() / self.extent[0], area.top() + y * area.height() / self.extent[1])

    def on_sheet(self, at: QPointF) -> tuple[float, float]:
        """The point of the sheet under a point of the widget, which may lie beside it."""
        area = self.area
        return (
            (at.x() - area.left()) * self.extent[0] / area.width(),
            (at.y() - area.top()) * self.extent[1] / area.height(),
        )

    def outline(self, box: Box) -> QRectF:
        """Where a box lies on the widget."""
        return QRectF(self.on_widget(box[0], box[1]), self.on_widget(box[2], box[3]))

    def paint_on(self, painter: QPainter) -> None:
        """Draw what lies on the sheet, in widget coordinates."""

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = self.area
            reduced = self._image.width() > area.width()  # magnified pixels stay sharp squares
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, reduced)
            painter.fillRect(area, self.palette().color(QPalette.ColorRole.Base))
            if not self._image.isNull():
                painter.drawImage(area, self._image)
            if self._squares:
                self._draw_squares(painter)
            self.paint_on(painter)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            keys = theme.has_keys(self)
            painter.setPen(QPen(QColor(colours.accent if keys else colours.edge), 1.5 if keys else 1))
            painter.drawRect(area)

    def _draw_squares(self, painter: QPainter) -> None:
        """A line at each whole coordinate, and the coordinate beside it."""
        painter.setFont(self.words())
        wide, high = self.extent
        margin = MARGIN * self.larger
        for x in range(int(wide) + 1):
            above = QRectF(self.on_widget(x, 0) - QPointF(margin, margin), QSizeF(2 * margin, margin))
            self._draw_line(painter, self.on_widget(x, 0), self.on_widget(x, high), above, str(x))
        for y in range(int(high) + 1):
            beside = QRectF(self.on_widget(0, y) - QPointF(margin, margin / 2), QSizeF(margin, margin))
            self._draw_line(painter, self.on_widget(0, y), self.on_widget(wide, y), beside, str(y))

    def _draw_line(self, painter: QPainter, start: QPointF, end: QPointF, room: QRectF, text: str) -> None:
        colours = theme.current()
        painter.setPen(QColor(colours.dot))
        painter.drawLine(start, end)
        painter.setPen(QColor(colours.dim))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
