"""Mouse gestures, one object each: from the press to the release, or to Esc, which leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.network.annotations import Annotation
from explorer.network.groups import TOP
from explorer.network.project import Place
from explorer.network.routes import Link
from explorer.ui import theme
from explorer.ui.canvas.annotation_edits import annotated, called, shifted, with_copies
from explorer.ui.canvas.belonging import KEEPS, Belonging, Drop, joined
from explorer.ui.canvas.beside_mouse import paint_note
from explorer.ui.canvas.card import FACE, HEIGHT, ROUND, WIDTH
from explorer.ui.canvas.edits import duplicated, insertable, spliced
from explorer.ui.canvas.guides import Guides, hair
from explorer.ui.theme import GRID

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

    def copying(self) -> Gesture:
        """The gesture with Alt held from now on: another one where that means another thing."""
        return self

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
    """Select the cards that a rectangle touches, and the notes and arrows it holds; what was selected before stays
    where `additive`."""

    def __init__(self, canvas: Canvas, start: QPointF, additive: bool) -> None:
        super().__init__(canvas, start)
        self.before, self.notes_before = canvas.session.selection, self.scene.annotations.selected
        self.kept, self.kept_notes = (self.before, self.notes_before) if additive else ((), ())
        self.area = QRectF(start, start)
        canvas.select(self.kept, annotations=self.kept_notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes and arrows that are selected now."""
        return (*self.kept_notes, *self.scene.annotations.within(self.area))

    def move(self, at: QPointF) -> None:
        old, self.area = self.area, QRectF(self.start, at).normalized()
        inside = self.scene.within(self.area) - set(self.kept)
        self.canvas.drawing.choose((*self.kept, *inside), None, self.notes)
        room = 4 / self.canvas.zoom
        self.scene.update((old | self.area).adjusted(-room, -room, room, room))

    def release(self, at: QPointF) -> None:
        if self.far(at):
            self.move(at)
            inside = self.scene.within(self.area) - set(self.kept)
            order = [id for id in self.scene.folding.drawn.nodes if id in inside]
            self.canvas.select((*self.kept, *order), annotations=self.notes)

    def cancel(self) -> None:
        self.canvas.select(self.before, annotations=self.notes_before)

    def paint(self, painter: QPainter) -> None:
        colour = QColor(theme.current().accent)
        painter.setPen(hair(colour))
        colour.setAlphaF(0.1)
        painter.setBrush(colour)
        painter.drawRect(self.area)


