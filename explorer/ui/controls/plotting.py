"""pyqtgraph when it is wanted: importing it takes half a second, so a thread does it."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, Signal

from explorer.ui import theme
from explorer.ui.controls.turns import Parts, Turns

SLICE = 16
"""Classes of Qt that are built in one turn of the event loop."""


class Plotting(QObject):
    """Makes a plot once pyqtgraph can be imported at once, part by part.

    plot: a PlotWidget without pyqtgraph's own menu, and with numbers as they are; None until `ready`.
    """

    ready = Signal()
    _imported = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.plot: Any = None
        self._turns = Turns(self)
        self._imported.connect(self._make)

    def start(self) -> None:
        """Import it and make the plot; `ready` follows."""
        self._turns.take("import", self._preparing())

    def _preparing(self) -> Parts:
        yield from touch_classes()
        threading.Thread(target=self._import, name="import pyqtgraph", daemon=True).start()

    def _import(self) -> None:
        import pyqtgraph  # noqa: F401

        with suppress(RuntimeError):  # who wanted it is gone by now
            self._imported.emit()

    def _make(self) -> None:
        self._turns.take("plot", self._making())

    def _making(self) -> Parts:
        """Each part in a turn of its own: together they take more than a frame, and menus nobody sees as long again."""
        import pyqtgraph

        box = pyqtgraph.ViewBox(enableMenu=False)
        axes = {side: pyqtgraph.AxisItem(side) for side in ("left", "bottom", "right", "top")}
        yield
        item = pyqtgraph.PlotItem(viewBox=box, axisItems=axes, enableMenu=False)
        yield
        plot = pyqtgraph.PlotWidget(plotItem=item)
        for side in ("bottom", "left", "right"):
            plot.getAxis(side).enableAutoSIPrefix(False)  # "value (x0.001)" would only have to be undone
        yield
        self.plot = plot
        self.ready.emit()


def paint_theme(plot: Any) -> None:
    """Give a plot the colours of the theme."""
    colours = theme.current()
    plot.setBackground(colours.base)
    for side in ("bottom", "left", "right"):
        plot.getAxis(side).setPen(colours.dim)
        plot.getAxis(side).setTextPen(colours.text)


def touch_classes() -> Parts:
    """Have every class of Qt built: PySide builds one when it is first touched, and two threads must not do so at once.

    Most are there by now; from none it takes 0.14 s.
    """
    untouched = _untouched()
    while untouched:
        for module, name in untouched[-SLICE:]:
            getattr(module, name)
        del untouched[-SLICE:]
        yield


@cache
def _untouched() -> list[tuple[ModuleType, str]]:
    return [(module, name) for module in (QtCore, QtGui, QtWidgets) for name in dir(module)]
