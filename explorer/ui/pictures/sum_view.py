"""A sum built up on screen: the channels that put something in, their numbers, and steps one plays or goes through."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from explorer.maths.adding_up import AddingUp
from explorer.maths.explanations import Explanation, Window
from explorer.ui.controls.labels import Text
from explorer.ui.controls.sign_button import sign_button
from explorer.ui.pictures.number_grids import Grids, Matrix, NumberGrids, exact
from explorer.ui.pictures.part_list import PartList
from explorer.ui.theme import GRID

SPEEDS = {"Slow": 1200, "Normal": 500, "Fast": 120}
"""Milliseconds a step is shown."""
MOST = 110
"""Per cent of the height it needs that it takes at most: what is left is the formulas'."""
SPOKEN = 25
"""Cells that are read out."""


class SumView(QWidget):
    """Window × weights = products of one channel at a time. It stands still until somebody plays it.

    Space plays, Left and Right step, Home and End go to either end, Enter or a click asks where a number comes from.
    """

    walk_requested = Signal(object)  # Place

    def __init__(self) -> None:
        super().__init__()
        self.adding: AddingUp | None = None
        self.step = 0
        self._part = 0
        self._explanation: Explanation | None = None
        self._clock = QTimer(self, interval=SPEEDS["Normal"])
        self._clock.timeout.connect(lambda: self.show_step(self.step + 1))
        self.start = sign_button("|◀", "From the beginning (Home)", lambda: self.show_step(0))
        self.before = sign_button("◀", "One step back (Left)", lambda: self.show_step(self.step - 1))
        self.play = sign_button("▶", "Play (Space)", self.toggle)
        self.next = sign_button("▷", "One step on (Right)", lambda: self.show_step(self.step + 1))
        self.speed = QComboBox()
        self.speed.addItems(list(SPEEDS))
        self.speed.setCurrentText("Normal")
        self.speed.setAccessibleName("Speed")
        self.speed.currentTextChanged.connect(lambda name: self._clock.setInterval(SPEEDS[name]))
        self.sum = Text(wrap=False)
        self.grids = NumberGrids()
        self.parts = PartList()
        self.tools = QWidget()
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.start, self.before, self.play, self.next, self.speed):
            row.addWidget(widget)
        drawn = QWidget()
        inner = QVBoxLayout(drawn)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID // 2)
        inner.addWidget(self.grids, 1)
        inner.addWidget(self.sum)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.addWidget(self.parts)
        beside.addWidget(drawn)
        beside.setStretchFactor(1, 1)
        beside.setSizes([20 * GRID, 40 * GRID])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(beside)
        self.grids.picked.connect(self._ask)
        self.parts.chosen.connect(self._show_part)
        self.parts.all_requested.connect(lambda: self._add_up(everything=True))

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._clock.isActive()

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Show another number's sum, as it is in the end."""
        self._explanation = explanation
        self._add_up(everything=False)
        self._keep_height()

    def grow(self, larger: float) -> None:
        """Be drawn up to so many times as large as the theme has it."""
        self.grids.grow(larger)
        self.sum.grow(larger)
        self._keep_height()

    def _keep_height(self) -> None:
        """Take no more height than the matrices need."""
        explanation = self._explanation
        rows = max((window.padded.shape[0] for window in explanation.windows), default=0) if explanation else 0
        text = self.sum.fontMetrics().height()
        needed = max(self.grids.height_for(rows) + 2 * text, (self.parts.parts.height + 1) * text)
        self.setMaximumHeight(max(MOST * needed // 100, self.minimumSizeHint().height()))

    def _add_up(self, everything: bool) -> None:
        self.adding = AddingUp(self._explanation, everything) if self._explanation else None
        self.parts.setVisible(self.adding is not None and self.adding.count > 1)
        self.tools.setVisible(self.adding is not None and self.adding.builds)
        self.parts.show_parts(self.adding)
        self._show_part(0)

    # The steps

    def show_step(self, step: int) -> None:
        """Show how far the sum is after so many steps."""
        adding = self.adding
        if adding is None or not adding.builds:
            return
        self.step = max(0, min(step, adding.steps))
        stand, whole = adding.stand(self.step), self.step == adding.steps
        others = stand.part == adding.told
        self._part = stand.part - others
        self.parts.choose(stand.part)
        self._draw(adding.cells(adding.part(self._part)) if others else stand.cells)
        done = "the largest" if adding.gathered == "max" else "the sum"
        self.sum.say(f"{self.step:,} of {adding.steps:,} · {done}{'' if whole else ' so far'}: {exact(stand.amount)}")
        if whole:
            self.pause()

    def step_on(self, way: int) -> bool:
        """Go so many steps on; False where there is no sum to go through."""
        builds = self.adding is not None and self.adding.builds
        if builds:
            self.pause()
            self.show_step(self.step + way)
        return builds

    def toggle(self) -> None:
        """Play the steps, or stop there; at the end begin anew."""
        if self.playing:
            self.pause()
        elif self.adding is not None and self.adding.builds:
            self.show_step(0 if self.step == self.adding.steps else self.step)
            self._clock.start()
            self.play.setText("❚❚")

    def pause(self) -> None:
        """Stop where it is."""
        if self.playing:
            self._clock.stop()
            self.play.setText("▶")

    def _show_part(self, part: int) -> None:
        """Show all numbers of one part."""
        self.pause()
        adding = self.adding
        if adding is None or not adding.count:
            self.grids.show_grids(None)
            self.sum.say("")
            return
        self.step = adding.end_of(part)
        self._part = part
        self.parts.choose(part)
        one = adding.part(part)
        self._draw(adding.cells(one))
        number = adding.windows[one.window].channels[one.channel]
        self.sum.say(f"channel {number} puts in {exact(one.amount)}" if adding.builds else "")

    def _draw(self, taken: int) -> None:
        assert self.adding is not None
        part, window = self._shown
        channel = int(window.channels[part])
        rows, columns = window.padded.shape
        matrices = [Matrix(f"{window.node}, channel {channel}", window.values[part])]
        if window.weights is not None:
            matrices.append(Matrix("weights", window.weights[part], "×"))
            matrices.append(Matrix("products", self.adding.products(self.adding.part(self._part)), "="))
        cells, marked = rows * columns, None
        if window.winner is not None and taken == cells:
            marked = divmod(window.winner, columns)
        elif 0 < taken < cells:
            marked = divmod(taken - 1, columns)
        self.grids.show_grids(Grids(tuple(matrices), window.padded, taken, marked) if cells else None)
        self.grids.setAccessibleName(f"{window.node}, channel {channel}, {rows} by {columns} numbers")
        told = [self.grids.told(divmod(at, columns)) for at in range(min(cells, SPOKEN))]
        self.grids.setAccessibleDescription("; ".join(told) + ("; and more" if cells > SPOKEN else ""))

    @property
    def _shown(self) -> tuple[int, Window]:
        """Which of a window's channels is shown."""
        assert self.adding is not None
        part = self.adding.part(self._part)
        return part.channel, self.adding.windows[part.window]

    def _ask(self, row: int, column: int) -> None:
        channel, window = self._shown
        place = window.place(channel, row, column)
        if place is None:
            self.sum.say("This cell is padding: it comes from no pixel.")
        else:
            self.walk_requested.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), self.adding.steps if self.adding else 0
        steps = {
            Qt.Key.Key_Left: self.step - 1, Qt.Key.Key_Right: self.step + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        if key == Qt.Key.Key_Space:
            self.toggle()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.grids.grids is not None:
            self._ask(*(self.grids.grids.marked or (0, 0)))
        elif key in steps:
            self.pause()
            self.show_step(steps[key])
        else:
            super().keyPressEvent(event)
