"""Notes and arrows on the canvas: added, written in place, dragged, coloured; each is one edit of the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from explorer.network.annotations import LEAST, LONGEST, TEXT_SIZES, Annotation, Arrow, Note, fresh_name
from explorer.network.project import Project
from explorer.ui.canvas.annotations import ROOM, Part
from explorer.ui.canvas.card import font
from explorer.ui.canvas.gestures import Gesture
from explorer.ui.canvas.note_field import NoteField
from explorer.ui.canvas.turning import turn, turned
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

NOTE, ARROW = (240.0, 48.0), (120.0, 0.0)
"""Sizes of new ones."""
STEPS = 40
"""Places across the flow that are looked at for a free one."""


class Annotating(QObject):
    """What can be done to the notes and arrows of a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._drawing = canvas, canvas.drawing
        self.field = NoteField(canvas.viewport())
        self.field.textChanged.connect(self._take)
        self.field.ended.connect(self._end)
        self._id, self._merge = "", ""  # of the note that is written
        self._note = Note((0.0, 0.0), NOTE)  # as it is
        self._old: Annotation | None = None  # as it was, if it was there
        canvas.looked.connect(self._follow)
        canvas.session.opened.connect(lambda _: self.field.hide())

    @property
    def chosen(self) -> str:
        """The id of the only selected note or arrow, "" for none; one that undo took away is none, even before it is
        drawn no more."""
        id = self._drawing.annotations.chosen
        return id if id in self._drawing.document.project.annotations else ""

    @property
    def chosen_colour(self) -> str:
        """Its colour, "" for none."""
        return self._chosen.colour if self.chosen else ""

    def choose(self, id: str) -> None:
        """Choose one, and no layer."""
        self._canvas.select((), annotations=(id,))

    def choose_next(self) -> None:
        """Choose the one after the chosen one, in reading order, and show it."""
        shown = self._drawing.annotations.shown
        ids = sorted(shown, key=lambda id: shown[id].place[::-1])
        if ids:
            self.choose(ids[(ids.index(self.chosen) + 1) % len(ids)] if self.chosen in ids else ids[0])
            self._canvas.reveal_area(self._drawing.annotations.area(self.chosen))

    def add_note(self) -> None:
        """Write a new note where the mouse is, or beside what is selected; nothing is left where nothing is written."""
        self._write("", Note(self._place_for(NOTE), NOTE))

    def add_arrow(self) -> None:
        """Add an arrow there; its ends are dragged to where they belong."""
        id = fresh_name("arrow", self._project.annotations)
        self._canvas.edit("Add arrow", self._project.annotated(id, Arrow(self._place_for((ARROW[0], GRID)), ARROW)))
        self.choose(id)

    def write(self) -> None:
        """Write the chosen note's text in its place."""
        note = self._project.annotations.get(self.chosen)
        if isinstance(note, Note):
            self._write(self.chosen, note)

    def colour(self, name: str) -> None:
        """Give the chosen one another colour."""
        self._change("Colour", replace(self._chosen, colour=name))

    def resize_text(self, step: int) -> None:
        """Write the chosen note in larger letters, or smaller ones."""
        if isinstance(note := self._chosen, Note):
            size = TEXT_SIZES[max(0, min(len(TEXT_SIZES) - 1, TEXT_SIZES.index(note.text_size) + step))]
            self._change("Letters of", _fitting(replace(note, text_size=size)))

    def stretch(self, right: int, down: int) -> None:
        """Move the chosen one's corner or tip by a step of the grid; steps in a row undo as one."""
        way = QPointF(right * GRID, down * GRID)
        self._change("Size", dragged(self._chosen, "tip", way), merge=f"Size {self.chosen}")
        self._canvas.reveal_area(self._drawing.annotations.area(self.chosen))

    @property
    def _project(self) -> Project:
        return self._drawing.project

    @property
    def _chosen(self) -> Annotation:
        return self._project.annotations[self.chosen]

    def _change(self, verb: str, changed: Annotation, merge: str = "") -> None:
        self._canvas.edit(f"{verb} {self.chosen}", self._project.annotated(self.chosen, changed), merge)

    def _place_for(self, size: tuple[float, float]) -> tuple[float, float]:
        """Where the mouse is; else beside the selected layers or the middle of the view, where no card hides it."""
        canvas = self._canvas
        if canvas.pointer is not None:
            return _on_grid(canvas.scene_point(canvas.pointer))
        beside, direction = self._drawing.bounds(canvas.session.selection), self._drawing.direction
        corner, way = turned(direction, beside).topRight() + QPointF(4 * GRID, 0), turn(direction)
        start = canvas.visible.center() if beside.isEmpty() else way.map(corner)
        lanes = (start + way.map(QPointF(step * direction.pitch / 2, 0)) for step in range(STEPS))
        free = (place for place in lanes if not self._drawing.within(QRectF(place, QSizeF(*size))))
        return _on_grid(next(free, start))

    # A note that is being written: each letter changes the document, and all of them undo as one step

    def _write(self, id: str, note: Note) -> None:
        self._old, self._id = (note if id else None), id or fresh_name("note", self._project.annotations)
        self._note = note
        self._merge = f"write {self._id} at {self._canvas.session.document.history.index}"
        self._drawing.annotations.written = self._id
        self._canvas.select((), annotations=(id,))
        self.field.write(note.text)
        self._follow()
        self._canvas.reveal_area(QRectF(*note.place, *note.size))

    def _edit(self, note: Annotation | None) -> None:
        self._canvas.edit(
            f"{'Write' if self._old else 'Add'} {self._id}", self._project.annotated(self._id, note), self._merge
        )

    def _take(self) -> None:
        text = self.field.toPlainText().encode("utf-8", "ignore").decode()[:LONGEST]  # no halves of characters
        self._note = _fitting(replace(self._note, text=text))
        self._edit(self._note)
        self._follow()

    def _end(self, keep: bool) -> None:
        self._drawing.annotations.written = ""
        if not keep or (self._old is None and not self._note.text.strip()):
            self._edit(self._old)  # as it was: no step is left
        self.choose(self._id)

    def _follow(self) -> None:
        """Lie over the note, whatever part of the canvas is in view."""
        letters = QFont(font(self._note.text_size))
        letters.setPixelSize(max(11, round(self._note.text_size * self._canvas.zoom)))
        self.field.setFont(letters)
        area = self._canvas.viewportTransform().mapRect(QRectF(*self._note.place, *self._note.size)).toRect()
        area.setSize(area.size().expandedTo(self.field.minimumSize()))
        self.field.setGeometry(area)


