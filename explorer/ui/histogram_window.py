"""A histogram one measures in: axes, zoom, a logarithmic scale, export as picture or table."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.labels import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 128


class HistogramWindow(QDialog):
    """The spread of some numbers. pyqtgraph takes half a second to import, so a thread does it: see `ready`."""

    ready = Signal()

    def __init__(self, title: str, numbers: NDArray[np.float32], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Histogram")
        self.resize(640, 400)
        self._numbers = numbers
        self.plot: Any = None
        self.logarithmic = QCheckBox("Logarithmic counts")
        self.logarithmic.toggled.connect(self._draw)
        self.column = QVBoxLayout(self)
        self.column.addWidget(Text(title, wrap=False))
        self.column.addStretch(1)
        self.column.addWidget(self.logarithmic)
        self._import = _Import(self)
        self._import.done.connect(self._show_plot)
        threading.Thread(target=self._import.run, name="import pyqtgraph", daemon=True).start()

    def _show_plot(self) -> None:
        import pyqtgraph

        colours = theme.current()
        self.plot = pyqtgraph.PlotWidget(background=colours.base)
        for side, text in (("bottom", "value"), ("left", "numbers")):
            axis = self.plot.getAxis(side)
            axis.setPen(colours.dim)
            axis.setTextPen(colours.text)
            axis.setLabel(text)
        item = self.column.takeAt(1)  # the stretch that kept the place
        del item
        self.column.insertWidget(1, self.plot, 1)
        self._draw()
        self.ready.emit()

    def _draw(self) -> None:
        if self.plot is None:
            return
        import numpy as np
        import pyqtgraph

        finite = self._numbers[np.isfinite(self._numbers)]
        counts, edges = np.histogram(finite, BINS) if finite.size else (np.zeros(1), np.array([0.0, 1.0]))
        heights = np.log10(counts + 1) if self.logarithmic.isChecked() else counts
        colours = theme.current()
        self.plot.clear()
        self.plot.getAxis("left").setLabel("log₁₀(numbers + 1)" if self.logarithmic.isChecked() else "numbers")
        self.plot.addItem(
            pyqtgraph.BarGraphItem(x0=edges[:-1], x1=edges[1:], y0=0, height=heights, brush=colours.accent, pen=None)
        )
        self.plot.addItem(pyqtgraph.InfiniteLine(0, pen=colours.dim))


class _Import(QObject):
    done = Signal()

    def run(self) -> None:
        import pyqtgraph  # noqa: F401  (so that the window's own import is at once)

        self.done.emit()