class Move(Gesture):
    """Drag what is selected, layers, notes and arrows, by a card, by the frame of an open group, or by a note or an
    arrow; a press that does not move selects. A loose node dropped on a link goes into it.

    id: what is pressed; note: whether that is a note or an arrow.
    """

    def __init__(self, canvas: Canvas, start: QPointF, id: str, additive: bool, note: bool = False) -> None:
        super().__init__(canvas, start)
        self.id, self.note, self.link = id, note, canvas.link
        self.before, self.notes_before = canvas.session.selection, self.scene.annotations.selected
        folding = self.scene.folding
        there = id in (self.notes_before if note else folding.shown(self.before))
        ids = tuple(i for i in self.before if note or folding.card(i) != id)
        notes = tuple(i for i in self.notes_before if not note or i != id)
        self.alone = not additive and there  # a plain click on one of many leaves only that one
        if not there and not additive:
            ids, notes = (), ()
        if not (there and additive):
            ids, notes = (ids, (*notes, id)) if note else ((*ids, id), notes)
        canvas.select(ids, annotations=notes)
        self.places = {i: self.scene.nodes[i].place for i in folding.shown(canvas.session.selection)}
        self.notes = {i: self.scene.annotations.shown[i] for i in notes}
        self.guides = Guides(place for i, place in self.scene.places.items() if i not in self.places)
        self.moving = False
        self.single = canvas.session.selection == (id,)  # a layer by its card: not the group of which it may be all
        self.belonging, self.at = Belonging(self.scene, start, canvas.session.selection, self.single), start
        self.drop: Drop | None = None
        self.loose = [*self.places] == [id] and not self.notes and insertable(self.scene.project, id)

    def move(self, at: QPointF) -> None:
        if not (self.places or self.notes) or not (self.moving or self.far(at)):
            return
        self.moving, self.at, moved = True, at, self._moved(at)
        link = self._link_under(moved)
        self.drop = drop = self.belonging.drop(at, self.canvas.held) if link is None else None
        self.scene.drag(moved, drop and drop.groups, drop.home if drop else "")
        self._put(shifted(self.notes, *self._way(at)))
        if self.loose:
            self.scene.choose(self.canvas.session.selection, link)
        self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        if self.moving:
            moved, drop = self._moved(at), self.belonging.drop(at, self.canvas.held)
            self.scene.drag(moved)
            project, link = self.scene.project.moved(moved), self._link_under(moved)
            if link is not None:
                self.canvas.edit(f"Put {self.id} into the link", spliced(project, self.id, link))
            else:
                project = annotated(project, shifted(self.notes, *self._way(at)))
                project, words = (project.regrouped(drop.groups), f" {drop.words}") if drop else (project, "")
                self.canvas.edit(f"Move {self._called()}{words}", project)
        elif self.alone:
            self.canvas.select(() if self.note else (self.id,), annotations=(self.id,) if self.note else ())

    def cancel(self) -> None:
        if self.moving:
            self.scene.drag(self.places)
            self._put(self.notes)
        self.canvas.select(self.before, self.link, self.notes_before)

    def copying(self) -> Gesture:
        """A copy is dragged, and what was comes back to its place. Many window managers keep a press with Alt for
        themselves, so Alt may come behind it."""
        ids, notes = self.canvas.session.selection, self.scene.annotations.selected
        self.cancel()
        self.canvas.select(ids, annotations=notes)
        copy = Duplicate(self.canvas, self.start, self.id, self.note)
        copy.before, copy.notes_before, copy.link = self.before, self.notes_before, self.link
        return copy

    def paint(self, painter: QPainter) -> None:
        if self.moving:
            self.guides.paint(painter, self.canvas.visible)
            if self.drop:
                paint_note(painter, self.at, f"{self.drop.words} (not with Ctrl)", self.canvas.zoom)

    def _link_under(self, moved: Mapping[str, Place]) -> Link | None:
        """The link that runs through the card, where it could go into one."""
        if not self.loose:
            return None
        x, y = moved[self.id]
        return self.scene.links.at(QPointF(x + WIDTH / 2, y + HEIGHT / 2), HEIGHT / 2)

    def _moved(self, at: QPointF) -> dict[str, Place]:
        right, down = self._way(at)
        return {id: (a + right, b + down) for id, (a, b) in self.places.items()}

    def _way(self, at: QPointF) -> Place:
        """All keep their distances; the card under the mouse lands in line with others, or on the grid."""
        way = at - self.start
        if self.note or not self.places:
            x, y = self.notes[self.id].place if self.id in self.notes else (0.0, 0.0)
            return round((x + way.x()) / GRID) * float(GRID) - x, round((y + way.y()) / GRID) * float(GRID) - y
        x, y = self.places.get(self.id) or next(iter(self.places.values()))
        left, top = self.guides.snapped((x + way.x(), y + way.y()), self.canvas.zoom)
        return left - x, top - y

    def _put(self, notes: Mapping[str, Annotation]) -> None:
        """Draw notes and arrows elsewhere; the document does not change."""
        for id, each in notes.items():
            self.scene.annotations.put(id, each)

    def _called(self) -> str:
        return called(self.scene.named(self.places) if self.places else "", tuple(self.notes))


class Duplicate(Move):
    """Drag a copy of the selected nodes, notes and arrows away from them."""

    cursor = Qt.CursorShape.DragCopyCursor

    def __init__(self, canvas: Canvas, start: QPointF, id: str, note: bool = False) -> None:
        super().__init__(canvas, start, id, additive=False, note=note)
        self.copies: dict[str, Place] = {}
        self.more: dict[str, Annotation] = {}

    def copying(self) -> Gesture:
        return self

    def move(self, at: QPointF) -> None:
        if self.moving or self.far(at):
            self.moving = True
            self.copies = self._moved(at)
            self.more = shifted(self.notes, *self._way(at))
            self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        self.move(at)
        self.scene.update(self.canvas.visible)
        if self.moving:
            before = self.scene.project.annotations
            project, ids = duplicated(self.scene.project, self.copies, grouped=not self.single)
            project = joined(project, ids, TOP if self.canvas.held & KEEPS else self.belonging.under(at))
            project = with_copies(project, self.more.values())
            self.canvas.edit(f"Duplicate {self._called()}", project)
            self.canvas.select(ids, annotations=[id for id in project.annotations if id not in before])
        else:
            super().release(at)

    def cancel(self) -> None:
        self.scene.update(self.canvas.visible)
        self.canvas.select(self.before, self.link, self.notes_before)

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        colour = QColor(theme.current().accent)
        painter.setPen(hair(colour))
        colour.setAlphaF(0.15)
        painter.setBrush(colour)
        for place in self.copies.values():
            painter.drawRoundedRect(FACE.translated(*place), ROUND, ROUND)
        for each in self.more.values():
            painter.drawRect(QRectF(*each.place, *each.size).normalized())
