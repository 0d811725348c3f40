"""How one looks at the network: zoom, pan, fit, and a repaint that reads the scale once."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log2

from PySide6.QtCore import QEvent, QMargins, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QInputEvent, QNativeGestureEvent, QPainter, QPaintEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView
from shiboken6 import Shiboken

from explorer.network.annotations import Bookmark
from explorer.ui import theme
from explorer.ui.canvas.card import Card
from explorer.ui.canvas.everywhere import EVERYWHERE
from explorer.ui.canvas.ground import Ground
from explorer.ui.canvas.scene import FAR, NetworkScene
from explorer.ui.canvas.turning import turn, turned
from explorer.ui.controls.guarded import guarded
from explorer.workspace import last_views

STEPS = 8
"""Zoom steps from one scale to its double: few enough that every card's pixmap fits its scale exactly."""
LOWEST, HIGHEST = -12 * STEPS, 2 * STEPS
"""From where a network of 3,000 layers in a row is seen whole, to where a card fills the view."""
NOTCH = 120.0
"""What a mouse wheel reports for one click."""
MARGIN = 48.0
"""Pixels left free around what is framed."""


class ZoomView(QGraphicsView):
    """A view on a NetworkScene without scroll bars; every scale is 2^(level / 8)."""

    looked = Signal()  # at another part, or from another distance

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__(scene)
        self.drawing = scene  # a scene held only by its view would be collected
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportUpdateMode(self.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(self.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(self.OptimizationFlag.DontAdjustForAntialiasing)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(self.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(self.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSceneRect(EVERYWHERE)
        self.held = Qt.KeyboardModifier.NoModifier  # keys that are down, by the last event that tells
        self.touched = False  # whether the user has chosen where to look
        self._level = self.largest = 0  # largest: the level that all of a network is shown at, at most
        self.taken = QMargins()  # of its viewport, by what lies on it and is no part of the network
        self._ground = Ground()
        self._anchor = (QPointF(), QPointF())  # where the mouse was at the last zoom, and the scene's point there
        self._wheel = self._pinch = 0.0  # of a step of the zoom, that is not taken yet
        self._slid = QPointF()  # and of a pixel

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return float(2 ** (self._level / STEPS))

    @property
    def level(self) -> int:
        """The scale as a number of steps from 1."""
        return self._level

    @property
    def visible(self) -> QRectF:
        """The part of the scene in view."""
        return self.scene_area(QRectF(self.viewport().rect().marginsRemoved(self.taken)))

    def scene_area(self, area: QRectF) -> QRectF:
        """A rectangle of the view in scene units."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.mapRect(area)

    def scene_point(self, at: QPointF) -> QPointF:
        """A point of the view in scene units, not rounded to pixels."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(at)

    def draw_ahead(self) -> None:
        """Draw what is not there yet, once: fonts and PySide's enums are loaded before the first network comes."""
        self.grab()
        for group in theme.current().families:
            self.drawing.pixmaps.get(Card("Layer", group, 1, "id", "brief", "1 × 2", 3, ""), self.zoom, 1.0, wait=True)
        self.drawing.pixmaps.clear()

    # Where to look

    def zoom_by(self, steps: int, at: QPointF | None = None) -> None:
        """Zoom in or out around a point of the view, by default its middle."""
        at = QPointF(self.viewport().rect().center()) if at is None else at
        if self._anchor[0] != at or self._view_point(self._anchor[1]) != at:
            # A pixel's rounding is not added up as long as the mouse stays.
            held = (
                self._anchor[1] if self._anchor[0] == at and self._near(self._anchor[1], at) else self.scene_point(at)
            )
            self._anchor = (at, held)
        self._set_level(self._level + steps)
        self.carry(self._anchor[1], self.scene_point(at))

    def zoom_to_full(self) -> None:
        """Show a scene unit as a pixel, around the middle."""
        self.zoom_by(-self._level)

    def carry(self, point: QPointF, to: QPointF) -> None:
        """Scroll so that `point` comes to where `to` is now; both in scene units."""
        way = (to - point) * self.zoom
        self.scroll_by(-way.x(), -way.y())

    def scroll_by(self, right: float, down: float) -> None:
        """Look further right and down, in pixels."""
        for bar, way in ((self.horizontalScrollBar(), right), (self.verticalScrollBar(), down)):
            bar.setValue(bar.value() + round(way))

    def fit(self) -> None:
        """Show the whole network."""
        self.show_area(self.drawing.bounds())

    def frame(self, ids: Iterable[str] | None = None) -> None:
        """Show these nodes as large as they fit, at most at full size."""
        self.touched = True
        self.show_area(self.drawing.bounds(ids))

    def show_area(self, area: QRectF) -> None:
        """Show a rectangle of the scene in the middle of the view."""
        if not area.isEmpty():
            self._set_level(self._fitting(area))
            self.carry(area.center(), self.visible.center())

    def look_at(self, middle: QPointF, scale: float) -> None:
        """Show a point of the scene in the middle, at the nearest scale there is."""
        self.touched = True
        self._set_level(round(STEPS * log2(scale)))
        self.carry(middle, self.visible.center())

    @property
    def view_now(self) -> Bookmark:
        """Where one looks."""
        return Bookmark("", self.visible.center().toTuple(), self.zoom)

    def keep_view(self) -> None:
        """Keep where one looks, in the document's tab, and for the next day with its file."""
        tab = self.drawing.document.tab
        tab.view = self.view_now if self.drawing.nodes else None
        if tab.source:
            last_views.remember(tab.source, tab.view)

    def show_view(self) -> None:
        """Where one was, or for a network that is new, or lies elsewhere by now, its beginning."""
        view = self.drawing.document.tab.view
        if view is None or not _seen_from(view, self.viewport().size()).intersects(self.drawing.bounds()):
            self.settle()
        else:
            self.look_at(QPointF(*view.middle), view.scale)

    def settle(self) -> None:
        """Show a newly opened network: all of it where its text can still be read, else its beginning."""
        self.touched = False
        bounds = self.drawing.bounds()
        if bounds.isEmpty():
            self._set_level(0)
            self.carry(QPointF(), self.visible.center())
            return
        if self._fitting(bounds) >= -STEPS:  # scale 0.5
            self.fit()
            return
        self._set_level(-2)
        order = self.drawing.document.project.network.order
        first = self.drawing.bounds([order[0].id]) if order else bounds
        direction, back = self.drawing.direction, turn(self.drawing.direction)
        first, bounds, seen = (turned(direction, area) for area in (first, bounds, self.visible))
        top = QPointF(first.center().x(), min(first.top(), bounds.top() + seen.height() / 2))
        self.carry(back.map(top), back.map(QPointF(seen.center().x(), seen.top() + MARGIN / self.zoom)))

    def reveal(self, ids: Iterable[str]) -> None:
        """Scroll just so far that these nodes are in view."""
        self.reveal_area(self.drawing.bounds(ids))

    def reveal_area(self, area: QRectF) -> None:
        """Scroll just so far that a rectangle of the scene is in view."""
        room = MARGIN / self.zoom
        seen = self.visible.adjusted(room, room, -room, -room)
        right = max(0.0, area.right() - seen.right()) + min(0.0, area.left() - seen.left())
        down = max(0.0, area.bottom() - seen.bottom()) + min(0.0, area.top() - seen.top())
        self.scroll_by(right * self.zoom, down * self.zoom)

    def _fitting(self, area: QRectF) -> int:
        room = self.viewport().rect().marginsRemoved(self.taken)
        across = max(1.0, room.width() - 2 * MARGIN) / area.width()
        down = max(1.0, room.height() - 2 * MARGIN) / area.height()
        return max(LOWEST, min(self.largest, floor(STEPS * log2(min(across, down)))))

    def _set_level(self, level: int) -> None:
        self._level = max(LOWEST, min(HIGHEST, level))
        self.setTransform(QTransform.fromScale(self.zoom, self.zoom))
        self.looked.emit()

    def _view_point(self, point: QPointF) -> QPointF:
        return self.viewportTransform().map(point)

    def _near(self, point: QPointF, at: QPointF) -> bool:
        return (self._view_point(point) - at).manhattanLength() <= 2

    # Events

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.touched = True
        turned, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._wheel += (turned.y() or turned.x()) / NOTCH * 2  # two steps for a click: a fifth larger
            steps = int(self._wheel)
            self._wheel -= steps
            self.zoom_by(steps, event.position())
        else:
            way = QPointF(pixels) if not pixels.isNull() else QPointF(turned) * 0.8
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not way.x():
                way = way.transposed()
            self._slid += way  # of a fine wheel or a touchpad: what is less than a pixel adds up
            whole = QPointF(self._slid.toPoint())
            self._slid -= whole
            self.scroll_by(-whole.x(), -whole.y())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QInputEvent):
            self.held = event.modifiers()
        if isinstance(event, QNativeGestureEvent):
            return self._take_native(event)
        return super().viewportEvent(event)

    def _take_native(self, event: QNativeGestureEvent) -> bool:
        """Two fingers on a touchpad."""
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.BeginNativeGesture:
            self._pinch = 0.0  # what was left of the last one is none of this
        elif kind == Qt.NativeGestureType.ZoomNativeGesture:
            self.touched = True
            self._pinch += log2(max(0.1, 1 + event.value())) * STEPS
            steps = int(self._pinch)
            self._pinch -= steps
            self.zoom_by(steps, event.position())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self.touched = True
            if self._level < 0:
                self.zoom_by(-self._level, event.position())
            else:
                self.fit()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.touched:
            self.settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.looked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        scene = self.drawing
        scene.ratio = self.viewport().devicePixelRatioF()
        scene.far = self.zoom < FAR
        scene.pixmaps.begin()
        if not scene.far:
            super().paintEvent(event)
        else:
            with QPainter(self.viewport()) as painter:
                painter.setWorldTransform(self.viewportTransform())
                area = self.scene_area(QRectF(event.rect()))
                self.drawBackground(painter, area)
                scene.whole.paint_far(painter)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.drawForeground(painter, area)
        if scene.owed:
            QTimer.singleShot(0, self._pay)

    @guarded
    def drawBackground(self, painter: QPainter, area: QRectF | QRect) -> None:
        self._ground.paint(painter, QRectF(area), self.viewport().size(), self.drawing.ratio)

    def _pay(self) -> None:
        """Repaint the cards that had to do without text."""
        owed, self.drawing.owed = self.drawing.owed, []
        for item in owed if Shiboken.isValid(self.drawing) else ():  # the window may be closing
            if item.id in self.drawing.nodes:
                item.update()


def _seen_from(view: Bookmark, room: QSize) -> QRectF:
    """What of the scene is in view there."""
    seen = QRectF(QPointF(), QSizeF(room) / view.scale)
    seen.moveCenter(QPointF(*view.middle))
    return seen
