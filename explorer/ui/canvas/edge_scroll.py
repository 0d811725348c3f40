"""Scrolling by itself while something is dragged to the edge of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QTimer

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

EDGE = 24.0
"""Pixels from the edge in which a drag scrolls; outside of the view it does, too."""
TICK = 16
"""Milliseconds."""
FASTEST = 24.0
"""Pixels scrolled in each tick, from an edge's width out of the view on; slower nearer to its inside."""


class EdgeScroll(QObject):
    """Carries a gesture of the canvas on, while its mouse rests at an edge."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._step)

    def follow(self) -> None:
        """The mouse is elsewhere, or the gesture has begun or ended."""
        if self._way().isNull():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _way(self) -> QPointF:
        """How far to scroll now, in pixels."""
        canvas = self._canvas
        at, gesture = canvas.pointer, canvas.gesture
        if at is None or gesture is None or not gesture.scrolls or not gesture.far(canvas.scene_point(at)):
            return QPointF()
        room = canvas.viewport().rect()
        return QPointF(_speed(at.x(), room.width()), _speed(at.y(), room.height()))

    def _step(self) -> None:
        canvas, way = self._canvas, self._way()
        if way.isNull() or canvas.gesture is None or canvas.pointer is None:
            self._timer.stop()
            return
        canvas.scroll_by(way.x(), way.y())
        canvas.gesture.move(canvas.scene_point(canvas.pointer))


def _speed(at: float, room: float) -> float:
    """Pixels of a tick in one direction, by how deep in its edge the mouse is; edges never meet in a small view."""
    edge = min(EDGE, room / 4)
    deep = max(0.0, at - (room - edge)) - max(0.0, edge - at)
    return max(-FASTEST, min(FASTEST, deep * FASTEST / (2 * EDGE)))
