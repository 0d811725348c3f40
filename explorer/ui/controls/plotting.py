"""pyqtgraph when it is wanted: importing it takes a quarter of a second, so the window does it in pieces.

It is made of classes of Qt, and these may be made in the window's thread only. Before Python 3.12 PySide keeps all
classes in one table, which Qt reads while it paints, without Python's lock: another thread that made a class then
ended the program at times.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from threading import Thread
from time import perf_counter
from types import CodeType, ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, Signal

from explorer.ui import theme
from explorer.ui.controls.turns import Parts, Turns

SLICE = 16
"""Classes of Qt that are built in one turn of the event loop."""

LEAST = 0.004
"""Seconds of importing in one turn: most of pyqtgraph's 100 statements take less than one millisecond."""
WITHOUT_QT = (
    "cProfile", "colorama.win32", "cuda.bindings.runtime", "decimal", "importlib.resources",
    "multiprocessing.connection", "pydoc", "subprocess", "xml.etree.ElementTree",
)  # fmt: skip
"""What pyqtgraph imports, if it is there, and a thread may: more than half of the time."""
OF_QT = ("PySide6.QtSvg", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtTest")
"""What else of Qt pyqtgraph imports."""


class Plotting(QObject):
    """Makes a plot once pyqtgraph is imported, part by part.

    plot: a PlotWidget without pyqtgraph's own menu, and with numbers as they are; None until `ready`.
    """

    ready = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.plot: Any = None
        self._turns = Turns(self)

    def start(self) -> None:
        """Import it and make the plot; `ready` follows."""
        self._turns.take("plot", self._making())

    def _making(self) -> Parts:
        """Each part in a turn of its own: together they take more than a frame, and menus nobody sees as long again."""
        for _ in _imported():  # by `yield from` it would end for all when one who wants a plot is gone
            yield
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
    """Have every class of Qt built: PySide builds one when it is first touched, and pyqtgraph touches all at once.

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


@cache
def _imported() -> Parts:
    """The one import of pyqtgraph, which all who want a plot take further."""
    return _importing()


def _importing() -> Parts:
    plain = Thread(target=_import_plain, name="import what pyqtgraph needs", daemon=True)
    plain.start()
    yield from touch_classes()
    for name in OF_QT:
        with suppress(ImportError):
            import_module(name)
        yield
    while plain.is_alive():
        yield
    until = perf_counter() + LEAST
    for _ in statement_by_statement("pyqtgraph"):
        if perf_counter() > until:
            yield
            until = perf_counter() + LEAST


def _import_plain() -> None:
    for name in WITHOUT_QT:
        with suppress(ImportError):
            import_module(name)


class _Piece(InspectLoader):
    """Has Python's importing run one statement of a package."""

    def __init__(self, statement: CodeType) -> None:
        self._statement = statement

    def get_code(self, _fullname: str) -> CodeType:
        return self._statement

    def get_source(self, _fullname: str) -> None:
        return None


def statement_by_statement(name: str) -> Iterator[None]:
    """Import a package as Python does, and stop after each statement. Nobody else may import it meanwhile.

    Nothing is done where it is imported already, or where its source is not there, as in a bundle without sources.
    Errors: what a statement raises; the package is then as if never imported.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return
    package = sys.modules[name] = module_from_spec(spec)
    try:
        for statement in ast.parse(Path(spec.origin).read_bytes()).body:
            _Piece(compile(ast.Module([statement], []), spec.origin, "exec")).exec_module(package)
            yield
    except BaseException:
        del sys.modules[name]
        raise
