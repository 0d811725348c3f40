"""The whole network in small on the canvas, with the part that is in view; a drag in it looks elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

LARGEST = QSize(20 * GRID, 40 * GRID)
WIDER = 8.0
"""How much more the width may be enlarged than the height: true to scale, a network of 500 layers is a hair."""
ROOM = GRID
SHARE = 3.3
"""How many times as wide as the map at its widest the canvas is at least: else it would cover cards in its middle."""
MOST_SEEN = 0.75
"""Share of the network in view above which it is hidden: it would cover more than it helps to find."""
SOON = 100
"""Milliseconds from a change until the network is drawn anew."""


class Minimap(QWidget):
    """Lies at the lower right of the canvas wherever the network is clearly larger than the view."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._picture: QPixmap | None = None
        self._bounds = QRectF()  # of the network; looking at every card for it takes a millisecond in a large one
        self._wanted = True
        self.setAccessibleName("Minimap")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._draw_anew)
        canvas.drawing.glide.stateChanged.connect(self.redraw)  # cards are where they belong at last
        self.hide()
        self.redraw()

    def want(self, wanted: bool) -> None:
        """Show it where there is something to show, or never."""
        self._wanted = wanted
        self.follow()

    def redraw(self, *_: object) -> None:
        """The network or its colours are others."""
        self._soon.start()

    def follow(self) -> None:
        """The view shows another part, or is of another size."""
        bounds = self._bounds
        room = self._canvas.width() >= SHARE * LARGEST.width()
        shown = self._wanted and room and not bounds.isEmpty() and self._seen(bounds) < MOST_SEEN
        if shown:
            size, view = self._size(bounds), self._canvas.size()
            corner = QPointF(view.width() - size.width() - 2 * GRID, view.height() - size.height() - 2 * GRID)
            if (size, corner.toPoint()) != (self.size(), self.pos()):
                self.setGeometry(corner.toPoint().x(), corner.toPoint().y(), size.width(), size.height())
                self._picture = None
            self.update()
        self.setVisible(shown)

    def _seen(self, bounds: QRectF) -> float:
        """How much of the network's height or width is in view, whichever is less."""
        seen = self._canvas.visible.intersected(bounds)
        return min(seen.width() / bounds.width(), seen.height() / bounds.height())

    def _size(self, bounds: QRectF) -> QSize:
        most = QSize(LARGEST.width() - 2 * ROOM, min(LARGEST.height(), self._canvas.height() - 4 * GRID) - 2 * ROOM)
        down = min(most.height() / bounds.height(), most.width() / bounds.width())
        across = min(most.width() / bounds.width(), WIDER * down)
        return QSize(round(bounds.width() * across) + 2 * ROOM, round(bounds.height() * down) + 2 * ROOM)

    @property
    def _way(self) -> QTransform:
        """From the scene to the map."""
        bounds = self._bounds
        across = (self.width() - 2 * ROOM) / max(1.0, bounds.width())
        down = (self.height() - 2 * ROOM) / max(1.0, bounds.height())
        return QTransform(across, 0, 0, down, ROOM - bounds.left() * across, ROOM - bounds.top() * down)

    def _draw_anew(self) -> None:
        self._picture, self._bounds = None, self._canvas.drawing.bounds()
        self.follow()

    def _drawn(self) -> QPixmap:
        ratio, colours = self.devicePixelRatioF(), theme.current()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QColor(colours.window)
            ground.setAlphaF(0.92)
            painter.setPen(QPen(QColor(colours.edge), 1))
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setTransform(self._way, True)
            self._canvas.drawing.whole.paint_far(painter, marked=False)
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        way, drawing = self._way, self._canvas.drawing
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            accent = QColor(theme.current().accent)
            for id in drawing.chosen & drawing.nodes.keys():
                card = way.mapRect(drawing.bounds([id]))
                painter.fillRect(card.adjusted(-1, -1, 1, 1), accent)
            seen = way.mapRect(self._canvas.visible).intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2))
            painter.setPen(QPen(accent, 1))
            accent.setAlphaF(0.12)
            painter.setBrush(accent)
            painter.drawRect(seen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.redraw()

    def _look(self, at: QPointF) -> None:
        canvas = self._canvas
        canvas.touched = True
        inverse, _ = self._way.inverted()
        there = inverse.map(at)
        bounds = self._bounds
        inside = QPointF(
            min(max(there.x(), bounds.left()), bounds.right()), min(max(there.y(), bounds.top()), bounds.bottom())
        )
        canvas.carry(inside, canvas.visible.center())
