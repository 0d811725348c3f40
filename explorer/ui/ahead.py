"""Modules of pages and panels are imported ahead, a few milliseconds at a time, in spare moments."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from threading import Thread

from PySide6.QtCore import QObject

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


def import_ahead(window: QObject, first: Thread, spare: Spare) -> None:
    """Begin once another thread has imported what it is at: two must not meet halfway through a package."""
    Turns(window, PAUSE).take("modules", in_spare_moments(_importing(first), spare))


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
