"""Mouse gestures, one object each: from the press to the release, or to Esc, which leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.network.project import Place
from explorer.network.routes import Link
from explorer.ui import theme
from explorer.ui.canvas.card import FACE, HEIGHT, ROUND, WIDTH
from explorer.ui.canvas.edits import duplicated, insertable, spliced
from explorer.ui.canvas.guides import Guides, hair

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

THRESHOLD = 4.0
"""Pixels the mouse moves before a press becomes a drag."""


class Gesture:
    """One drag of the mouse; points are in scene units."""

    cursor = Qt.CursorShape.ArrowCursor
    scrolls = True
    """Whether the canvas scrolls when the mouse comes to its edge."""

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
    scrolls = False

    def __init__(self, canvas: Canvas, start: QPointF) -> None:
        super().__init__(canvas, start)
        self.pressed = canvas.viewportTransform().map(start)

    def move(self, at: QPointF) -> None:
        self.canvas.carry(self.start, at)

    def cancel(self) -> None:
        self.canvas.carry(self.start, self.canvas.scene_point(self.pressed))


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
        painter.setPen(hair(colour))
        colour.setAlphaF(0.1)
        painter.setBrush(colour)
        painter.drawRect(self.area)


class Move(Gesture):
    """Drag what is selected, by a card or by the frame of an open group; a press that does not move selects. A loose
    node dropped on a link goes into it."""

    def __init__(self, canvas: Canvas, start: QPointF, id: str, additive: bool) -> None:
        super().__init__(canvas, start)
        self.id, self.before = id, canvas.session.selection
        folding = self.scene.folding
        there = id in folding.shown(self.before)
        others = tuple(i for i in self.before if folding.card(i) != id)
        self.alone = not additive and there  # a plain click on one of many leaves only that one
        if not there:
            canvas.select((*self.before, id) if additive else (id,))
        else:
            canvas.select(others if additive else (*others, id))
        self.places = {i: self.scene.nodes[i].place for i in folding.shown(canvas.session.selection)}
        self.guides = Guides(place for i, place in self.scene.places.items() if i not in self.places)
        self.moving = False
        self.loose = [*self.places] == [id] and insertable(self.scene.project, id)

    def move(self, at: QPointF) -> None:
        if not self.places or not (self.moving or self.far(at)):
            return
        self.moving = True
        moved = self._moved(at)
        self.scene.drag(moved)
        if self.loose:
            self.scene.choose(self.canvas.session.selection, self._link_under(moved))
        self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        if self.moving:
            moved = self._moved(at)
            self.scene.drag(moved)
            project, link = self.scene.project.moved(moved), self._link_under(moved)
            if link is not None:
                self.canvas.edit(f"Put {self.id} into the link", spliced(project, self.id, link))
            else:
                self.canvas.edit(f"Move {self.scene.named(self.places)}", project)
        elif self.alone:
            self.canvas.select((self.id,))

    def cancel(self) -> None:
        if self.moving:
            self.scene.drag(self.places)
        self.canvas.select(self.before)

    def paint(self, painter: QPainter) -> None:
        if self.moving:
            self.guides.paint(painter, self.canvas.visible)

    def _link_under(self, moved: Mapping[str, Place]) -> Link | None:
        """The link that runs through the card, where it could go into one."""
        if not self.loose:
            return None
        x, y = moved[self.id]
        return self.scene.links.at(QPointF(x + WIDTH / 2, y + HEIGHT / 2), HEIGHT / 2)

    def _moved(self, at: QPointF) -> dict[str, Place]:
        """All keep their distances; the one under the mouse lands in line with others, or on the grid."""
        way = at - self.start
        x, y = self.places.get(self.id) or next(iter(self.places.values()))
        left, top = self.guides.snapped((x + way.x(), y + way.y()), self.canvas.zoom)
        return {id: (a + left - x, b + top - y) for id, (a, b) in self.places.items()}


class Duplicate(Move):
    """Drag a copy of the selected nodes away from them."""

    cursor = Qt.CursorShape.DragCopyCursor

    def __init__(self, canvas: Canvas, start: QPointF, id: str) -> None:
        super().__init__(canvas, start, id, additive=False)
        self.copies: dict[str, Place] = {}

    def move(self, at: QPointF) -> None:
        if self.moving or self.far(at):
            self.moving = True
            self.copies = self._moved(at)
            self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        self.move(at)
        self.scene.update(self.canvas.visible)
        if self.moving:
            project, ids = duplicated(self.scene.project, self.copies)
            self.canvas.edit(f"Duplicate {self.scene.named(self.places)}", project)
            self.canvas.select(ids)

    def cancel(self) -> None:
        self.scene.update(self.canvas.visible)
        self.canvas.select(self.before)

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        colour = QColor(theme.current().accent)
        painter.setPen(hair(colour))
        colour.setAlphaF(0.15)
        painter.setBrush(colour)
        for place in self.copies.values():
            painter.drawRoundedRect(FACE.translated(*place), ROUND, ROUND)
