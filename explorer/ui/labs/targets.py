"""Lab: what a one-shot detector is trained towards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox

from explorer.maths.boxes import Box, pixels, share
from explorer.maths.targets import Size, Thing, encoded, likenesses, worked_box
from explorer.network.formulas import Row, worked_row
from explorer.network.settings import Sizes, setting
from explorer.network.symbol import Constant, Symbol
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.box_sheet import Drawn
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.pictures.target_sheet import TargetSheet
from explorer.ui.tables.plain_table import PlainTable
from explorer.ui.tables.target_rows import target_rows
from explorer.workspace.session import Session

TITLE = "Boxes into targets"
TEACHES = (
    "A one-shot detector answers with one volume y: each object is written into the cell its middle lies in, at the "
    "anchor whose shape is most like its own. A cell has one place for each anchor, and a second object there is lost."
)
KEYS = (
    "Drag on free ground to draw a box (Insert); drag it, or press arrows, with Shift to resize; 1 to 3 is its class; "
    "Delete. Page up and down pick a box, a click or Alt+arrows a cell."
)
CLASSES = ("person", "space shuttle", "neck ring")
FIVE: Sizes = ((10.17, 13.32), (24.56, 30.84), (38.89, 62.3), (72.85, 37.23), (86.43, 76.98))
"""YOLOv2's anchors for Pascal VOC, in per cent of the picture; they were found by k-means. Source: darknet's
yolov2-voc.cfg has them in cells, of which there are 13 across."""


@dataclass(frozen=True)
class Scheme:
    """How y is laid out."""

    grid: int = setting(3, "number", "cells across, and as many down", letters="n", low=1, high=40)
    anchors: Sizes = setting(
        ((30.0, 75.0), (60.0, 30.0)), "sizes", "width × height of each anchor, in per cent of the picture",
        low=0.1, high=100,
    )  # fmt: skip

    @property
    def shares(self) -> list[Size]:
        """The anchors in shares of the picture."""
        return [(wide / 100, high / 100) for wide, high in self.anchors]


SCHEMES = {
    "3×3×8": Scheme(anchors=((40.0, 60.0),)), "3×3×16": Scheme(), "19×19×40": Scheme(19, FIVE),
}  # fmt: skip
"""Those of the course, with three classes."""


@dataclass(frozen=True)
class Scene:
    """A picture's name, its objects, and how they are written down."""

    picture: str = "astronaut"
    things: tuple[Thing, ...] = field(
        default_factory=lambda: tuple(
            Thing((left / 512, top / 512, right / 512, bottom / 512), kind)
            for kind, (left, top, right, bottom) in enumerate(
                [(22, 14, 366, 512), (355, 0, 471, 288), (112, 148, 306, 296)]
            )
        )
    )
    scheme: Scheme = field(default_factory=Scheme)


