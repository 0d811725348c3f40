"""What is to come is made ready ahead, a few milliseconds at a time, in spare moments: panels that wait are laid out,
modules of pages and panels are imported."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from threading import Thread

from PySide6.QtWidgets import QAbstractItemView, QWidget

from explorer.ui.controls.plotting import touch_classes
from explorer.ui.controls.turns import Parts, Turns
from explorer.ui.spare import Spare

DONE = object()
PAUSE = 30
"""Milliseconds between two modules: nobody waits for them."""
PACKAGES = (
    "explorer.network.figures", "explorer.workspace", "explorer.ui.controls", "explorer.ui.tables",
    "explorer.ui.pictures", "explorer.ui.studio", "explorer.ui.labs", "explorer.ui.canvas", "explorer.ui.panels",
    "explorer.ui",
)  # fmt: skip
"""From below: each module then brings few others with it."""


def get_ready(window: QWidget, panels: Iterable[QWidget], first: Thread, spare: Spare) -> None:
    """Lay these panels out, and import modules once another thread has imported what it is at: two must not meet
    halfway through a package."""

    def parts() -> Parts:
        for panel in panels:
            yield from laid_out(panel)
        yield from _importing(first)

    Turns(window, PAUSE).take("ready", in_spare_moments(parts(), spare))


def laid_out(panel: QWidget) -> Parts:
    """Do for a hidden panel what Qt leaves for when it is first shown: 16 panels that come together take 4 ms less."""
    if panel.isVisible():
        return
    inside = [panel, *panel.findChildren(QWidget)]
    for widget in inside:
        widget.ensurePolished()
        if isinstance(widget, QAbstractItemView):
            widget.doItemsLayout()
    for widget in reversed(inside):  # from within: each layout asks those in it
        if layout := widget.layout():
            layout.activate()
    yield


def in_spare_moments(parts: Parts, spare: Spare) -> Parts:
    """Make each part in a turn that nobody needs."""
    while True:
        while not spare.now:
            yield
        if next(parts, DONE) is DONE:
            return
        yield


def _importing(first: Thread) -> Parts:
    while first.is_alive():
        yield
    for module in modules():
        if module not in sys.modules:
            import_module(module)
            gc.freeze()  # modules stay: of what all of them are made, one look for garbage took 8 to 15 ms
            yield
    yield from touch_classes()


def modules() -> Iterator[str]:
    """The names of all modules that the window may need, in the order they are imported."""
    for package in PACKAGES:
        for module in iter_modules(import_module(package).__path__):
            yield f"{package}.{module.name}"
