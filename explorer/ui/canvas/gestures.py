"""Mouse gestures, one object each: from the press to the release, or to Esc, which leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.project import Place
from explorer.network.routes import Link
from explorer.ui import theme
from explorer.ui.canvas.card import FACE, HEIGHT, ROUND, WIDTH, font, metrics
from explorer.ui.canvas.edits import linked, outlook, refusal, unplugged
from explorer.ui.canvas.links import smooth

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

THRESHOLD = 4.0
"""Pixels the mouse moves before a press becomes a drag."""


class Gesture:
    """One drag of the mouse; points are in scene units."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas, start: QPointF) -> None:
        self.canvas, self.scene, self.start = canvas, canvas.drawing, start

    def move(self, at: QPointF) -> None:
        """The mouse is here now."""

    def release(self, at: QPointF) -> None:
        """The button is up: make the edit."""

    def cancel(self) -> None:
        """Put everything back as it was before the press."""

    def paint(self, painter: QPainter) -> None:
        """Draw on top of the network."""

    def far(self, at: QPointF) -> bool:
        """Whether the mouse has left the spot where it was pressed."""
        way = (at - self.start) * self.canvas.zoom
        return abs(way.x()) + abs(way.y()) >= THRESHOLD


class Pan(Gesture):
    """Carry the ground along with the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def move(self, at: QPointF) -> None:
        self.canvas.carry(self.start, at)


class Band(Gesture):
    """Select what a rectangle touches; what was selected before stays where `kept` holds it."""

    def __init__(self, canvas: Canvas, start: QPointF, kept: tuple[str, ...]) -> None:
        super().__init__(canvas, start)
        self.kept, self.before = kept, canvas.session.selection
        self.area = QRectF(start, start)
        canvas.select(kept)

    def move(self, at: QPointF) -> None:
        old, self.area = self.area, QRectF(self.start, at).normalized()
        inside = self.scene.within(self.area) - set(self.kept)
        self.canvas.drawing.choose((*self.kept, *inside))
        room = 4 / self.canvas.zoom
        self.scene.update((old | self.area).adjusted(-room, -room, room, room))

    def release(self, at: QPointF) -> None:
        if self.far(at):
            self.move(at)
            inside = self.scene.within(self.area) - set(self.kept)
            order = [id for id in self.scene.nodes if id in inside]
            self.canvas.select((*self.kept, *order))

    def cancel(self) -> None:
        self.canvas.select(self.before)

    def paint(self, painter: QPainter) -> None:
        colour = QColor(theme.current().accent)
        painter.setPen(_hair(colour))
        colour.setAlphaF(0.1)
        painter.setBrush(colour)
        painter.drawRect(self.area)


class Move(Gesture):
    """Drag the selected nodes; a press that does not move selects."""

    def __init__(self, canvas: Canvas, start: QPointF, id: str, additive: bool) -> None:
        super().__init__(canvas, start)
        self.id, self.before = id, canvas.session.selection
        self.alone = not additive and id in self.before  # a plain click on one of many leaves only that one
        if id not in self.before:
            canvas.select((*self.before, id) if additive else (id,))
        elif additive:
            canvas.select(tuple(i for i in self.before if i != id))
        else:
            canvas.select((*(i for i in self.before if i != id), id))
        self.places = {i: self.scene.nodes[i].place for i in canvas.session.selection}
        self.moving = False

    def move(self, at: QPointF) -> None:
        if not self.places or not (self.moving or self.far(at)):
            return
        self.moving = True
        self.scene.drag(self._moved(at))

    def release(self, at: QPointF) -> None:
        if self.moving:
            moved = self._moved(at)
            self.scene.drag(moved)
            names = self.id if len(moved) == 1 else f"{len(moved)} layers"
            self.canvas.edit(f"Move {names}", self.scene.project.moved(moved))
        elif self.alone:
            self.canvas.select((self.id,))

    def cancel(self) -> None:
        if self.moving:
            self.scene.drag(self.places)
        self.canvas.select(self.before)

    def _moved(self, at: QPointF) -> dict[str, Place]:
        """All keep their distances; the first one lands on the grid."""
        way = at - self.start
        x, y = self.places.get(self.id) or next(iter(self.places.values()))
        dx, dy = _snapped(x + way.x()) - x, _snapped(y + way.y()) - y
        return {id: (a + dx, b + dy) for id, (a, b) in self.places.items()}


class Wire(Gesture):
    """Draw a link from one end that is fixed to a card, a port or empty ground.

    fixed: the node it hangs on, by its output or (backwards) by its input. held: the link that was
    taken off its input, if any.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, canvas: Canvas, start: QPointF, fixed: str, *, backwards: bool = False, held: Link | None = None
    ) -> None:
        super().__init__(canvas, start)
        self.fixed, self.backwards, self.held = fixed, backwards, held
        self.at, self.target, self.words, self.fits = start, "", "", True
        self.moving = False

    def move(self, at: QPointF) -> None:
        self.moving = self.moving or self.far(at)
        if not self.moving:
            return
        self.at = at
        hit = self.scene.hit(at, self.canvas.zoom)
        if hit.id != self.target:
            self.target = hit.id
            self.words, self.fits = self._judged() if hit.id else ("", True)
        self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        self.move(at)
        self.scene.update(self.canvas.visible)
        if not self.moving:
            return
        project = unplugged(self.scene.project, self.held) if self.held else self.scene.project
        if self.target:
            source, target = self._ends()
            if self.held and (source, target) == self.held[:2]:
                return
            if not refusal(project, source, target):
                self.canvas.edit(f"Link {source} to {target}", linked(project, source, target))
        elif self.held:
            self.canvas.edit(f"Unplug {self.held[0]} from {self.held[1]}", project)
        else:
            self.canvas.search(at, self.fixed, backwards=self.backwards)

    def cancel(self) -> None:
        self.scene.update(self.canvas.visible)

    def paint(self, painter: QPainter) -> None:
        if not self.moving:
            return
        colours = theme.current()
        colour = QColor(colours.accent if self.fits else colours.problem)
        x, y = self.scene.nodes[self.fixed].place
        fixed = (x + WIDTH / 2, y + (0 if self.backwards else HEIGHT))
        free = (self.at.x(), self.at.y())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(smooth((free, fixed) if self.backwards else (fixed, free)))
        if self.target in self.scene.nodes and self.target != self.fixed:
            place = self.scene.nodes[self.target].place
            painter.drawRoundedRect(FACE.translated(*place).adjusted(-3, -3, 3, 3), ROUND + 3, ROUND + 3)
        if self.words:
            paint_note(painter, self.at, self.words, self.canvas.zoom, problem=not self.fits)

    def _ends(self) -> tuple[str, str]:
        return (self.target, self.fixed) if self.backwards else (self.fixed, self.target)

    def _judged(self) -> tuple[str, bool]:
        """What the link under the mouse would give, or why it cannot be."""
        project = unplugged(self.scene.project, self.held) if self.held else self.scene.project
        source, target = self._ends()
        reason = refusal(project, source, target)
        if reason:
            return reason, False
        node = project.network.with_link(source, target).nodes[target]
        facts = self.scene.document.facts
        words, _ = outlook(node.layer, [facts[i].shape for i in node.inputs])
        return words, True  # shapes that do not fit are allowed: a half-built network is normal


def paint_note(painter: QPainter, at: QPointF, text: str, zoom: float, *, problem: bool = False) -> None:
    """A few words beside the mouse, of one size at every zoom."""
    colours = theme.current()
    painter.save()
    painter.translate(at)
    painter.scale(1 / zoom, 1 / zoom)
    painter.translate(14, 14)
    box = QRectF(0, 0, metrics(12).horizontalAdvance(text) + 16, 24)
    painter.setPen(QPen(QColor(colours.problem if problem else colours.edge), 1))
    painter.setBrush(QColor(colours.card))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(colours.problem if problem else colours.text))
    painter.setFont(font(12))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _hair(colour: QColor) -> QPen:
    pen = QPen(QColor(colour), 1)
    pen.setCosmetic(True)
    return pen


def _snapped(value: float) -> float:
    return round(value / theme.GRID) * float(theme.GRID)