class TargetsLab(Lab):
    """Draw boxes on a picture and see the volume they become."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Scene())
        self.sheet = TargetSheet()
        self.sheet.setAccessibleName("Picture with boxes")
        self.drawing.addWidget(self.sheet)
        self.pictures = LabPicture(session, "astronaut")
        self.kind = QComboBox()
        self.kind.addItems([f"{number} {name}" for number, name in enumerate(CLASSES, 1)])
        self.kind.setAccessibleName("Class of the box")
        self.tools.addWidget(self.pictures)
        self.tools.addWidget(self.kind)
        for name, scheme in SCHEMES.items():
            self.tools.addWidget(lab_button(name, "The course's volume", partial(self._take_scheme, scheme)))
        self.volume, self.lost = Text(size="title"), Text(role="problem")
        self.where, self.alike = Text(), Text()
        self.form, self.formulas, self.table = Form(Scheme()), FormulaColumn(), PlainTable("Numbers of the cell")
        for widget in (self.volume, self.form, self.lost, self.where, self.table, self.alike, self.formulas):
            self.numbers.column.addWidget(widget)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self._connect()
        self.begin()

    def _connect(self) -> None:
        sheet = self.sheet
        sheet.changed.connect(self._change)
        sheet.added.connect(self._add)
        sheet.removed.connect(self._remove)
        sheet.picked.connect(self._look_at_box)
        sheet.clicked.connect(self._look_at_point)
        sheet.cell_asked.connect(self._look_at)
        self.pictures.chosen.connect(self.take_picture)
        self.kind.activated.connect(self._classify)
        self.form.edited.connect(lambda scheme, name: self.edit(replace(self.value, scheme=scheme), name))

    # What is edited

    def _change(self, place: int, box: Box, merge: str) -> None:
        self._put(place, replace(self.value.things[place], box=share(box, self.sheet.extent)), merge)
        self._look_at_box(place)

    def _put(self, place: int, thing: Thing, merge: str = "") -> None:
        things = self.value.things
        self.edit(replace(self.value, things=(*things[:place], thing, *things[place + 1 :])), merge)

    def _add(self, box: Box) -> None:
        thing = Thing(share(box, self.sheet.extent), self.kind.currentIndex())
        self.edit(replace(self.value, things=(*self.value.things, thing)))

    def _remove(self, place: int) -> None:
        things = self.value.things
        self.edit(replace(self.value, things=things[:place] + things[place + 1 :]))

    def _classify(self, kind: int) -> None:
        if self.value.things:
            self._put(self.sheet.chosen, replace(self.value.things[self.sheet.chosen], kind=kind))

    def _take_scheme(self, scheme: Scheme) -> None:
        self.edit(replace(self.value, scheme=scheme))

    # What is looked at

    def _look_at(self, row: int, column: int) -> None:
        last = self.sheet.grid - 1
        cell = min(max(row, 0), last), min(max(column, 0), last)
        if cell != self.sheet.cell:
            self.sheet.cell = cell
            self._show_cell()

    def _look_at_box(self, place: int) -> None:
        if self.value.things:
            slot = self._encoding.slots[place]
            self._look_at(slot.row, slot.column)

    def _look_at_point(self, x: float, y: float) -> None:
        wide, high = self.sheet.extent
        self._look_at(int(y / high * self.sheet.grid), int(x / wide * self.sheet.grid))

    def show_value(self) -> None:
        scene: Scene = self.value
        scheme, sheet = scene.scheme, self.sheet
        self.pictures.show_name(scene.picture)
        self.form.show_value(scheme)
        image = self.pictures.image(scene.picture)
        extent = (image.width() or 512, image.height() or 512)
        sheet.show_image(image, extent)
        self._encoding = encoded(scene.things, (scheme.grid, scheme.grid), scheme.shares, len(CLASSES))
        regridded = sheet.grid != scheme.grid
        sheet.grid, sheet.encoding = scheme.grid, self._encoding
        sheet.kinds = tuple(thing.kind for thing in scene.things)
        sheet.show_boxes([Drawn(pixels(thing.box, extent), CLASSES[thing.kind], thing.kind) for thing in scene.things])
        rows, columns, depth = self._encoding.volume.shape
        self.volume.say(f"y: {rows} × {columns} × {depth}")
        self.lost.say("\n".join(map(self._loss, self._encoding.lost)))
        if regridded and scene.things:
            slot = self._encoding.slots[sheet.chosen]
            sheet.cell = slot.row, slot.column
        self._show_cell()

    def _loss(self, thing: int) -> str:
        slot = self._encoding.slots[thing]
        name, other = (CLASSES[self.value.things[i].kind] for i in (thing, self._encoding.owners[slot]))
        return (
            f"The {name} is lost: its middle lies in row {slot.row}, column {slot.column}, where the {other} has "
            f"anchor {slot.anchor + 1} already."
        )

    def _show_cell(self) -> None:
        scene, (row, column) = self.value, self.sheet.cell
        if scene.things:
            self.kind.setCurrentIndex(scene.things[self.sheet.chosen].kind)
        held = [i for slot, i in self._encoding.owners.items() if (slot.row, slot.column) == (row, column)]
        what = " and ".join(f"the {CLASSES[scene.things[i].kind]}" for i in held) or "nothing, and ? does not matter"
        self.where.say(f"Row {row}, column {column} of y, both counted from 0: {what}.")
        self.alike.say(self._likeness(scene.things[self.sheet.chosen]) if scene.things else "")
        with self.numbers.changing():
            self.table.show_rows(*target_rows(self._encoding.volume[row, column], CLASSES))
            self.formulas.show_rows(self._rows())
        self.sheet.update()

    def _likeness(self, thing: Thing) -> str:
        found = likenesses(thing.box, self.value.scheme.shares)
        shares = ", ".join(f"{float(share):.3f}" for share in found)
        best = found.index(max(found)) + 1
        return f"IoU of the {CLASSES[thing.kind]}'s shape with each anchor: {shares}. It belongs to anchor {best}."

    def _rows(self) -> list[Row]:
        """How deep y is, and how the picked box became its numbers."""
        scheme = self.value.scheme
        anchors, classes = Symbol("A", len(scheme.anchors)), Symbol("C", len(CLASSES))
        depth = anchors * (Constant(5, "p_c, b_x, b_y, b_h and b_w.") + classes)
        rows = [Row("depth of y", depth.formula, depth.numbers, int(depth), (), depth)]
        if self.value.things:
            box = self.value.things[self.sheet.chosen].box
            rows += [worked_row(name, row) for name, row in worked_box(box, (scheme.grid, scheme.grid)).items()]
        return rows

    def keyPressEvent(self, event: QKeyEvent) -> None:
        kind = event.key() - Qt.Key.Key_1
        if 0 <= kind < len(CLASSES) and not event.modifiers():
            self.kind.setCurrentIndex(kind)
            self._classify(kind)
        else:
            super().keyPressEvent(event)
