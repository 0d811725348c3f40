"""The whole network in small on the canvas, with the part that is in view; a drag in it looks elsewhere."""

from __future__ import annotations

from array import array
from itertools import chain
from math import ceil, inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from explorer.network.annotations import Note
from explorer.network.project import Place
from explorer.ui import theme
from explorer.ui.canvas.card import FACE, HEIGHT, WIDTH
from explorer.ui.canvas.legend import Legend
from explorer.ui.canvas.plain_shapes import draw_rectangles
from explorer.ui.canvas.turning import turned
from explorer.ui.controls.following import MANY, after_paint, shared_turns
from explorer.ui.controls.turns import Parts
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.zoom_view import ZoomView

LARGEST = QRectF(0, 0, 20 * GRID, 40 * GRID)
"""Across the flow and along it."""
WIDER = 8.0
"""How much more it may be enlarged across than along: true to scale, a network of 500 layers is a hair."""
WIDEST = 5 * GRID
"""Across: a card that is drawn wider than true to scale is no larger than this, so that few layers are no wall."""
ROOM = GRID
GAP = 2 * GRID
"""Between it and the canvas' edges."""
SHARE = 3.3
"""How many times as large as the map the canvas is across at least: else it would cover cards in its middle."""
ALONG = 0.7
"""Share of the canvas along the flow that it takes at most: in a low window it would be a wall."""
LEAST = 10 * GRID
"""Across: where there is room for less, it is not shown."""
MOST_SEEN = 0.75
"""Share of the network in view above which it is hidden: it would cover more than it helps to find."""
UPPER_RIGHT, LOWER_LEFT = 1, 2
"""The corners besides the lower right, where it lies where nothing is in the way."""
SOON = 100
"""Milliseconds from a change until the network is drawn anew."""
REST = 400
"""Milliseconds from the last zoom until it may lie in another corner."""


