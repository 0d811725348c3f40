"""How the picked box came about: the formulas with its numbers, and how sure the head is of each class."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.maths.box_records import Spot
from explorer.maths.head_records import Head, Heads
from explorer.network.formulas import worked_row
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.controls.growing_column import BROAD, GrowingColumn
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import share_in_words
from explorer.ui.pictures.detection_words import place_in_words
from explorer.ui.tables.bar_rows import BarList, Row, nothing
from explorer.ui.theme import GRID

NOTHING = "Click a box, or a cell of the grid: how the head came to its box is shown here. Arrows go to the next cell."
LETTERS = {
    "t_": "What entered the head there: the numbers of the last convolution.",
    "c_": "The number of the cell's column, or row, counted from 0.",
    "n_": "How many cells there are beside, or above, each other.",
    "p_w": "The width of the anchor, in pixels of the network's input.",
    "p_h": "The height of the anchor, in pixels of the network's input.",
    "p_c": "How sure the head is that something is there.",
    "t_o": "Centre-ness: how near the cell is to the middle of the thing.",
    "x_a": "The middle of the anchor, or region, across, in pixels of the network's input.",
    "y_a": "The middle of the anchor, or region, down, in pixels of the network's input.",
    "w_a": "The width of the anchor, or region, in pixels of the network's input.",
    "h_a": "The height of the anchor, or region, in pixels of the network's input.",
    "v": "What moves of the middle are divided by; it evens the sizes of the numbers out in training.",
    "u": "What the logarithms of sizes are divided by.",
    "k_": "How many of the picture's pixels one of the network's input is.",
    "w_p": "The width of the picture in pixels of the network's input: boxes end there.",
    "h_p": "The height of the picture in pixels of the network's input: boxes end there.",
    "ln": "The logarithm of the sum of exp(t) over all classes, that of nothing included.",
    "b_": "From the formula of this name above.",
    "r": "How far a middle reaches: above 1 it can get to the cell's very edge (YOLOv4).",
    "W": "The width of the network's input in pixels.",
    "H": "The height of the network's input in pixels.",
    "P": "The chance of the class, if something is there.",
    "x_0": "Where the network's input begins on the picture, from the left.",
    "y_0": "Where the network's input begins on the picture, from above.",
    "w": "How wide the network's input lies on the picture, in its pixels.",
    "h": "How high the network's input lies on the picture, in its pixels.",
    "m": "The largest t of all classes: taken from each, it changes no share.",
}
"""What the letters of the formulas mean, by the letter or how it begins."""


class BoxPage(QWidget):
    """One box of a head in numbers."""

    class_picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.header, self.said = Text(NOTHING), Text(role="dim", size="small")
        self.scores = BarList("Chances of the classes, the greatest first")
        self.scores.setMaximumHeight(13 * GRID)
        self.formulas = GrowingColumn(BROAD)
        self.formulas.column.setContentsMargins(0, 0, 0, 0)
        self.formulas.column.addStretch(1)
        self.formulas.column.addWidget(self.scores)
        self.views: list[FormulaView] = []
        self._order: list[int] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.said)
        column.addWidget(self.formulas, 100)
        column.addStretch(1)
        self.scores.picked.connect(self._pick)
        self.show_box(None, None, 0)

    def show_box(self, heads: Heads | None, spot: Spot | None, index: int) -> None:
        """Show how one box was decoded, and the chance of class `index`; None shows what to do."""
        there = heads is not None and spot is not None
        self.formulas.setVisible(there)
        self.said.say("")
        self.header.say(NOTHING)
        if heads is None or spot is None:
            return
        from explorer.maths.decoding import decoding, in_cells

        steps = decoding(heads, spot, index)
        head, score = heads.heads[spot.head], next(float(one.worked) for one in steps if one.name == "score")
        self.header.say(f"{heads.label(index)} {share_in_words(score)} · {head.node} · {place_in_words(heads, spot)}")
        if isinstance(head, Head):
            x, y, w, h = in_cells(heads, spot)
            self.said.say(f"Counted in cells: b_x = {x:.3g}, b_y = {y:.3g}, b_w = {w:.3g}, b_h = {h:.3g}.")
        self._show_scores(heads, spot, index)
        rows = [worked_row(step.name, step.worked) for step in steps]
        with self.formulas.changing():
            for number, row in enumerate(rows):
                if number == len(self.views):
                    self.views.append(FormulaView(row))
                    self.views[-1].asked.connect(self._explain)
                    self.formulas.column.insertWidget(number, self.views[-1])
                self.views[number].show_row(row)
            for number, view in enumerate(self.views):
                view.setVisible(number < len(rows))

    def text(self) -> str:
        """All formulas, one a line."""
        return "\n".join(f"{view.row.name} = {view.row}" for view in self.views)

    def _show_scores(self, heads: Heads, spot: Spot, index: int) -> None:
        from explorer.maths.decoding import chances_of

        chances = dict(chances_of(heads, spot))
        self.scores.setVisible(len(chances) > 1)
        self._order = list(chances)
        if index in self._order[5:]:  # its formula is shown: so is its row
            self._order.insert(5, self._order.pop(self._order.index(index)))

        def row(number: int) -> Row:
            kind = self._order[number]
            return Row(heads.label(kind), share_in_words(float(chances[kind])), share=float(chances[kind]), low=0.0)

        self.scores.show_rows(0, nothing, None)
        self.scores.show_rows(len(self._order), row, (id(heads), spot, index))

    def _pick(self, row: int) -> None:
        if row < len(self._order):
            self.class_picked.emit(self._order[row])

    def _explain(self, letter: str) -> None:
        told = LETTERS.get(letter) or next((LETTERS[key] for key in LETTERS if letter.startswith(key)), "")
        self.said.say(f"{letter}: {told}" if told else "")
