"""Bars side by side that one points at and picks: a plot of pyqtgraph's, there once that is imported."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor, log10
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.controls.plotting import Plotting, paint_theme
from explorer.ui.theme import GRID

WIDTH = 0.8
"""Of a bar; from one to the next is 1."""
ROOM = 1.05
"""Height of the plot, where the highest bar is 1."""


@dataclass(frozen=True)
class Bars:
    """What a chart shows. groups: the layer families, for the colours. write: a value as the axis shows it.

    running: draw also what share of the sum is reached so far.
    """

    names: tuple[str, ...]
    values: tuple[int, ...]
    groups: tuple[str, ...]
    write: Callable[[int], str]
    logarithmic: bool = False
    running: bool = False

    @property
    def base(self) -> float:
        """Where bars begin: at 0, or at the power of ten below the least value."""
        some = [value for value in self.values if value]
        return float(floor(log10(min(some)))) if self.logarithmic and some else 0.0

    def end(self, value: int) -> float:
        """Where the bar of a value ends."""
        return (log10(value) if value else self.base) if self.logarithmic else float(value)


class BarChart(QWidget):
    """Bars from left to right; the wheel zooms along them."""

    ready = Signal()
    pointed = Signal(int)  # the number of the bar above or below the mouse, -1 for none
    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.plot: Any = None
        self._bars = Bars((), (), (), str)
        self._marked: Collection[int] = ()
        self._marks: Any = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._plotting = Plotting(self)
        self._plotting.ready.connect(self._show_plot)
        self._plotting.start()

    def minimumSizeHint(self) -> QSize:
        return QSize(24 * GRID, 10 * GRID)

    def show_bars(self, bars: Bars) -> None:
        """Show other bars; of as many as before the same part stays in sight."""
        fresh = len(bars.names) != len(self._bars.names)
        self._bars = bars
        self._draw(fresh)

    def mark(self, places: Collection[int]) -> None:
        """Mark these bars."""
        self._marked = places
        self._draw_marks()

    def place(self, at: int) -> QPointF:
        """The foot of a bar, in the plot's viewport."""
        box = self.plot.getPlotItem().vb
        return QPointF(self.plot.mapFromScene(box.mapViewToScene(QPointF(at, self._bars.base))))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(-1)

    def _show_plot(self) -> None:
        self.plot = self._plotting.plot
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are for the panel
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.getAxis("bottom").tickStrings = self._names
        self.plot.getAxis("bottom").tickSpacing = self._apart
        self.plot.getAxis("left").tickStrings = self._values
        self.plot.scene().sigMouseMoved.connect(lambda at: self.pointed.emit(self._at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pick)
        self._column.addWidget(self.plot)
        self._draw(fresh=True)
        self.ready.emit()

    def _draw(self, fresh: bool = False) -> None:
        if self.plot is None:
            return
        import pyqtgraph

        bars, colours, plot = self._bars, theme.current(), self.plot
        paint_theme(plot)
        plot.clear()
        base, ends = bars.base, [bars.end(value) for value in bars.values]
        high = max(ends, default=0.0) - base or 1.0
        brushes = [colours.family(group) for group in bars.groups]
        heights = [end - base for end in ends]
        bar = pyqtgraph.BarGraphItem(
            x=range(len(ends)), y0=base, height=heights, width=WIDTH, brushes=brushes, pen=None
        )
        plot.addItem(bar)
        total = sum(bars.values)
        running = bars.running and total > 0
        plot.getPlotItem().showAxis("right", running)
        if running:
            reached = [base + high * part / total for part in accumulate(bars.values)]
            plot.plot(list(range(len(ends))), reached, pen=pyqtgraph.mkPen(colours.text, width=1.5))
            plot.getAxis("right").setTicks([[(base + high * part / 4, f"{25 * part} %") for part in range(5)]])
        box, last = plot.getPlotItem().vb, max(1, len(ends)) - 0.5
        box.setLimits(xMin=-0.5, xMax=last, minXRange=min(4.0, last + 0.5))
        plot.setYRange(base, base + high * ROOM, padding=0)
        if fresh:
            plot.setXRange(-0.5, last, padding=0)
        self._marks = None
        self._draw_marks()

    def _draw_marks(self) -> None:
        if self.plot is None:
            return
        import pyqtgraph

        if self._marks is not None:
            self.plot.removeItem(self._marks)
            self._marks = None
        if self._marked:
            accent = theme.current().accent
            low, high = self.plot.getPlotItem().vb.viewRange()[1]
            self._marks = pyqtgraph.BarGraphItem(
                x=list(self._marked), y0=low, y1=high, width=1, brush=pyqtgraph.mkBrush(f"{accent}40"), pen=accent
            )
            self._marks.setZValue(-1)  # behind its bar
            self.plot.addItem(self._marks)

    def _at(self, at: QPointF) -> int:
        box = self.plot.getPlotItem().vb
        if not box.sceneBoundingRect().contains(at):
            return -1
        place = round(box.mapSceneToView(at).x())
        return place if 0 <= place < len(self._bars.names) else -1

    def _pick(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (place := self._at(event.scenePos())) >= 0:
            self.picked.emit(place)

    def _names(self, values: list[float], scale: float, spacing: float) -> list[str]:
        names = self._bars.names
        return [names[int(v)] if v == int(v) and 0 <= v < len(names) else "" for v in values]

    def _apart(self, low: float, high: float, room: float) -> list[tuple[int, int]]:
        """So many bars from one name to the next, from bar 0, that none covers another."""
        names = self._bars.names
        widest = self.fontMetrics().horizontalAdvance(max(names, key=len, default="")) + 2 * GRID
        return [(max(1, ceil(widest * (high - low) / max(room, 1))), 0)]

    def _values(self, values: list[float], scale: float, spacing: float) -> list[str]:
        bars = self._bars
        if bars.logarithmic:
            return [bars.write(10 ** int(v)) if v == int(v) and v >= 0 else "" for v in values]
        return [bars.write(round(v)) for v in values]
