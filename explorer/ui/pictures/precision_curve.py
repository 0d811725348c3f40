"""Precision at each recall as curves: a plot of pyqtgraph's, there once that is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.maths.average_precision import RECALLS
from explorer.ui import theme
from explorer.ui.controls.plotting import Plotting, paint_theme
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_bytes, write_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOM = 1.03
"""Of both axes, which end at 1."""
SHARPER = 2
"""Pixels of an exported picture for one of the window."""


@dataclass(frozen=True, eq=False)
class Curve:
    """precision (101,) at each of RECALLS; strong: the one that is looked at; dashed: at another overlap."""

    name: str
    precision: NDArray[np.floating]
    strong: bool
    dashed: bool = False


class PrecisionCurve(QWidget):
    """Some curves with their names."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.plot: Any = None
        self._curves: Sequence[Curve] = ()
        self._looks: list[list[object]] | None = None  # of the lines that are there: all of a curve but its numbers
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName("Precision and recall")
        self._plotting = Plotting(self)
        self._plotting.ready.connect(self._show_plot)
        self._begun = False

    def minimumSizeHint(self) -> QSize:
        return QSize(30 * GRID, 20 * GRID)

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Show other curves."""
        self._curves = curves
        self._draw()

    def export(self, path: str) -> None:
        """Write the curves as they are seen, as a PNG twice as large or as an SVG. Raises Refusal with a sentence."""
        if path.lower().endswith(".svg"):
            write_bytes(path, self._vectors())
            return
        image = QImage(self.size() * SHARPER, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SHARPER)
        self.render(image)
        write_image(path, image)

    def _vectors(self) -> bytes:
        from PySide6.QtSvg import QSvgGenerator  # nobody waits for it when the page opens

        buffer, svg = QBuffer(), QSvgGenerator()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        svg.setOutputDevice(buffer)
        svg.setSize(self.size())
        svg.setViewBox(QRect(QPoint(), self.size()))
        svg.setResolution(self.logicalDpiX())  # else its words are smaller than in the window
        svg.setTitle(self.accessibleName())
        with QPainter(svg) as painter:
            painter.fillRect(self.rect(), QColor(theme.current().base))
            self.plot.render(painter)  # the scene: a widget's own way to paint itself ends in pixels
        return bytes(buffer.data().data())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self._plotting.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._looks = None
            self._draw()

    def _show_plot(self) -> None:
        self.plot = self._plotting.plot
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.getAxis("bottom").setLabel("recall")
        self.plot.getAxis("left").setLabel("precision")
        self.plot.setXRange(0, ROOM, padding=0)
        self.plot.setYRange(0, ROOM, padding=0)
        self.plot.addLegend(offset=(-GRID, -GRID))
        self._column.addWidget(self.plot)
        self.plot.show()  # else only with a later event
        self._column.activate()
        self._draw()
        self.ready.emit()

    def _draw(self) -> None:
        """Other numbers on the lines that are there, where these look the same: they come with each batch."""
        if self.plot is None:
            return
        looks = [[value for name, value in vars(curve).items() if name != "precision"] for curve in self._curves]
        if looks != self._looks:
            self._looks = looks
            self._draw_anew()
            return
        for line, curve in zip(self.plot.listDataItems(), self._curves, strict=True):
            line.setData(RECALLS, curve.precision.astype(float))

    def _draw_anew(self) -> None:
        import pyqtgraph

        colours = theme.current()
        paint_theme(self.plot)
        self.plot.clear()
        self.plot.getPlotItem().legend.setLabelTextColor(colours.text)
        for curve in self._curves:
            pen = pyqtgraph.mkPen(colours.accent if curve.strong else colours.dim, width=2 if curve.strong else 1)
            pen.setStyle(Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine)
            self.plot.plot(RECALLS, curve.precision.astype(float), pen=pen, name=_escaped(curve.name))


def _escaped(name: str) -> str:
    """The legend takes markup: a class may be called like some."""
    return name.replace("&", "&amp;").replace("<", "&lt;")
