"""A histogram one measures in: axes, zoom, a logarithmic scale, export as picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.controls.histogram import bins
from explorer.ui.controls.labels import Text
from explorer.ui.controls.plotting import Plotting, paint_theme
from explorer.ui.controls.roomy import resize_on_screen
from explorer.ui.destinations import export
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 128
"""Ranges at most."""


class HistogramWindow(QDialog):
    """The spread of some numbers. It comes when pyqtgraph is imported: see `ready`."""

    ready = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Histogram")
        resize_on_screen(self, QSize(80 * GRID, 50 * GRID))
        self._numbers: NDArray[np.float32] | None = None
        self._of = ""
        self.plot: Any = None
        self.title = Text(wrap=False)
        self.problem = Text(role="problem")
        self.logarithmic = QCheckBox("Logarithmic counts")
        self.logarithmic.toggled.connect(self._draw)
        self.export = QPushButton("Export…", autoDefault=False)
        self.export.setAccessibleName("Export histogram as PNG")
        self.export.setEnabled(False)
        self.export.clicked.connect(self._choose_export)
        foot = QHBoxLayout()
        foot.addWidget(self.logarithmic, 1)
        foot.addWidget(self.export)
        self.column = QVBoxLayout(self)
        self.column.addWidget(self.title)
        self.column.addStretch(1)
        self.column.addWidget(self.problem)
        self.column.addLayout(foot)
        self._plotting = Plotting(self)
        self._plotting.ready.connect(self._show_plot)
        self._plotting.start()

    def show_numbers(self, of: str, numbers: NDArray[np.float32] | None) -> None:
        """Show other numbers, all of them in sight; `of` says what they are, or why there are none."""
        self._of, self._numbers = of, numbers
        self.problem.say("")
        if self.plot is not None:
            self.plot.enableAutoRange()
        self._draw()

    def export_png(self, path: str) -> None:
        """Write the plot as a PNG file. Raises Refusal with a sentence."""
        write_image(path, self.plot.grab().toImage())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _show_plot(self) -> None:
        self.plot = self._plotting.plot
        self.plot.getAxis("bottom").setLabel("value")
        item = self.column.takeAt(1)  # the stretch that kept the place
        del item
        self.column.insertWidget(1, self.plot, 1)
        self._draw()
        self.ready.emit()

    def _draw(self) -> None:
        if self._numbers is None:
            self.title.say(self._of)
        if self.plot is None:
            return
        import numpy as np
        import pyqtgraph

        colours, logarithmic = theme.current(), self.logarithmic.isChecked()
        paint_theme(self.plot)
        self.plot.getAxis("left").setLabel("log₁₀(numbers + 1)" if logarithmic else "numbers")
        self.plot.clear()
        self.export.setEnabled(self._numbers is not None)
        if self._numbers is None:
            return
        finite = self._numbers[np.isfinite(self._numbers)].astype(float)
        counts, edges = np.histogram(finite, bins(finite.size, BINS)) if finite.size else (np.zeros(1), np.arange(2.0))
        self.title.say(f"{self._of} · {finite.size:,} numbers in {len(counts)} bins (Rice rule, {BINS} at most)")
        heights = np.log10(counts + 1) if logarithmic else counts
        self.plot.addItem(
            pyqtgraph.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=0, height=heights, brush=colours.accent, pen=None)
        )
        self.plot.addItem(pyqtgraph.InfiniteLine(0, pen=colours.dim))

    def _choose_export(self) -> None:
        name = self._of.replace(" ·", "")
        _, problem = export(self, "Export histogram", name, "Pictures", (".png",), self.export_png)
        self.problem.say(problem)
