"""Lab: landmarks as outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.maths.landmarks import Point, between, landmark_vector, renumbered, squared_error
from explorer.network.formulas import Row
from explorer.network.symbol import Constant, Symbol
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.pictures.landmark_sheet import LandmarkSheet
from explorer.ui.tables.plain_table import PlainTable
from explorer.workspace.session import Session

TITLE = "Landmarks as outputs"
TEACHES = (
    "A network finds k points of a face with 2·k outputs, and one more that says whether there is a face. Landmark 1 "
    "must be the same point on every face: labels that number the dots otherwise teach it the middle between them."
)
KEYS = (
    "Drag a point, or pick it with Page up and down and move it with arrows. A click adds one (Insert), Delete removes."
)
NAMES = ("left eye", "right eye", "nose", "left ear", "right ear")
"""As they are seen in the cat's picture."""


@dataclass(frozen=True)
class Face:
    """Landmarks in shares of the picture; what they are, "" for one that was added; how much further the second label
    numbers them, 0 for one label."""

    picture: str = "cat"
    points: tuple[Point, ...] = (
        (172 / 451, 116 / 300), (319 / 451, 137 / 300), (264 / 451, 242 / 300), (62 / 451, 8 / 300),
        (368 / 451, 33 / 300),
    )  # fmt: skip
    names: tuple[str, ...] = NAMES
    shift: int = 0

    def with_point(self, point: Point) -> Face:
        """With one point more, the last."""
        return replace(self, points=(*self.points, point), names=(*self.names, ""))

    def without(self, place: int) -> Face:
        """Without one point: the others stay what they are, with other numbers."""
        points, names = self.points, self.names
        return replace(self, points=points[:place] + points[place + 1 :], names=names[:place] + names[place + 1 :])


class LandmarksLab(Lab):
    """Points on a face, and the vector they make."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Face())
        self.pictures = LabPicture(session, "cat")
        self.shift = lab_button(
            "Number them otherwise", "A second label has the same dots with other numbers", self._renumber
        )
        self.tools.addWidget(self.pictures)
        self.tools.addWidget(self.shift)
        self.sheet = LandmarkSheet()
        self.drawing.addWidget(self.sheet)
        self.outputs, self.error = Text(size="title"), Text(role="problem")
        self.table, self.formulas = PlainTable("The vector"), FormulaColumn()
        for part in (self.outputs, self.error, self.formulas, self.table):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self.pictures.chosen.connect(self.take_picture)
        self.sheet.moved.connect(self._move)
        self.sheet.added.connect(lambda point, merge: self.edit(self.value.with_point(self._share(point)), merge))
        self.sheet.removed.connect(self._remove)
        self.begin()

    def _share(self, point: Point) -> Point:
        return point[0] / self.sheet.extent[0], point[1] / self.sheet.extent[1]

    def _move(self, place: int, point: Point, merge: str) -> None:
        points = self.value.points
        points = (*points[:place], self._share(point), *points[place + 1 :])
        self.edit(replace(self.value, points=points), merge)

    def _remove(self, place: int, merge: str) -> None:
        if len(self.value.points) > 1:
            self.edit(self.value.without(place), merge)

    def _renumber(self) -> None:
        self.edit(replace(self.value, shift=(self.value.shift + 1) % len(self.value.points)))

    def show_value(self) -> None:
        face: Face = self.value
        self.pictures.show_name(face.picture)
        image = self.pictures.image(face.picture)
        wide, high = extent = (image.width() or 512, image.height() or 512)
        self.sheet.show_image(image, extent)
        self.sheet.show_points([(round(x * wide), round(y * high)) for x, y in face.points])
        count = len(face.points)
        other = renumbered(face.points, face.shift)
        second = bool(face.shift % count)
        rings = [(x * wide, y * high) for x, y in between(face.points, other)] if second else []
        self.sheet.show_rings(rings, [name or str(number) for number, name in enumerate(face.names, 1)])
        self.shift.setEnabled(count > 1)
        self.outputs.say(f"y has {len(landmark_vector(face.points))} numbers")
        error = squared_error(face.points, other)
        self.error.say(
            f"Both labels have the same dots, yet their squared error is {error:.4f}: learning from both, a network "
            "puts each landmark onto its ring, halfway between the two dots that have its number."
            if second
            else ""
        )
        outputs = 2 * Symbol("k", count) + Constant(1, "Whether there is a face.")
        row = Row("outputs", outputs.formula, outputs.numbers, int(outputs), ("Whether there is a face.",), outputs)
        with self.numbers.changing():
            self.formulas.show_rows([row])
            self._show_table(face.names, landmark_vector(face.points), landmark_vector(other) if second else [])

    def _show_table(self, points: Sequence[str], y: list[float], other: list[float]) -> None:
        letters = [f"l_{number}{axis}  {name}".strip() for number, name in enumerate(points, 1) for axis in "xy"]
        names = ["face", *letters]
        columns = [y, *([other] if other else [])]
        head = ("number", *(("y", "other label")[: len(columns)]))
        self.table.show_rows(
            head, [(name, *(f"{column[i]:.4f}" for column in columns)) for i, name in enumerate(names)]
        )
