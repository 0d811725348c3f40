"""The layers that tell content and style, how much each counts, and what it costs now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.network.settings import SettingError
from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.studio.cost_plot import Swatch
from explorer.ui.studio.cost_words import written
from explorer.ui.studio.weight_field import WeightField
from explorer.ui.theme import GRID
from explorer.workspace.style_setup import Role
from explorer.workspace.style_studio import StyleStudio, layer_costs, line_name

TITLES: dict[Role, str] = {"content": "Content layers", "style": "Style layers"}


class _Row:
    """The widgets of one layer."""

    def __init__(self, rows: LayerRows, role: Role, number: int) -> None:
        self.node = ""
        self.name, self.cost = Text(wrap=False), Text("", "dim", "small", wrap=False)
        self.name.ellipsis = Qt.TextElideMode.ElideLeft  # names differ near their ends
        self.weight = WeightField(f"Weight of {role} layer {number}", f"How much this layer tells of the {role}")
        self.weight.weighed.connect(lambda weight: rows.weigh(role, self.node, weight))
        self.remove = lab_button("×", f"This layer tells no {role} any more; can be undone",
                                 lambda: rows.leave_out(role, self.node))  # fmt: skip
        self.remove.setAccessibleName(f"Leave out {role} layer {number}")
        self.swatch = Swatch()
        self.widgets = (self.swatch, self.name, self.cost, self.weight, self.remove)


class LayerRows(QWidget):
    """A row for each layer; layers are picked on the canvas, where they are marked."""

    pick_requested = Signal()

    def __init__(self, studio: StyleStudio) -> None:
        super().__init__()
        self._studio = studio
        self._rows: dict[Role, list[_Row]] = {"content": [], "style": []}
        self._grids: dict[Role, QGridLayout] = {}
        self.titles: dict[Role, Text] = {}
        self.pick = lab_button("Pick on the canvas…", "Go to the network: select layers there, then Style ▸ Use as …",
                               self.pick_requested.emit)  # fmt: skip
        self.usual = lab_button("Usual", "Those of Gatys et al.: conv4_2 for the content, the first of each block for "
                                "the style", self._take_usual)  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        roles: tuple[Role, ...] = ("content", "style")
        for role in roles:
            self.titles[role] = Text(TITLES[role], "dim", "small", wrap=False)
            column.addWidget(self.titles[role])
            grid = self._grids[role] = QGridLayout()
            grid.setHorizontalSpacing(GRID // 2)
            grid.setVerticalSpacing(2)
            grid.setColumnStretch(1, 3)
            grid.setColumnStretch(2, 2)
            column.addLayout(grid)
        column.addWidget(Text("Style layers are marked S on the canvas, content layers C.", "dim", "small"))
        line = QHBoxLayout()
        line.addWidget(self.pick)
        line.addWidget(self.usual)
        line.addStretch(1)
        column.addLayout(line)
        studio.changed.connect(self.follow)
        studio.grown.connect(self.show_costs)
        self.follow()

    def row(self, role: Role, place: int) -> _Row:
        """The widgets of a layer by its place among those of its role."""
        return self._rows[role][place]

    def follow(self) -> None:
        """Show the layers as they are now."""
        studio = self._studio
        for role, grid in self._grids.items():
            layers, rows = studio.layers(role), self._rows[role]
            self.titles[role].say(TITLES[role] if layers else f"{TITLES[role]}: none")
            while len(rows) < len(layers):
                rows.append(_Row(self, role, len(rows) + 1))
                for column, widget in enumerate(rows[-1].widgets):
                    grid.addWidget(widget, len(rows) - 1, column)
            for place, row in enumerate(rows):
                for widget in row.widgets:
                    widget.setVisible(place < len(layers))
                if place < len(layers):
                    row.node = layers[place].node
                    row.name.say(row.node)
                    row.weight.show_value(float(layers[place].weight))
        setup = studio.setup
        self.usual.setEnabled(setup.content_layers is not None or setup.style_layers is not None)
        self.show_costs()

    def show_costs(self) -> None:
        """Say what each layer costs at the moment that is looked at."""
        line = self._studio.timeline
        moment, lines = line.moment, [name for name in line.now.costs.lines if ", " in name]
        found = layer_costs(moment.result) if moment is not None and moment.result is not None else {}
        for role, rows in self._rows.items():
            for row in rows:
                name = line_name(row.node, role)
                cost = found.get(name)
                row.swatch.show_line(lines.index(name) if name in lines else -1)
                row.cost.setText("" if cost is None else written(cost, 3))  # always there: the columns must not jump
                row.cost.setToolTip("What it costs now, without its weight")

    def weigh(self, role: Role, node: str, weight: float) -> None:
        """Let a layer count more or less."""
        studio = self._studio
        try:
            setup = studio.setup.with_weight(role, node, weight, studio.tab.project)
        except SettingError:
            return  # the field has said it
        studio.edit(setup, f"weight of {role} {node}")

    def leave_out(self, role: Role, node: str) -> None:
        """A layer tells content or style no more."""
        studio = self._studio
        studio.edit(studio.setup.toggled(role, (node,), studio.tab.project))

    def _take_usual(self) -> None:
        setup = self._studio.setup
        self._studio.edit(setup.with_layers("content", None).with_layers("style", None))
