"""A sheet with boxes that are drawn, moved and resized by mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen

from explorer.maths.boxes import Box
from explorer.ui import theme
from explorer.ui.pictures.class_colours import class_colour, text_on
from explorer.ui.pictures.sheet import GRASP, Sheet

HANDLE = 7.0
"""Pixels of the squares that a picked box is resized by."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
FAST = 5
"""Steps of an arrow key with Ctrl held."""


@dataclass(frozen=True)
class Drawn:
    """A box on the sheet: where, what is written on it, and the number of its colour."""

    box: Box
    label: str
    colour: int


@dataclass(frozen=True)
class Grip:
    """What the mouse holds: the box as it was, the sides that move (−1, 0, 1 across and down; 0, 0 for all of it), and
    where on the sheet it was taken."""

    box: Box
    sides: tuple[int, int]
    start: tuple[float, float]


class BoxSheet(Sheet):
    """Boxes on multiples of `step`. A drag moves or resizes; on free ground it draws a new box, where `growing`. Till
    it ends no key means anything but Esc, which gives it up.

    Page up and down pick a box, arrows move it, with Shift they resize it, with Ctrl they go faster; Delete removes.
    """

    changed = Signal(int, object, str)  # which box, its new sides, a key that is the same while one goes on
    added = Signal(object)  # a box that was drawn
    removed = Signal(int)
    picked = Signal(int)
    clicked = Signal(float, float)  # a point of the sheet where nothing was dragged

    def __init__(self, extent: tuple[float, float], step: float, squares: bool = False, growing: bool = False) -> None:
        super().__init__(extent, squares)
        self._step, self._growing = step, growing
        self.drawn: tuple[Drawn, ...] = ()
        self.chosen = 0
        self._grip: Grip | None = None
        self._fresh: Box | None = None
        self._drag = 0

    def show_boxes(self, drawn: Sequence[Drawn]) -> None:
        """Show other boxes; the one that was picked stays picked where it is still there."""
        self.drawn = tuple(drawn)
        self.chosen = max(0, min(self.chosen, len(drawn) - 1))
        self.setAccessibleDescription("; ".join(map(_told, drawn)))
        self.update()

    def pick(self, place: int) -> None:
        """Let the keys be about another box."""
        if place != self.chosen and 0 <= place < len(self.drawn):
            self.chosen = place
            self.update()
            self.picked.emit(place)

    # Drawing

    def paint_on(self, painter: QPainter) -> None:
        self.paint_under(painter)
        painter.setFont(self.words())
        for place, one in enumerate(self.drawn):
            draw_box(painter, self.outline(one.box), class_colour(one.colour), place == self.chosen)
        for one in self.drawn:  # on top of all boxes, whose lines would go through the words
            draw_plate(painter, self.outline(one.box), class_colour(one.colour), one.label)
        if self.drawn and theme.has_keys(self):
            painter.setPen(QPen(QColor("black"), 1))
            painter.setBrush(QColor("white"))
            side = QRectF(0, 0, HANDLE * self.larger, HANDLE * self.larger)
            for _sides, at in self._handles(self.drawn[self.chosen].box):
                side.moveCenter(at)
                painter.drawRect(side)
        if self._fresh is not None:
            painter.setPen(QPen(self.palette().text().color(), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.outline(self._fresh))

    def paint_under(self, painter: QPainter) -> None:
        """Draw what lies between the sheet and the boxes."""

    def _handles(self, box: Box) -> list[tuple[tuple[int, int], QPointF]]:
        outline = self.outline(box)
        middle = outline.center()
        xs = {-1: outline.left(), 0: middle.x(), 1: outline.right()}
        ys = {-1: outline.top(), 0: middle.y(), 1: outline.bottom()}
        return [((i, j), QPointF(xs[i], ys[j])) for i, j in product(xs, ys) if (i, j) != (0, 0)]

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag += 1
        at = event.position()
        if found := self._meant(at):
            place, sides = found
            self.pick(place)
            self._grip = Grip(self.drawn[place].box, sides, self.on_sheet(at))
        elif self._growing and self.area.contains(at):
            x, y = self._snapped(self.on_sheet(at))
            self._fresh = (x, y, x, y)

    def _meant(self, at: QPointF) -> tuple[int, tuple[int, int]] | None:
        """The box under the pointer and the sides that are meant: the picked box's handles first, then small boxes."""
        if self.drawn:
            for sides, handle in self._handles(self.drawn[self.chosen].box):
                if (handle - at).manhattanLength() <= GRASP * self.larger:
                    return self.chosen, sides
        outlines = [(self.outline(one.box), place) for place, one in enumerate(self.drawn)]
        under = [(rect.width() * rect.height(), place) for rect, place in outlines if rect.contains(at)]
        return (min(under)[1], (0, 0)) if under else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.on_sheet(event.position())
        if self._grip is not None:
            self._change(self._pulled(self._grip, at), f"drag {self._drag}")
        elif self._fresh is not None:
            self._fresh = (*self._fresh[:2], *self._snapped(at))
            self.update()
        else:
            found = self._meant(event.position())
            self.setCursor(Qt.CursorShape.ArrowCursor if found is None else CURSORS[found[1]])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        fresh, self._fresh = self._fresh, None
        self._grip = None
        if fresh is not None:
            box = _upright(fresh)
            if box[2] - box[0] >= 2 * self._step and box[3] - box[1] >= 2 * self._step:
                self.added.emit(box)
                self.pick(len(self.drawn) - 1)
                return
        self.update()
        if self.area.contains(event.position()):
            self.clicked.emit(*self.on_sheet(event.position()))

    def _give_up(self) -> None:
        """Leave everything as it was before the mouse was pressed."""
        grip, self._grip, self._fresh = self._grip, None, None
        if grip is not None:
            self._change(grip.box, f"drag {self._drag}")
        self.update()

    def _pulled(self, grip: Grip, at: tuple[float, float]) -> Box:
        dx, dy = (self._step * round((now - then) / self._step) for now, then in zip(at, grip.start, strict=True))
        if grip.sides == (0, 0):
            return self._moved(grip.box, dx, dy)
        left, top, right, bottom = grip.box
        across, down = grip.sides
        x, y = self._held(dx, dy, (left if across < 0 else right, top if down < 0 else bottom))
        return _upright(
            (x if across < 0 else left, y if down < 0 else top, x if across > 0 else right, y if down > 0 else bottom)
        )

    def _moved(self, box: Box, dx: float, dy: float) -> Box:
        """As far as the sheet goes."""
        dx = min(max(dx, -box[0]), self.extent[0] - box[2])
        dy = min(max(dy, -box[1]), self.extent[1] - box[3])
        return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy

    def _held(self, dx: float, dy: float, corner: tuple[float, float]) -> tuple[float, float]:
        return min(max(corner[0] + dx, 0.0), self.extent[0]), min(max(corner[1] + dy, 0.0), self.extent[1])

    def _snapped(self, at: tuple[float, float]) -> tuple[float, float]:
        x, y = (self._step * round(value / self._step) for value in at)
        return self._held(0, 0, (x, y))

    def _change(self, box: Box, merge: str) -> None:
        if box != self.drawn[self.chosen].box and box[2] > box[0] and box[3] > box[1]:
            self.changed.emit(self.chosen, box, merge)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        count = len(self.drawn)
        if self._grip is not None or self._fresh is not None:  # another box under the mouse would become this one
            if key == Qt.Key.Key_Escape:
                self._give_up()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and count:
            self.pick((self.chosen + (1 if key == Qt.Key.Key_PageDown else -1)) % count)
        elif key in ARROWS and count:
            fast = FAST if held & Qt.KeyboardModifier.ControlModifier else 1
            dx, dy = (way * self._step * fast for way in ARROWS[Qt.Key(key)])
            box = self.drawn[self.chosen].box
            if held & Qt.KeyboardModifier.ShiftModifier:
                box = (*box[:2], *self._held(dx, dy, (box[2], box[3])))
            else:
                box = self._moved(box, dx, dy)
            self._change(box, f"keys {self.chosen} {key}")
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and count and self._growing:
            self.removed.emit(self.chosen)
        elif key == Qt.Key.Key_Insert and self._growing:
            x, y = (self._step * round(side * 0.375 / self._step) for side in self.extent)
            self.added.emit((x, y, self.extent[0] - x, self.extent[1] - y))
            self.pick(len(self.drawn) - 1)
        else:
            super().keyPressEvent(event)


def _upright(box: Box) -> Box:
    """With left before right and top above bottom."""
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


_TURNED, _STRAIGHT = Qt.CursorShape.SizeBDiagCursor, Qt.CursorShape.SizeFDiagCursor
CURSORS = {
    (0, 0): Qt.CursorShape.SizeAllCursor, (-1, -1): _STRAIGHT, (1, 1): _STRAIGHT, (-1, 1): _TURNED, (1, -1): _TURNED,
    (-1, 0): Qt.CursorShape.SizeHorCursor, (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor, (0, 1): Qt.CursorShape.SizeVerCursor,
}  # fmt: skip


def draw_box(painter: QPainter, outline: QRectF, colour: QColor, strong: bool) -> None:
    """A box seen on any ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for tone, line in ((QColor("black"), 5 if strong else 4), (colour, 3 if strong else 2)):
        painter.setPen(QPen(tone, line, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(outline)


def draw_plate(painter: QPainter, outline: QRectF, colour: QColor, label: str) -> None:
    """A plate on a box's edge that says what it is."""
    measure = QFontMetricsF(painter.font())
    plate = QRectF(outline.topLeft(), measure.size(0, label))
    plate.setWidth(plate.width() + 8)
    plate.moveBottom(max(outline.top(), plate.height()))
    painter.fillRect(plate, colour)
    painter.setPen(text_on(colour))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)


def _told(one: Drawn) -> str:
    """A box in words; a label may have its sides already."""
    sides = ", ".join(f"{side:g}" for side in one.box)
    return one.label if sides in one.label else f"{one.label}: {sides}"
