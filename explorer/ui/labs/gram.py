"""Lab: what style is, the Gram matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.maths.gram import Features, stepped, turned, worked_cost, worked_distance, worked_gram, worked_slope
from explorer.network.formulas import worked_row
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.gram_sheet import SIDE, Cell, GramSheet
from explorer.workspace.session import Session

TITLE = "Style: the Gram matrix"
TEACHES = (
    "Style is which channels of a layer answer together, wherever in the picture they do: G holds, for each two "
    "channels, the sum of their products over all places. Style transfer changes a picture until its G is the A of the "
    "style picture; in the places it is free."
)
KEYS = (
    "Click a number or go there with arrows: one of a matrix shows its sum, one of a map how it would change E. "
    "Figures, + and − change a map."
)
NAMES = ("edges", "dots", "blue")
TITLES = ("The style picture, f", "The picture that is made, F")
RATE = 4.0
"""How far a step goes at first, times the slope."""
MANY = 25
"""Steps at once."""
EQUAL = 1e-6
"""Below it two matrices are called the same."""


@dataclass(frozen=True)
class Maps:
    """What a layer of three channels answers to two pictures of four places.

    steps: how often the second was changed downhill since a number was set by hand.
    """

    style: Features = ((2, 0, 1, 0), (1, 0, 2, 0), (0, 3, 0, 1))
    made: Features = ((0, 1, 0, 1), (2, 0, 1, 0), (1, 1, 0, 0))
    steps: int = 0


class GramLab(Lab):
    """Maps of two pictures, their Gram matrices, and how far these are apart."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Maps())
        self.turn = lab_button(
            "Turn the picture", "Turn the made picture by 90°: the same answers at other places", self._turn
        )
        self.step = lab_button("One step", "Change every number of the made picture against its slope", self._step)
        self.steps = lab_button(f"{MANY} steps", f"The same {MANY} times", lambda: self._step(MANY))
        for button in (self.turn, self.step, self.steps):
            self.tools.addWidget(button)
        self.sheet = GramSheet(TITLES, NAMES)
        self.sheet.setAccessibleName("Maps and Gram matrices")
        self.drawing.addWidget(self.sheet)
        self.cost, self.verdict = Text(size="title"), Text()
        self.formulas = FormulaColumn()
        for widget in (self.cost, self.verdict, self.formulas):
            self.numbers.column.addWidget(widget)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self.sheet.picked.connect(lambda _: self._show_formulas())
        self.sheet.typed.connect(self._set)
        self.begin()

    def _set(self, cell: Cell, number: float) -> None:
        field = ("style", "made")[cell.picture]
        rows = [list(row) for row in getattr(self.value, field)]
        rows[cell.row][cell.column] = number
        self.edit(replace(self.value, **{field: tuple(map(tuple, rows))}, steps=0), f"{cell}")

    def _turn(self) -> None:
        self.edit(replace(self.value, made=turned(self.value.made, SIDE)))

    def _step(self, times: int = 1) -> None:
        value: Maps = self.value
        made, done = value.made, 0
        while done < times and (other := stepped(made, value.style, RATE)) != made:
            made, done = other, done + 1
        self.edit(replace(value, made=made, steps=value.steps + done))

    def show_value(self) -> None:
        value: Maps = self.value
        self.sheet.show_features(value.style, value.made)
        cost = float(worked_cost(value.made, value.style))
        after = f" after {value.steps:,} step{'s' * (value.steps != 1)}" if value.steps else ""
        self.cost.say(f"E = {cost:.4g}{after}")
        same = sorted(zip(*value.made, strict=True)) == sorted(zip(*value.style, strict=True))
        if same:
            verdict = (
                "At its places the made picture has the answers of the style picture, perhaps in another order: E is 0."
            )
        elif cost < EQUAL:
            verdict = "The matrices are the same, and the maps are not: another picture with this style."
        else:
            verdict = "The matrices differ: the channels do not answer together as they do for the style picture."
        self.verdict.say(verdict)
        self._show_formulas()

    def _show_formulas(self) -> None:
        value, (i, j), (channel, k) = self.value, self.sheet.pair, self.sheet.place
        rows = {
            f"G_{i + 1}{j + 1}": worked_gram(value.made, i, j),
            f"A_{i + 1}{j + 1}": worked_gram(value.style, i, j, "f"),
            "S": worked_distance(value.made, value.style),
            "E": worked_cost(value.made, value.style),
            f"∂E/∂F_{channel + 1}{k + 1}": worked_slope(value.made, value.style, channel, k),
        }
        with self.numbers.changing():
            self.formulas.show_rows([worked_row(name, row) for name, row in rows.items()])
