"""Lab: anchors by k-means over the boxes of a data set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer.maths.anchors import likeness, sample_shapes, worked_distance
from explorer.maths.lab_records import AnchorSearch, LabelShapes
from explorer.network.formulas import worked_row
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.words import counted
from explorer.ui.pictures.curve_view import CurveView
from explorer.ui.pictures.picture_sources import choose_folder
from explorer.ui.pictures.point_sheet import Point
from explorer.ui.pictures.shape_plane import ShapePlane
from explorer.ui.tables.plain_table import PlainTable
from explorer.workspace.lab_work import LabWork
from explorer.workspace.session import Session

TITLE = "Anchors by k-means"
TEACHES = (
    "Anchors are the k shapes that the boxes of a data set are most alike to: each box goes to the anchor with the "
    "smallest 1 − IoU, each anchor moves to the mean of its boxes, and so on. More anchors fit better, ever less so."
)
KEYS = (
    "A click adds a box of that width and height (Insert), a drag or arrows move it, Delete removes it. Choose k on "
    "the curve, by click or arrows; Round goes through the search."
)
LANE, READING = "lab anchors", "lab labels"
LAST = 10
"""The most anchors that are searched."""
FEWEST = 0.01
"""Share of the picture that a box has at least, across and down."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Widths and heights (N, 2) in shares of their pictures, where they come from, and what was left out."""

    shapes: NDArray[np.float64]
    origin: str
    faults: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Boxes) and np.array_equal(self.shapes, other.shapes)

    def __hash__(self) -> int:
        return hash(self.shapes.tobytes())


@dataclass(frozen=True)
class Choice:
    """Which boxes, and how many anchors for them."""

    boxes: Boxes = field(default_factory=lambda: Boxes(sample_shapes(), "made up: as of people, cars and small things"))
    count: int = 5


