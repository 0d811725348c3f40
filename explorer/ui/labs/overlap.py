"""Lab: how much do two boxes overlap?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from explorer.maths.boxes import Box, area, iou, overlap
from explorer.maths.overlap import worked_overlap
from explorer.network.formulas import worked_row
from explorer.ui import theme
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.box_sheet import BoxSheet, Drawn
from explorer.workspace.session import Session

TITLE = "Intersection over union"
TEACHES = (
    "How well a box lies on another one is the area that both have (their intersection), divided by the area that at "
    "least one has (their union): 1 where they are the same, 0 where they do not meet. From 0.5 on a detection is "
    "usually called right."
)
KEYS = "Drag a box or its edges. Page up and down pick a box, arrows move it, with Shift they resize it."
EXTENT = (8.0, 6.0)
STEP = 0.5
RIGHT = 0.5
"""From here on a detection is right; Everingham et al. 2010, The Pascal VOC challenge, section 4.2."""


@dataclass(frozen=True)
class Pair:
    """Two boxes; at first those of the course's exercise."""

    a: Box = (2, 1, 4, 3)
    b: Box = (1, 2, 3, 4)


class PairSheet(BoxSheet):
    """Two boxes, with what both have shaded darker than what either has."""

    def paint_under(self, painter: QPainter) -> None:
        colours = theme.current()
        a, b = (one.box for one in self.drawn)
        light = QColor(colours.accent)
        light.setAlphaF(0.18)
        for box in (a, b):
            painter.fillRect(self.outline(box), light)
        if area(both := overlap(a, b)):
            shared: QRectF = self.outline(both)
            painter.fillRect(shared, light)
            painter.fillRect(shared, QBrush(QColor(colours.accent), Qt.BrushStyle.BDiagPattern))


class OverlapLab(Lab):
    """Drag two boxes and watch intersection, union and their quotient."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Pair())
        self.sheet = PairSheet(EXTENT, STEP, squares=True)
        self.sheet.setAccessibleName("Two boxes")
        self.drawing.addWidget(self.sheet)
        self.exact, self.verdict = Text(size="title"), Text(role="dim")
        self.formulas = FormulaColumn()
        for widget in (self.exact, self.verdict, self.formulas):
            self.numbers.column.addWidget(widget)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self.sheet.changed.connect(self._change)
        self.begin()

    def _change(self, place: int, box: Box, merge: str) -> None:
        self.edit(replace(self.value, **{("a", "b")[place]: box}), merge)

    def show_value(self) -> None:
        pair: Pair = self.value
        named = zip(("A", "B"), (pair.a, pair.b), strict=True)
        boxes = [
            Drawn(box, f"{name} ({', '.join(f'{side:g}' for side in box)})", i) for i, (name, box) in enumerate(named)
        ]
        self.sheet.show_boxes(boxes)
        exact = iou(pair.a, pair.b)
        self.exact.say(f"IoU = {exact} = {float(exact):.6f}" if exact.denominator > 1 else f"IoU = {exact}")
        self.verdict.say(
            f"At least {RIGHT:g}: if one is what was found and the other what is there, it is found."
            if exact >= RIGHT
            else f"Below {RIGHT:g}: if one is what was found and the other what is there, it is missed."
        )
        with self.numbers.changing():
            self.formulas.show_rows([worked_row(name, row) for name, row in worked_overlap(pair.a, pair.b).items()])
