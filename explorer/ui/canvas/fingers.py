"""Fingers on the canvas: a board in a classroom, a tablet. What they do not take, Qt would make clicks of.

One finger carries the ground, drags a card, or pulls a wire; a tap selects, two taps open, a long press shows the menu.
Two fingers zoom and carry at once.
"""

from __future__ import annotations

from itertools import product
from math import log2
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QEventPoint, QGuiApplication, QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QApplication

from explorer.ui.canvas.beginning import begun
from explorer.ui.canvas.gestures import Pan
from explorer.ui.canvas.zoom_view import STEPS

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

SLOP = 12.0
"""Pixels a finger moves before a tap becomes a drag: it never rests quite still."""
REACH = 16.0
"""Pixels around a finger in which a port, a link or a head is meant: 32 across, as wide as a fingertip."""
LONG = 600
"""Milliseconds after which a finger that rests asks for the menu."""
STAY = 0.65
"""Steps of the zoom that two fingers must mean before it is another: those that tremble change nothing."""
NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


class Fingers(QObject):
    """Turns the touches of a canvas into its gestures."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._down = QPointF()  # where the only finger came down, in the view
        self._moved = self._done = False  # whether it is a drag by now; whether what remains of the touch does nothing
        self._idle = False  # whether the mouse drags something, which stays the mouse's
        self._two = (0, 0)  # which fingers are the pair
        self._pair: tuple[float, int, QPointF] | None = None  # two fingers: how far apart at which level, and what
        self._tapped: tuple[float, QPointF] = (0.0, QPointF())  # when and where the last tap was
        self._rest = QTimer(self, singleShot=True, interval=LONG)
        self._rest.timeout.connect(self._ask_menu)
        viewport = canvas.viewport()
        viewport.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QTouchEvent):
            return False
        begins = event.type() == QEvent.Type.TouchBegin
        if begins and self._canvas.viewport().childAt(event.points()[0].position().toPoint()) is not None:
            event.ignore()  # it is for a note that is written: Qt makes a click of it
            return True
        if begins:
            self._idle = self._canvas.gesture is not None
        if self._idle:
            pass
        elif event.type() == QEvent.Type.TouchCancel:
            self._end()
        else:
            fingers = [point for point in event.points() if point.state() != QEventPoint.State.Released]
            if begins:
                self._begin(event.points()[0].position())
            if len(fingers) >= 2:
                self._pinch(*fingers[:2])
            elif len(fingers) == 1:
                self._move(fingers[0].position())
            else:
                self._lift(event.points()[0].position(), event.timestamp())
        event.accept()
        return True

    def _begin(self, at: QPointF) -> None:
        canvas = self._canvas
        canvas.box.shut()
        canvas.setFocus()
        canvas.touched, canvas.held = True, NO_KEYS
        canvas.drawing.glide.finish()
        self._down, self._moved, self._done, self._pair = at, False, False, None
        self._rest.start()

    def _move(self, at: QPointF) -> None:
        """One finger is on the canvas, or the last of two."""
        canvas = self._canvas
        if self._pair is not None:  # the other one has gone: this one carries the ground on
            self._pair, self._moved, self._done = None, True, False
            canvas.gesture = Pan(canvas, canvas.scene_point(at))
        if self._done:
            return
        if not self._moved and (at - self._down).manhattanLength() >= SLOP:
            self._moved = True
            self._rest.stop()
            self._take(drag=True)
        if self._moved and canvas.gesture is not None:
            canvas.pointer = at
            canvas.gesture.move(canvas.scene_point(at))
            canvas.edges.follow()

    def _take(self, *, drag: bool) -> None:
        """Begin what the finger is on; a drag of the ground or of a link carries the ground."""
        canvas = self._canvas
        start = self._aimed(self._down, ports=drag)
        part = canvas.drawing.hit(canvas.scene_point(start), canvas.zoom).part
        if drag and part in ("ground", "link"):
            canvas.gesture = Pan(canvas, canvas.scene_point(self._down))
        else:
            canvas.gesture = begun(canvas, canvas.scene_point(start), NO_KEYS)

    def _aimed(self, at: QPointF, *, ports: bool) -> QPointF:
        """What is meant by a finger: the nearest port in reach; on free ground also what else is near."""
        drawing, zoom = self._canvas.drawing, self._canvas.zoom
        here = drawing.hit(self._canvas.scene_point(at), zoom).part
        wanted = {"output", "input"} if ports else set()
        if here == "ground":
            wanted |= {"card", "frame", "link", "annotation"}
        steps = sorted(
            product((0.0, -REACH / 2, REACH / 2, -REACH, REACH), repeat=2), key=lambda way: way[0] ** 2 + way[1] ** 2
        )
        for right, down in steps if here not in ("output", "input") else ():
            near = at + QPointF(right, down)
            if drawing.hit(self._canvas.scene_point(near), zoom).part in wanted:
                return near
        return at

    def _lift(self, at: QPointF, when: float) -> None:
        """The last finger is up."""
        canvas, moved, done = self._canvas, self._moved, self._done or self._pair is not None
        self._rest.stop()
        if not done and not moved:
            self._take(drag=False)
        gesture, canvas.gesture = canvas.gesture, None
        if gesture is not None and not done:
            gesture.release(canvas.scene_point(at) if moved else gesture.start)
        self._forget()
        if not done and not moved:
            before, place = self._tapped
            self._tapped = when, at
            interval = QGuiApplication.styleHints().mouseDoubleClickInterval()
            if when - before <= interval and (at - place).manhattanLength() <= 2 * SLOP:
                self._tapped = 0.0, QPointF()
                self._open(at)

    def _open(self, at: QPointF) -> None:
        """Two taps are a double click."""
        canvas, at = self._canvas, self._aimed(at, ports=False)
        where = QPointF(canvas.viewport().mapToGlobal(at))
        canvas.mouseDoubleClickEvent(QMouseEvent(QEvent.Type.MouseButtonDblClick, at, where, LEFT, LEFT, NO_KEYS))

    def _pinch(self, first: QEventPoint, second: QEventPoint) -> None:
        """Two fingers: what was between them stays so."""
        one, other, two = first.position(), second.position(), (first.id(), second.id())
        canvas, middle = self._canvas, (one + other) / 2
        apart = max(1.0, ((one - other).x() ** 2 + (one - other).y() ** 2) ** 0.5)
        if self._pair is None or two != self._two:  # of three fingers another one may be lifted
            self._end()
            self._two = two
            self._pair = apart, canvas.level, canvas.scene_point(middle)
        apart_then, level, point = self._pair
        wanted = level + STEPS * log2(apart / apart_then)
        if abs(wanted - canvas.level) > STAY:
            canvas.zoom_by(round(wanted) - canvas.level, middle)
        canvas.carry(point, canvas.scene_point(middle))

    def _ask_menu(self) -> None:
        """A finger rests: the menu of what it is on."""
        canvas, at = self._canvas, self._aimed(self._down, ports=False)
        self._end()
        where = canvas.viewport().mapToGlobal(at).toPoint()
        QApplication.sendEvent(
            canvas.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at.toPoint(), where)
        )

    def _end(self) -> None:
        """What was begun is none: all is as before."""
        self._rest.stop()
        self._done = True
        if self._canvas.gesture is not None:
            gesture, self._canvas.gesture = self._canvas.gesture, None
            gesture.cancel()
        self._forget()

    def _forget(self) -> None:
        canvas = self._canvas
        canvas.pointer = None
        canvas.edges.follow()
        canvas.viewport().update()