class DragAnnotation(Gesture):
    """Drag the corner of a note, or an end of an arrow."""

    def __init__(self, canvas: Canvas, start: QPointF, id: str, part: Part) -> None:
        super().__init__(canvas, start)
        self.id, self.part, self.before = id, part, canvas.session.selection
        self.link, self.selected = canvas.link, self.scene.annotations.selected
        self.old = self.scene.annotations.shown[id]
        self.moving = False
        canvas.annotating.choose(id)

    def move(self, at: QPointF) -> None:
        self.moving = self.moving or self.far(at)
        if self.moving:
            self.scene.annotations.put(self.id, dragged(self.old, self.part, at - self.start))

    def release(self, at: QPointF) -> None:
        self.move(at)
        if self.moving:
            changed = dragged(self.old, self.part, at - self.start)
            self.canvas.edit(f"Size {self.id}", self.scene.project.annotated(self.id, changed))

    def cancel(self) -> None:
        self.scene.annotations.put(self.id, self.old)
        self.canvas.select(self.before, self.link, self.selected)


def dragged(annotation: Annotation, part: Part, way: QPointF) -> Annotation:
    """The note or arrow with a part of it moved, on the grid; a note stays large enough to be seen."""
    (x, y), (right, down) = annotation.place, annotation.size
    x2, y2 = x + right, y + down
    if part != "tip":
        moved = _on_grid(QPointF(x, y) + way)
        size = (right, down) if part == "body" else (x2 - moved[0], y2 - moved[1])
        return replace(annotation, place=moved, size=size)
    x2, y2 = _on_grid(QPointF(x2, y2) + way)
    if isinstance(annotation, Note):
        x2, y2 = max(x2, x + LEAST[0]), max(y2, y + LEAST[1])
    return replace(annotation, size=(x2 - x, y2 - y))


def _on_grid(point: QPointF) -> tuple[float, float]:
    return round(point.x() / GRID) * float(GRID), round(point.y() / GRID) * float(GRID)


def _fitting(note: Note) -> Note:
    """The note, higher where its text needs it."""
    room = QRectF(0, 0, note.size[0] - 2 * ROOM, 1e5)
    needed = QFontMetricsF(font(note.text_size)).boundingRect(room, int(Qt.TextFlag.TextWordWrap), note.text).height()
    return replace(note, size=(note.size[0], max(note.size[1], min(needed + 2 * ROOM, 1e5))))
