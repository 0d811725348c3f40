"""What each step cost, drawn against the steps: the sum, its parts, and every layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.controls.plotting import Plotting, paint_theme
from explorer.ui.destinations import export
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_image
from explorer.workspace.style_timeline import Costs

NOTHING = "What each step costs will be drawn here."
TOTAL = "J"
"""The name of the sum's line."""
STROKES = (Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
"""Layers of one colour are told apart by these."""
FILLED = [(0, 0.8), (2, 0.45), (4, 0.3), (6, 0.2)]
"""From so many levels of ticks on, the share of an axis that their numbers may fill."""
TINY = 1e-12
"""Costs below this share of the greatest sum are rounding, as that of the content against itself: not drawn."""
PARTS = ("Window", "Activation", "Join")
"""The layer groups whose colours the parts of the sum have."""


class CostPlot(QWidget):
    """Lines over the steps, with a name for each. It comes when pyqtgraph is imported: see `ready`."""

    ready = Signal()

    def __init__(self, parts: tuple[str, ...]) -> None:
        """parts: names of the lines that are always shown, after the sum; the others are layers."""
        super().__init__()
        self.setAccessibleName("Costs against steps")
        self._parts = (TOTAL, *parts)
        self._costs, self._step = Costs(), -1
        self._curves: dict[str, Any] = {}
        self.plot: Any = None
        self._mark: Any = None
        self.logarithmic, self.layers = QCheckBox("Logarithmic"), QCheckBox("Layers")
        self.logarithmic.setChecked(True)
        self.layers.setChecked(True)
        self.layers.setToolTip("Draw the cost of each layer, too")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export costs as PNG")
        self.problem = Text(role="problem", size="small")
        self.logarithmic.toggled.connect(lambda _: self._draw_again())
        self.layers.toggled.connect(lambda _: self._draw_again())
        self.export.clicked.connect(self._choose_export)
        self.nothing = Text(NOTHING, "dim", "small")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        named = QHBoxLayout()  # above the lines: inside the plot it would lie on them
        named.setSpacing(GRID // 2)
        for number, name in enumerate(self._parts):
            swatch = Swatch(part_pen)
            swatch.show_line(number)
            named.addWidget(swatch)
            named.addWidget(Text(name, size="small", wrap=False))
        foot = QHBoxLayout()
        for widget in (self.logarithmic, self.layers):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(self.export)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GRID // 2)
        self.column.addLayout(named)
        self.column.addWidget(self.nothing, 1)
        self.column.addWidget(self.problem)
        self.column.addLayout(foot)
        self.setFixedHeight(36 * GRID)
        self.export.setEnabled(False)
        self._plotting = Plotting(self)
        self._plotting.ready.connect(self._show_plot)
        self._plotting.start()

    @property
    def names(self) -> list[str]:
        """Which lines are drawn."""
        return [name for name in self._costs.lines if name in self._parts or self.layers.isChecked()]

    def show_costs(self, costs: Costs, step: int = -1) -> None:
        """Draw these lines, and a mark at the step that is looked at; -1 for none."""
        self._costs, self._step = costs, step
        self._draw()

    def export_png(self, path: str) -> None:
        """Write the plot, with the names above it, as a PNG file. Raises Refusal with a sentence."""
        write_image(path, self.grab(QRect(0, 0, self.width(), self.plot.geometry().bottom() + 1)).toImage())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_again()

    def _show_plot(self) -> None:
        import pyqtgraph

        self.plot = self._plotting.plot
        self.plot.setAccessibleName("Costs against steps")
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.getAxis("bottom").setLabel("step")
        for side in ("bottom", "top"):  # pyqtgraph's own let 10, 11 and 12 run into each other
            self.plot.getAxis(side).setStyle(textFillLimits=FILLED)
        self._mark = pyqtgraph.InfiniteLine(0)
        self.plot.addItem(self._mark, ignoreBounds=True)
        self.column.insertWidget(1, self.plot, 1)
        self._draw_again()
        self.ready.emit()

    def _draw_again(self) -> None:
        if self.plot is not None:
            for curve in self._curves.values():
                self.plot.removeItem(curve)
            self._curves.clear()
            paint_theme(self.plot)
            self.plot.setLogMode(y=self.logarithmic.isChecked())
            self._mark.setPen(theme.current().dim)
            self._draw()

    def _draw(self) -> None:
        if self.plot is None:
            return
        begun = bool(self._costs.lines)
        self.plot.setVisible(begun)  # axes without a line say nothing
        self.nothing.setVisible(not begun)
        self.export.setEnabled(begun)
        import numpy as np

        for name in [name for name in self._curves if name not in self.names]:
            self.plot.removeItem(self._curves.pop(name))
        floor = max(self._costs.lines[TOTAL][1], default=0.0) * TINY if TOTAL in self._costs.lines else 0.0
        for name in self.names:
            steps, values = (np.asarray(part, float) for part in self._costs.lines[name])
            if self.logarithmic.isChecked():
                values = np.where(values > floor, values, np.nan)  # a cost of zero has no logarithm
            if name not in self._curves:
                self._curves[name] = self.plot.plot(pen=self._pen(name), connect="finite")
            alone = np.isfinite(values).sum() == 1  # one value makes no line
            self._curves[name].setData(steps, values, **self._dot(name) if alone else {"symbol": None})
        self._mark.setVisible(self._step >= 0)
        self._mark.setValue(self._step)
        last = ", ".join(f"{name} {self._costs.lines[name][1][-1]:.4g}" for name in self.names if
                         self._costs.lines[name][1])  # fmt: skip
        self.setAccessibleDescription(last)

    def _pen(self, name: str) -> Any:
        if name in self._parts:
            return part_pen(self._parts.index(name))
        layers = [one for one in self._costs.lines if one not in self._parts]
        return layer_pen(layers.index(name))

    def _dot(self, name: str) -> dict[str, Any]:
        colour = self._pen(name).color()
        return {"symbol": "o", "symbolSize": GRID, "symbolBrush": colour, "symbolPen": colour}

    def _choose_export(self) -> None:
        if self.plot is not None:
            _, problem = export(self, "Export costs", "costs", "Pictures", (".png",), self.export_png)
            self.problem.say(problem)


def part_pen(number: int) -> QPen:
    """The line of the sum, or of one of its parts."""
    colours = theme.current()
    colour = QColor(colours.text) if number == 0 else colours.family(PARTS[(number - 1) % len(PARTS)])
    return _pixels_wide(QPen(colour, 2.0 if number else 2.5))


def layer_pen(number: int) -> QPen:
    """The line of a layer, by its place among the layers: colours first, then other strokes."""
    families = list(theme.current().families.values())
    stroke = STROKES[number // len(families) % len(STROKES)]
    return _pixels_wide(QPen(QColor(families[number % len(families)]), 1.5, stroke))


def _pixels_wide(pen: QPen) -> QPen:
    pen.setCosmetic(True)  # its width is in pixels, not in steps
    return pen


class Swatch(QWidget):
    """A short piece of a line, beside its name."""

    def __init__(self, pen: Callable[[int], QPen] = layer_pen) -> None:
        """pen: what a line is drawn with, by its place."""
        super().__init__()
        self._number, self._pen = -1, pen
        self.setFixedSize(3 * GRID, GRID)

    def show_line(self, number: int) -> None:
        """Show a line by its place; -1 for none."""
        self._number = number
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._number >= 0:
            pen = self._pen(self._number)
            pen.setWidthF(2)
            with QPainter(self) as painter:
                painter.setPen(pen)
                painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)
