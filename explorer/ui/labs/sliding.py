"""Lab: sliding windows, and the same as one convolution."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout

from explorer.classics.course import WINDOW, WINDOW_STRIDE, sliding_window
from explorer.maths.lab_records import SlidWindows
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.formulas import Row
from explorer.network.network import Network
from explorer.network.settings import setting
from explorer.network.symbol import Symbol
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.pictures.score_map import ScoreMap
from explorer.ui.pictures.volume_chain import Block, VolumeChain
from explorer.ui.pictures.window_sheet import WindowSheet
from explorer.ui.tables.plain_table import PlainTable
from explorer.workspace.images import pixels_of
from explorer.workspace.lab_work import LabWork
from explorer.workspace.session import Session

TITLE = "Sliding windows"
TEACHES = (
    "A network for 14×14 pixels is slid over a larger picture, one window after the other. With its fully connected "
    "layers turned into convolutions it gives the answers for all windows in one pass, and they are the same."
)
KEYS = "Arrows or the mouse slide the window. FC → CONV turns the fully connected layers round; the size is typed."
LANE = "lab windows"
GO = "Slide over all"
PACE = 150
"""Milliseconds a window rests while all are gone through."""


@dataclass(frozen=True)
class Size:
    """How large the picture is."""

    size: int = setting(16, "number", "pixels across the picture, and as many down", letters="n", low=WINDOW, high=40)


@dataclass(frozen=True)
class Slide:
    """The picture, how large it is made, and in which form the network is."""

    picture: str = "cat"
    size: Size = field(default_factory=Size)
    convolutional: bool = False


class SlidingLab(Lab):
    """Window by window on one side, all of them in one pass on the other."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Slide())
        self.work = LabWork(session, LANE)
        self.found: SlidWindows | None = None
        self.visited: set[tuple[int, int]] = set()
        self._asked: object = None
        self.pictures = LabPicture(session, "cat")
        self.form = Form(Size())
        self.turn = lab_button("FC → CONV", "Turn fully connected layers into convolutions, or back", self._turn, True)
        self.walk = lab_button(GO, "Let the window go through all places, or leave it where it is", self._walk)
        for widget in (self.pictures, self.form, self.turn, self.walk):
            self.tools.addWidget(widget)
        self.sheet, self.map, self.chain = WindowSheet(WINDOW, WINDOW_STRIDE), ScoreMap(), VolumeChain()
        row = QHBoxLayout()
        row.addWidget(self.sheet, 3)
        row.addWidget(self.map, 2)
        self.drawing.addLayout(row, 1)
        self.drawing.addWidget(self.chain)
        self.equal, self.honest, self.times = Text(size="title"), Text(), Text(role="dim")
        self.scores, self.layers, self.formulas = PlainTable("Scores"), PlainTable("Costs of layers"), FormulaColumn()
        lane = LaneLine(session, LANE)
        for part in (self.equal, lane, self.times, self.scores, self.honest, self.layers, self.formulas):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self._first = self.sheet
        self._step = QTimer(self, interval=PACE)
        self._step.timeout.connect(self._next)
        self._connect()
        self.begin()

    def _connect(self) -> None:
        self.work.answered.connect(self._take)
        for by_hand in (self.sheet.asked, self.map.picked):
            by_hand.connect(self._stay)
            by_hand.connect(self._slide)
        self.pictures.chosen.connect(self.take_picture)
        self.form.edited.connect(lambda size, name: self.edit(replace(self.value, size=size), name))

    def _turn(self) -> None:
        self.edit(replace(self.value, convolutional=not self.value.convolutional))

    def _slide(self, row: int, column: int) -> None:
        self.sheet.cell = self.map.cell = row, column
        self.visited.add((row, column))
        self._show_cell()

    def _walk(self) -> None:
        if self._step.isActive():
            self._stay()
            return
        self.visited.clear()
        self._slide(0, 0)
        self._step.start()
        self.walk.setText("Stop")

    def _stay(self) -> None:
        self._step.stop()
        self.walk.setText(GO)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody watches where it goes."""
        super().hideEvent(event)
        self._stay()

    def _next(self) -> None:
        places = self.sheet.places
        row, column = self.sheet.cell
        number = row * places + column + 1
        if number < places * places:
            self._slide(*divmod(number, places))
        else:
            self._stay()

    def step_on(self, way: int) -> bool:
        places = self.sheet.places
        number = self.sheet.cell[0] * places + self.sheet.cell[1] + way
        if steps := 0 <= number < places * places:
            self._slide(*divmod(number, places))
        return steps

    def _take(self, found: SlidWindows) -> None:
        self.found = found
        self._show_cell()

    def show_value(self) -> None:
        value: Slide = self.value
        n = value.size.size
        self.pictures.show_name(value.picture)
        self.form.show_value(value.size)
        self.turn.setChecked(value.convolutional)
        self.turn.setText("CONV → FC" if value.convolutional else "FC → CONV")
        smooth, whole = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.IgnoreAspectRatio
        image = self.pictures.image(value.picture)
        small = image.scaled(n, n, whole, smooth)
        if (asked := (image.cacheKey(), value.picture, n)) != self._asked:
            self._asked, self.found = asked, None
            self.visited.clear()
            self._stay()
            self.sheet.show_image(small, (float(n), float(n)))
            if not small.isNull():
                self.work.slide(pixels_of(small))
        network = sliding_window(n if value.convolutional else WINDOW, value.convolutional)
        self.chain.show_blocks(_blocks(network))
        self._show_costs(n)
        last = self.sheet.places - 1
        self._slide(*(min(at, last) for at in self.sheet.cell))

    def _show_cell(self) -> None:
        places, found = self.sheet.places, self.found
        cell = self.sheet.cell
        every = {(row, column) for row in range(places) for column in range(places)}
        shown = every if self.value.convolutional else self.visited
        scores = None if found is None else found.at_once if self.value.convolutional else found.alone
        self.map.show_scores(scores, (places, places), shown)
        self.sheet.update()
        if found is None:
            self.equal.say("")
            self.times.say("")
            self.scores.show_rows((), ())
            return
        self.equal.say(f"Largest difference of all scores: {found.difference:.1e}")
        self.times.say(
            f"Measured here: {places * places} windows one by one {found.alone_milliseconds:.2f} ms, in one pass "
            f"{found.at_once_milliseconds:.2f} ms, {found.speed_up:.1f} times as fast. The weights are random."
        )
        rows = [
            (f"class {number}", f"{alone:.6f}", f"{at_once:.6f}")
            for number, (alone, at_once) in enumerate(zip(found.alone[cell], found.at_once[cell], strict=True), 1)
        ]
        self.scores.show_rows((f"window at row {cell[0]}, column {cell[1]}", "cut out", "in one pass"), rows)

    def _show_costs(self, n: int) -> None:
        places = self.sheet.places
        count = places * places
        window, whole = sliding_window(WINDOW, convolutional=False), sliding_window(n)
        one, at_once = analyse(window), analyse(whole)
        rows = [
            (id, f"{facts.parameters:,}", f"{count * facts.macs:,}", f"{at_once[id].macs:,}")
            for id, facts in one.items()
            if facts.parameters
        ]
        alone, together = count * totals(one).macs, totals(at_once).macs
        rows.append(("all", f"{totals(one).parameters:,}", f"{alone:,}", f"{together:,}"))
        self.layers.show_rows(("layer", "parameters", f"MACs, {count} windows", "MACs, one pass"), rows)
        same = sum(
            at_once[id].macs for id, facts in one.items() if facts.macs and count * facts.macs == at_once[id].macs
        )
        self.honest.say(
            f"One by one takes {alone / together:.2f} times the multiplications of one pass. Only conv1 is shared "
            f"between windows: the other layers need the same {same:,} either way, for each window has its own 5×5×16 "
            "numbers there. What is saved besides is that one call does it all."
        )
        self.formulas.show_rows(_formulas(n, one, count))


def _blocks(network: Network) -> list[Block]:
    """The volumes of the layers that change the shape, or have weights."""
    blocks, facts = [], analyse(network)
    for node in network.order:
        shape = facts[node.id].shape or ()
        kind = type(node.layer).__name__
        if kind in ("ReLU", "Flatten"):
            continue
        words = {"Input": "", "Linear": f"FC {shape[0]}", "MaxPool2d": "pool 2×2"}.get(kind)
        if words is None:
            kernel = node.layer.kernel  # type: ignore[attr-defined]  # what is left are convolutions
            words = f"CONV {kernel}×{kernel}"
        blocks.append(Block(shape, words))
    return blocks


def _formulas(n: int, one: dict[str, Facts], count: int) -> list[Row]:
    side = (Symbol("n", n) - Symbol("w", WINDOW)) // Symbol("s", WINDOW_STRIDE) + 1
    macs = Symbol("k", count) * Symbol("MACs", totals(one).macs)
    windows = Symbol("places", int(side)) * Symbol("places", int(side))
    named = {"places": side, "windows k": windows, "one by one": macs}
    return [Row(name, x.formula, x.numbers, int(x), (), x) for name, x in named.items()]
