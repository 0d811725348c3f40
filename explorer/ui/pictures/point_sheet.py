"""A sheet with points that are dragged, and moved by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from explorer.ui.pictures.box_sheet import ARROWS, FAST
from explorer.ui.pictures.sheet import GRASP, Sheet

Point = tuple[float, float]


class PointSheet(Sheet):
    """Points on multiples of `step`. A drag moves one; where `growing`, a click on free ground adds one. Till it ends
    no key means anything but Esc, which gives it up.

    Page up and down pick a point, arrows move it, with Ctrl faster; Delete removes, where points may be added.
    """

    moved = Signal(int, object, str)  # which point, where to, a key that is the same while one goes on
    added = Signal(object, str)  # where, and the key of what the mouse goes on to do with it
    removed = Signal(int, str)
    picked = Signal(int)

    def __init__(self, extent: tuple[float, float], step: float, growing: bool = False) -> None:
        super().__init__(extent)
        self._step, self._growing = step, growing
        self.points: tuple[Point, ...] = ()
        self.chosen = 0
        self._held = False
        self._start: Point | None = None  # where the point was that the mouse holds; None for one that it added
        self._drag = 0

    def show_points(self, points: Sequence[Point]) -> None:
        """Show other points; the one that was picked stays picked where it is still there."""
        self.points = tuple(points)
        self.chosen = max(0, min(self.chosen, len(points) - 1))
        self.update()

    def pick(self, place: int) -> None:
        """Let the keys be about another point."""
        if place != self.chosen and 0 <= place < len(self.points):
            self.chosen = place
            self.update()
            self.picked.emit(place)

    def _snapped(self, x: float, y: float) -> Point:
        held = (min(max(value, 0.0), most) for value, most in zip((x, y), self.extent, strict=True))
        across, down = (round(round(value / self._step) * self._step, 6) for value in held)
        return across, down

    def _nearest(self, at: QPointF) -> int:
        """The point under the pointer, the last drawn first; −1 for none."""
        for place in reversed(range(len(self.points))):
            if (self.on_widget(*self.points[place]) - at).manhattanLength() <= GRASP * self.larger:
                return place
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag += 1
        place = self._nearest(event.position())
        self._start = self.points[place] if place >= 0 else None
        if place < 0 and self._growing and self.area.contains(event.position()):
            self.added.emit(self._snapped(*self.on_sheet(event.position())), f"drag {self._drag}")
            place = len(self.points) - 1
        self._held = place >= 0
        self.pick(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._move(self.on_sheet(event.position()), f"drag {self._drag}")
        else:
            over = self._nearest(event.position()) >= 0
            self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False

    def _give_up(self) -> None:
        """Leave everything as it was before the mouse was pressed."""
        self._held, merge = False, f"drag {self._drag}"
        if self._start is None:
            self.removed.emit(self.chosen, merge)
        elif self._start != self.points[self.chosen]:
            self.moved.emit(self.chosen, self._start, merge)

    def _move(self, to: Point, merge: str) -> None:
        if (new := self._snapped(*to)) != self.points[self.chosen]:
            self.moved.emit(self.chosen, new, merge)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self.points)
        if self._held:  # another point would go along with the mouse
            if key == Qt.Key.Key_Escape:
                self._give_up()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and count:
            self.pick((self.chosen + (1 if key == Qt.Key.Key_PageDown else -1)) % count)
        elif key in ARROWS and count:
            fast = FAST if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            (x, y), (dx, dy) = self.points[self.chosen], ARROWS[Qt.Key(key)]
            self._move((x + dx * self._step * fast, y + dy * self._step * fast), f"keys {self.chosen} {key}")
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and count and self._growing:
            self.removed.emit(self.chosen, "")
        elif key == Qt.Key.Key_Insert and self._growing:
            self.added.emit(self._snapped(self.extent[0] / 2, self.extent[1] / 2), "")
            self.pick(len(self.points) - 1)
        else:
            super().keyPressEvent(event)
