"""Lab: the style of two pictures, as a layer of the open network sees it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout

from explorer.maths.lab_records import LayerStyles
from explorer.maths.worked import Worked, power
from explorer.network.formulas import worked_row
from explorer.network.settings import setting
from explorer.probes.style_layers import usual_layers
from explorer.ui.controls.form import Form
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.lab import Lab, lab_button
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.pictures.gram_view import GramView, map_image
from explorer.ui.pictures.lab_picture import LabPicture
from explorer.ui.pictures.number_grids import brief
from explorer.ui.pictures.picture_view import PictureView
from explorer.ui.tables.plain_table import PlainTable
from explorer.workspace.images import pixels_of
from explorer.workspace.lab_work import LabWork
from explorer.workspace.session import Session

TITLE = "Style of a layer"
TEACHES = (
    "The Gram matrices of a layer for two pictures. Each pixel is a pair of channels, red where both answer at the "
    "same places. Below are the maps of the two channels, and their product, whose mean is that number."
)
KEYS = "Click a pair of channels in a matrix, or type their numbers. The wheel zooms, a drag moves."
NO_MAPS = (
    "Open a network with convolutions first, best a trained one such as the VGG-16 trunk of the model library: its "
    "layers are looked at here."
)
LANE = "lab style"
TRUNK = "vgg16_trunk"
FIRST = 8
"""Pairs of channels in the table, those that differ most."""
ROWS = (("style", "Style picture"), ("made", "Other picture"))


@dataclass(frozen=True)
class Pair:
    """Two channels of the layer, counted from 0."""

    first: int = setting(0, "number", "one channel", letters="i")
    second: int = setting(1, "number", "the other channel", letters="j")


@dataclass(frozen=True)
class Look:
    """Two pictures, a layer, "" for the first that tells style, and two of its channels."""

    style: str = "rocket"
    made: str = "cat"
    node: str = ""
    pair: Pair = field(default_factory=Pair)


class LayerStyleLab(Lab):
    """Two Gram matrices side by side, and what one number of them is made of."""

    def __init__(self, session: Session) -> None:
        super().__init__(TITLE, TEACHES, KEYS, Look())
        self.session = session
        self.work = LabWork(session, LANE)
        self.found: LayerStyles | None = None
        self._asked: object = None
        self.nodes = QComboBox()
        self.nodes.setAccessibleName("Layer")
        self.nodes.setToolTip("Which layer's channels are compared")
        self.pictures = {name: LabPicture(session, getattr(Look(), name)) for name, _ in ROWS}
        self.form = Form(Pair())
        self.trunk = lab_button(
            "Open the VGG-16 trunk", "Get it where it is not here yet, and open it", self._open_trunk
        )
        self.tools.addWidget(self.trunk)
        self.tools.addWidget(self.nodes)
        for name, title in ROWS:
            self.pictures[name].setAccessibleName(title)
            self.pictures[name].setToolTip(title)
            self.tools.addWidget(self.pictures[name])
        self.matrices = {name: GramView(f"Gram matrix, {title}") for name, title in ROWS}
        self.maps = {name: [PictureView() for _ in range(3)] for name, _ in ROWS}
        self.captions = {name: Text(title, role="dim", size="small", wrap=False) for name, title in ROWS}
        self._lay_out_drawing()
        self.cost, self.empty = Text(size="title"), Text(role="dim")
        self.table, self.formulas = PlainTable("Pairs that differ most"), FormulaColumn()
        for part in (self.empty, self.cost, LaneLine(session, LANE), self.form, self.formulas, self.table):
            self.numbers.column.addWidget(part)
        self.numbers.column.addStretch(1)
        self.setFocusProxy(self.nodes)
        self._connect()
        self.begin()

    def _lay_out_drawing(self) -> None:
        halves, grid = QHBoxLayout(), QGridLayout()
        for row, (name, title) in enumerate(ROWS):
            halves.addWidget(self.matrices[name], 1)
            grid.addWidget(self.captions[name], 2 * row, 0, 1, 3)
            for column, view in enumerate(self.maps[name]):
                view.setAccessibleName(f"{title}, {('one channel', 'the other', 'their product')[column]}")
                view.setMinimumSize(60, 60)
                grid.addWidget(view, 2 * row + 1, column)
        self.drawing.addLayout(halves, 3)
        self.drawing.addLayout(grid, 4)

    def _connect(self) -> None:
        session = self.session
        self.work.answered.connect(self._take)
        self.nodes.activated.connect(lambda _: self.edit(replace(self.value, node=self.nodes.currentData())))
        self.form.edited.connect(lambda pair, name: self.edit(replace(self.value, pair=pair), name))
        for name, _ in ROWS:
            self.pictures[name].chosen.connect(lambda chosen, which=name: self._choose(which, chosen))
            self.matrices[name].clicked.connect(self._pick)
        session.opened.connect(lambda _: self.show_value())
        session.document.changed.connect(lambda change: self.show_value() if change.runs_otherwise else None)

    def _open_trunk(self) -> None:
        self.session.open_model(TRUNK)

    def _choose(self, which: str, name: str) -> None:
        if getattr(self.value, which) == name:
            self.show_value()
        self.edit(replace(self.value, **{which: name}))

    def _pick(self, pixel: QPoint) -> None:
        self.edit(replace(self.value, pair=Pair(pixel.y(), pixel.x())))

    def _take(self, found: LayerStyles) -> None:
        self.found = found
        self._show_pair()

    @property
    def node(self) -> str:
        """The layer that is looked at; "" where the open network has none with maps."""
        offered = [self.nodes.itemData(row) for row in range(self.nodes.count())]
        if self.value.node in offered:
            return str(self.value.node)
        network, facts = self.session.document.project.network, self.session.document.facts
        usual = [layer.node for layer in usual_layers(network, facts)[1]]
        return next((node for node in (*usual, *offered) if node in offered), "")

    def show_value(self) -> None:
        value: Look = self.value
        self._offer_nodes()
        node = self.node
        self.nodes.setCurrentIndex(self.nodes.findData(node))
        images = {name: self.pictures[name].image(getattr(value, name)) for name, _ in ROWS}
        for name, _ in ROWS:
            self.pictures[name].show_name(getattr(value, name))
        self.form.show_value(value.pair)
        self.empty.say("" if node else NO_MAPS)
        self.trunk.setVisible(not node)
        for part in (self.nodes, self.form):
            part.setVisible(bool(node))
        project = self.session.document.project
        asked = (
            project.network,
            project.weights,
            project.factors,
            project.recipe,
            node,
            *(i.cacheKey() for i in images.values()),
        )
        if asked != self._asked:
            self._asked, self.found = asked, None
            if node and not any(image.isNull() for image in images.values()):
                self.work.compare_styles(node, *(pixels_of(images[name]) for name, _ in ROWS))
        self._show_pair()

    def _offer_nodes(self) -> None:
        offered = list(_with_maps(self.session))
        if offered != [(self.nodes.itemText(row), self.nodes.itemData(row)) for row in range(self.nodes.count())]:
            self.nodes.clear()
            for text, node in offered:
                self.nodes.addItem(text, node)

    def _show_pair(self) -> None:
        found = self.found
        count = len(found.a) if found else 0
        i, j = (min(at, max(0, count - 1)) for at in (self.value.pair.first, self.value.pair.second))
        reach = float(max(abs(found.a).max(), abs(found.g).max())) if found else 1.0
        for (name, title), matrix in zip(ROWS, ("a", "g"), strict=True):
            self.matrices[name].show_matrix(getattr(found, matrix, None), reach, (i, j))
            values = getattr(found, name, None)
            parts = [None] * 3 if values is None else [values[i], values[j], values[i] * values[j]]
            self.captions[name].say(f"{title}: channel {i}, channel {j}, and their product" if found else title)
            for view, part in zip(self.maps[name], parts, strict=True):
                view.show_image(map_image(part, float(abs(part).max())) if part is not None else QImage())
        with self.numbers.changing():
            self._show_numbers(i, j)

    def _show_numbers(self, i: int, j: int) -> None:
        found = self.found
        if found is None:
            self.cost.say("")
            self.formulas.show_rows([])
            self.table.show_rows((), ())
            return
        self.cost.say(f"E = {brief(found.cost)}")
        self.formulas.show_rows([worked_row(name, row) for name, row in _worked(found, i, j).items()])
        self.table.show_rows(("channels", "style", "other", "difference"), list(_different(found)))


def _with_maps(session: Session) -> Iterator[tuple[str, str]]:
    """The layers one may look at, in words and by id."""
    facts = session.document.facts
    for node in session.document.project.network.order:
        shape = facts[node.id].shape
        if node.inputs and shape is not None and len(shape) == 3 and min(shape) > 1:
            yield f"{node.id} · {'×'.join(map(str, shape))}", node.id


def _worked(found: LayerStyles, i: int, j: int) -> dict[str, Worked]:
    """The number of each matrix, and the distance of both."""
    _, height, width = found.style.shape
    channels, places, size = len(found.a), height * width, math.sqrt(found.a.diagonal().mean())
    distance = float(((found.g - found.a) ** 2).sum())
    numbers = {"A": found.a, "G": found.g}
    rows = {
        f"{name}_{i},{j} / M": Worked(f"{name}_{i},{j}", float(matrix[i, j]) * places) / Worked("M", places)
        for name, matrix in numbers.items()
    }
    squares = power(Worked("N", channels), 2) * power(Worked("r", size), 4)
    return {**rows, "E": Worked("Σ(G/M − A/M)²", distance) / (4 * squares)}


def _different(found: LayerStyles) -> Iterator[tuple[str, str, str, str]]:
    """The pairs of channels in which the pictures differ most."""
    import numpy as np

    apart = np.triu(np.abs(found.g - found.a))
    for at in np.argsort(apart, axis=None)[::-1][:FIRST]:
        i, j = divmod(int(at), len(apart))
        a, g = float(found.a[i, j]), float(found.g[i, j])
        yield f"{i} and {j}" if i != j else f"{i} with itself", brief(a), brief(g), brief(g - a)