class AnchorsLab(Lab):
    """Boxes as points, their anchors, and how well these fit for each k."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Choice())
        self.work = LabWork(session, LANE)
        self.found: dict[int, AnchorSearch] = {}
        self.round: int | None = None  # the last one, or before a class the first
        self._asked: Boxes | None = None
        self.back = lab_button("◂ Round", "One round back", lambda: self.go_on(-1))
        self.on = lab_button("Round ▸", "One round on", lambda: self.go_on(1))
        self.where = Text(wrap=False)
        self.where.setMinimumWidth(150)
        self.reading = LabWork(session, READING)
        self.open = lab_button(
            "Labels of a folder…", "The boxes of COCO's, Pascal VOC's or YOLO's labels",
            lambda: choose_folder(self, self.reading.read_shapes),
        )  # fmt: skip
        for widget in (self.open, self.back, self.on, self.where):
            self.tools.addWidget(widget)
        self.plane = ShapePlane()
        self.drawing.addWidget(self.plane)
        self.fit, self.origin = Text(size="title"), Text(role="dim")
        self.faults = Text(role="problem", size="small")
        self.curve = CurveView("k", "mean IoU", LAST)
        self.anchors, self.formulas = PlainTable("Anchors"), FormulaColumn()
        lanes = LaneLine(session, READING), LaneLine(session, LANE)
        for part in (self.fit, self.origin, self.faults, *lanes, self.curve, self.anchors, self.formulas):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.plane
        self.work.answered.connect(self._take)
        self.reading.answered.connect(self._open)
        self.curve.chosen.connect(lambda count: self.edit(replace(self.value, count=count), "count"))
        self.plane.moved.connect(self._move)
        self.plane.added.connect(lambda point, merge: self._put(np.vstack((self.shapes, _at_least(point))), merge))
        self.plane.removed.connect(lambda place, merge: self._put(np.delete(self.shapes, place, 0), merge))
        self.plane.picked.connect(lambda _: self._show_found())
        self.begin()

    @property
    def shapes(self) -> NDArray[np.float64]:
        """Widths and heights (N, 2) of the boxes."""
        shapes: NDArray[np.float64] = self.value.boxes.shapes
        return shapes

    def _move(self, place: int, point: Point, merge: str) -> None:
        shapes = self.shapes.copy()
        shapes[place] = _at_least(point)
        self._put(shapes, merge)

    def _put(self, shapes: NDArray[np.float64], merge: str = "") -> None:
        if len(shapes):
            self.edit(replace(self.value, boxes=Boxes(shapes, "edited here")), merge)

    def _take(self, found: AnchorSearch) -> None:
        self.found[found.count] = found
        self._show_found()

    def _open(self, found: LabelShapes) -> None:
        some = f"drawn from {found.boxes:,} " if found.boxes > len(found.shapes) else ""
        origin = f"{some}on {counted(found.pictures, 'picture')} of {found.name}"
        self.edit(replace(self.value, boxes=Boxes(found.shapes, origin, found.problems)))

    def go_on(self, rounds: int) -> None:
        """Show the anchors so many rounds of the search later, or earlier."""
        found = self.found[self.count]
        last = len(found.rounds) - 1
        self.round = min(max(self._here(last) + rounds, 0), last)
        self._show_found()

    def _here(self, last: int) -> int:
        return self.round if self.round is not None else 0 if self.before_a_class else last

    def rewind(self) -> None:
        self.round = None
        self._show_found()

    def step_on(self, way: int) -> bool:
        more = (self.on if way > 0 else self.back).isEnabled()
        if more:
            self.go_on(way)
        return more

    def show_value(self) -> None:
        boxes: Boxes = self.value.boxes
        if boxes is not self._asked:
            self._asked = boxes
            self.found.clear()
            self.plane.show_points([(wide, high) for wide, high in boxes.shapes.tolist()])
            self.work.search_anchors(boxes.shapes)
            self.origin.say(f"{len(boxes.shapes):,} boxes, {boxes.origin}.")
            more = f" And {len(boxes.faults) - 1:,} more." if len(boxes.faults) > 1 else ""
            self.faults.say(f"{boxes.faults[0]}{more}" if boxes.faults else "")
        self.round = None
        self._show_found()

    @property
    def count(self) -> int:
        """How many anchors are shown: at most as many as there are different boxes."""
        wanted: int = self.value.count
        return min(wanted, len(np.unique(self.shapes, axis=0)))

    def _show_found(self) -> None:
        count = self.count
        found = self.found.get(count)
        self.curve.show_values({number: one.mean_ious[-1] for number, one in self.found.items()}, count)
        last = len(found.rounds) - 1 if found else 0
        here = self._here(last)
        self.back.setEnabled(here > 0)
        self.on.setEnabled(here < last)
        self.where.say("" if not found else f"{here} of {last} rounds" if last else "no round changes these")
        with self.numbers.changing():
            self._show_anchors(found, here)

    def _show_anchors(self, found: AnchorSearch | None, round: int) -> None:
        self.fit.say(f"k = {found.count}: mean IoU {found.mean_ious[round]:.4f}" if found else "")
        if found is None:
            self.plane.show_anchors([], [])
            self.anchors.show_rows((), ())
            self.formulas.show_rows([])
            return
        anchors = found.rounds[round]
        alike = likeness(self.shapes, anchors)
        own, best = alike.argmax(1), alike.max(1)
        self.plane.show_anchors([(wide, high) for wide, high in anchors.tolist()], own.tolist())
        rows = []
        for number, (wide, high) in enumerate(anchors.tolist()):
            here = own == number
            fit = f"{best[here].mean():.3f}" if here.any() else "–"
            rows.append((f"{number + 1}", f"{100 * wide:.1f} %", f"{100 * high:.1f} %", f"{int(here.sum()):,}", fit))
        self.anchors.show_rows(("anchor", "width", "height", "boxes", "mean IoU"), rows)
        picked = self.plane.chosen
        (wide, high), (across, down) = self.shapes[picked].tolist(), anchors[own[picked]].tolist()
        worked = worked_distance((wide, high), (across, down))
        self.formulas.show_rows([worked_row(name, row) for name, row in worked.items()])


def _at_least(point: Point) -> Point:
    return max(point[0], FEWEST), max(point[1], FEWEST)