class Minimap(QWidget):
    """Lies in a corner of the canvas wherever the network is clearly larger than the view: at the lower right, or where
    it covers less of the cards. It does not change its corner while one scrolls, but behind a zoom."""

    def __init__(self, canvas: ZoomView, legend: Legend) -> None:
        super().__init__(canvas)
        self._canvas, self._legend = canvas, legend
        self._picture: QPixmap | None = None
        self._bounds = QRectF()  # of the network; looking at every card for it takes a millisecond in a large one
        self._wanted = True
        self._below = 0  # pixels from the canvas' top that something else lies on
        self._corner, self._zoom, self._anew = 0, 0.0, False  # of `_corners`, as at what scale, and to be chosen anew
        self.setAccessibleName("Minimap")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._draw_soon)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._choose)
        canvas.drawing.glide.stateChanged.connect(self.redraw)  # cards are where they belong at last
        self.hide()
        self.redraw()

    def want(self, wanted: bool) -> None:
        """Show it where there is something to show, or never."""
        self._wanted = wanted
        self.follow()

    def lie(self, below: int) -> None:
        """Keep off what lies on the canvas above this height, in pixels from its top."""
        if below != self._below:
            self._below = below
            self.follow()

    def redraw(self, *_: object) -> None:
        """The network or its colours are others."""
        self._soon.start()

    def follow(self) -> None:
        """The view shows another part, or is of another size."""
        bounds = self._bounds
        room = self._room >= LEAST
        shown = self._wanted and room and not bounds.isEmpty() and self._seen(bounds) < MOST_SEEN
        if shown:
            corners = self._corners(self._size(bounds))
            if self._zoom != (zoom := self._canvas.zoom):
                self._zoom = zoom
                self._rest.start()
            if self.isHidden() or self._anew or not self._canvas.touched or self._on_legend(corners[self._corner]):
                usual, self._anew = self._corner if self._canvas.touched else 0, False
                self._corner = min(range(len(corners)), key=lambda at: (self._covered(corners[at]), at != usual))
            if (place := corners[self._corner]) != self.geometry():
                self.setGeometry(place)
                self._picture = None
            self.update()
        self.setVisible(shown)

    def _choose(self) -> None:
        self._anew = True
        self.follow()

    def uncover(self, area: QRectF) -> None:
        """Scroll just so far that a part of the scene that is in view does not lie under the map."""
        here = QRectF(self.geometry().translated(-self._canvas.viewport().pos()))
        part = self._canvas.viewportTransform().mapRect(area)
        if self.isHidden() or not part.intersects(here):
            return
        view = QRectF(self._canvas.viewport().rect())
        left, top = self._corner == LOWER_LEFT, self._corner == UPPER_RIGHT
        across = here.right() - part.left() + GRID if left else part.right() - here.left() + GRID
        along = here.bottom() - part.top() + GRID if top else part.bottom() - here.top() + GRID
        if across <= along and across <= (view.right() - part.right() if left else part.left()):
            self._canvas.scroll_by(-across if left else across, 0)
        elif along <= (view.bottom() - part.bottom() if top else part.top()):
            self._canvas.scroll_by(0, -along if top else along)

    def _corners(self, size: QSize) -> list[QRect]:
        """Where it may lie, the usual place first. At the upper left are the groups around the selection, at the lower
        left the legend."""
        view = self._canvas.viewport().geometry().adjusted(GAP, GAP, -GAP, -GAP)
        right, low = view.x() + view.width() - size.width(), view.y() + view.height() - size.height()
        top = max(view.y(), self._below + GAP)
        return [QRect(QPoint(x, y), size) for x, y in ((right, low), (right, top), (view.x(), low))]

    def _covered(self, place: QRect) -> float:
        """How much of cards, notes and heads of groups would lie under it there, in square pixels."""
        canvas = self._canvas
        if self._on_legend(place):
            return inf
        area = canvas.scene_area(QRectF(place.translated(-canvas.viewport().pos())))
        cards = (FACE.translated(*canvas.drawing.places[id]) for id in canvas.drawing.within(area))
        notes = (QRectF(*note.place, *note.size) for note in canvas.drawing.annotations.shown.values()
                 if isinstance(note, Note) and note.text)  # fmt: skip
        frames = canvas.drawing.frames
        heads = map(frames.head, frames.areas)
        shares = (each.intersected(area) for each in chain(cards, notes, heads))
        return sum(share.width() * share.height() for share in shares) * canvas.zoom**2

    def _on_legend(self, place: QRect) -> bool:
        return not self._legend.isHidden() and self._legend.geometry().intersects(place)

    def _seen(self, bounds: QRectF) -> float:
        """How much of the network's height or width is in view, whichever is less."""
        seen = self._canvas.visible.intersected(bounds)
        return min(seen.width() / bounds.width(), seen.height() / bounds.height())

    def _size(self, bounds: QRectF) -> QSize:
        room, whole = self._turned(QRectF(self._canvas.rect())), self._turned(bounds)
        wide, long = self._room - 2 * ROOM, min(LARGEST.height(), ALONG * room.height()) - 2 * ROOM
        along = min(long / whole.height(), wide / whole.width())
        card = self._canvas.drawing.direction.card[0]
        across = min(wide / whole.width(), WIDER * along, max(along, WIDEST / card))
        size = self._turned(QRectF(0, 0, whole.width() * across, whole.height() * along))
        return QSize(round(size.width()) + 2 * ROOM, round(size.height()) + 2 * ROOM)

    @property
    def _room(self) -> float:
        """How large it may be across, beside a card in the middle: it would cover the edge of what one looks at. A card
        larger than the view is not seen as a whole."""
        wide, card = self._turned(QRectF(self._canvas.rect())).width(), self._canvas.drawing.direction.card[0]
        beside = (wide - card * self._canvas.zoom) / 2 - GAP
        return min(LARGEST.width(), wide / SHARE, beside if beside + GAP > 0 else inf)

    def _turned(self, area: QRectF) -> QRectF:
        """A rectangle in the flow's axes, or back."""
        return turned(self._canvas.drawing.direction, area)

    @property
    def _way(self) -> QTransform:
        """From the scene to the map."""
        bounds = self._bounds
        across = (self.width() - 2 * ROOM) / max(1.0, bounds.width())
        down = (self.height() - 2 * ROOM) / max(1.0, bounds.height())
        return QTransform(across, 0, 0, down, ROOM - bounds.left() * across, ROOM - bounds.top() * down)

    def _draw_soon(self) -> None:
        if self._canvas.drawing.glide.moving:  # cards are on their way yet
            self._soon.start()
        elif len(self._canvas.drawing.nodes) > MANY:
            shared_turns(self._canvas.drawing.document).take(self, after_paint(self, self._drawing()))
        else:
            self._draw_anew()

    def _drawing(self) -> Parts:
        self._draw_anew()
        yield

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
        way, drawing, places = self._way, self._canvas.drawing, self._canvas.drawing.places
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            accent = QColor(theme.current().accent)
            self._mark(painter, way, [places[id] for id in drawing.chosen if id in places])
            seen = way.mapRect(self._canvas.visible).intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2))
            painter.setPen(QPen(accent, 1))
            accent.setAlphaF(0.12)
            painter.setBrush(accent)
            painter.drawRect(seen)

    def _mark(self, painter: QPainter, way: QTransform, places: list[Place]) -> None:
        """Fill what these cards take, and a pixel around it. Of all cards of a large network this is a matter of
        milliseconds, so those on the same pixels are drawn once."""
        card = way.mapRect(QRectF(0, 0, WIDTH, HEIGHT)).adjusted(-1, -1, 1, 1)
        left, top, across, down = card.left(), card.top(), way.m11(), way.m22()
        corners = {(round(left + x * across), round(top + y * down)) for x, y in places}
        sides = ceil(card.width()), ceil(card.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        draw_rectangles(painter, array("d", [number for corner in corners for number in (*corner, *sides)]))

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
