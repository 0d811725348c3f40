"""Lab: the loss of classification with localisation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from explorer.maths.boxes import Box, pixels, share
from explorer.maths.losses import worked_object_loss
from explorer.maths.targets import entry_names
from explorer.maths.worked import Worked
from explorer.network.formulas import worked_row
from explorer.network.settings import setting
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.box_sheet import BoxSheet, Drawn
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.tables.plain_table import PlainTable
from explorer.ui.tables.target_rows import ANY
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

TITLE = "The loss of a box"
TEACHES = (
    "Where an object is, all eight numbers of the answer are held against the label; where none is, only p_c counts, "
    "and the other seven may be anything. In practice p_c and the classes get logarithms in place of squares."
)
KEYS = (
    "Drag label and answer, or move them with arrows, with Shift to resize; Page up and down pick one. Set the rest in "
    "the fields."
)
CLASSES = ("cup", "saucer", "spoon")


@dataclass(frozen=True)
class Label:
    """What is there."""

    object: bool = setting(True, "switch", "whether one of the three things is there: p_c = 1, else 0")
    kind: str = setting(CLASSES[0], "choice", "which of them", choices=CLASSES)


@dataclass(frozen=True)
class Answer:
    """What the network says, but for its box."""

    something: float = setting(0.8, "fraction", "that there is something", letters="p_c", low=0, high=1)
    cup: float = setting(0.7, "fraction", "that it is a cup", letters="c_1", low=0, high=1)
    saucer: float = setting(0.2, "fraction", "that it is a saucer", letters="c_2", low=0, high=1)
    spoon: float = setting(0.1, "fraction", "that it is a spoon", letters="c_3", low=0, high=1)


@dataclass(frozen=True)
class Case:
    """A label and an answer; boxes in shares of the picture."""

    picture: str = "coffee"
    label: Label = field(default_factory=Label)
    answer: Answer = field(default_factory=Answer)
    truth: Box = (172 / 600, 17 / 400, 410 / 600, 307 / 400)
    guess: Box = (210 / 600, 50 / 400, 480 / 600, 340 / 400)

    @property
    def y(self) -> list[float]:
        """p_c, b_x, b_y, b_h, b_w and the classes of the label."""
        kinds = [float(self.label.kind == name) for name in CLASSES]
        return [float(self.label.object), *_middle_and_size(self.truth), *kinds]

    @property
    def said(self) -> list[float]:
        """The same of the answer."""
        said = self.answer
        return [said.something, *_middle_and_size(self.guess), said.cup, said.saucer, said.spoon]


class LossLab(Lab):
    """Two boxes on a picture, what is there and what is said, and the loss term by term."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Case())
        self.pictures = LabPicture(session, "coffee")
        self.tools.addWidget(self.pictures)
        self.sheet = BoxSheet((1.0, 1.0), 1.0)
        self.sheet.setAccessibleName("Label and answer")
        self.label, self.answer = Form(Label()), Form(Answer())
        below = QGridLayout()
        below.setHorizontalSpacing(3 * GRID)
        for column, (title, form) in enumerate((("The label, y", self.label), ("The answer, ŷ", self.answer))):
            below.addWidget(Text(title, role="dim"), 0, column)
            below.addWidget(form, 1, column, Qt.AlignmentFlag.AlignTop)
        self.drawing.addWidget(self.sheet, 1)
        self.drawing.addLayout(below)
        self.sum, self.count = Text(size="title"), Text()
        self.terms, self.formulas = PlainTable("Terms of the loss"), FormulaColumn()
        for part in (self.sum, self.count, self.terms, self.formulas):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self.sheet.changed.connect(self._move)
        self.pictures.chosen.connect(self.take_picture)
        self.label.edited.connect(lambda label, name: self.edit(replace(self.value, label=label), name))
        self.answer.edited.connect(lambda answer, name: self.edit(replace(self.value, answer=answer), name))
        self.begin()

    def _move(self, place: int, box: Box, merge: str) -> None:
        which = self.sheet.drawn[place].colour
        self.edit(replace(self.value, **{("truth", "guess")[which]: share(box, self.sheet.extent)}), merge)

    def show_value(self) -> None:
        case: Case = self.value
        self.pictures.show_name(case.picture)
        self.label.show_value(case.label)
        self.label.enable("kind", case.label.object)
        self.answer.show_value(case.answer)
        image = self.pictures.image(case.picture)
        extent = (image.width() or 512, image.height() or 512)
        self.sheet.show_image(image, extent)
        truth = [Drawn(pixels(case.truth, extent), f"y: {case.label.kind}", 0)] if case.label.object else []
        self.sheet.show_boxes([*truth, Drawn(pixels(case.guess, extent), "ŷ", 1)])
        terms = worked_object_loss(case.y, case.said)
        loss = sum(terms)
        self.sum.say(f"Loss = {loss:.4g}")
        self.count.say(
            f"p_c = 1: {len(terms)} terms."
            if len(terms) > 1
            else f"p_c = 0: 1 term; {ANY} stands where y does not matter."
        )
        with self.numbers.changing():
            self._show_terms(case, terms)

    def _show_terms(self, case: Case, terms: list[Worked]) -> None:
        rows = []
        for number, (name, wanted, said) in enumerate(zip(entry_names(CLASSES), case.y, case.said, strict=True)):
            counts = number < len(terms)
            rows.append((
                f"{number + 1}  {name}", f"{wanted:.4g}" if counts else ANY, f"{said:.4g}",
                f"{terms[number]:.4g}" if counts else "–",
            ))  # fmt: skip
        self.terms.show_rows(("number", "y", "ŷ", "(ŷ − y)²"), rows)
        self.formulas.show_rows([worked_row("Loss", reduce(add, terms))])


def _middle_and_size(box: Box) -> tuple[float, float, float, float]:
    """b_x, b_y, b_h and b_w, in shares of the picture."""
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, bottom - top, right - left
