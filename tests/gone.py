"""What a window was made of goes with its test: each would keep 20 MB, and hear of every change of theme after it. What
is remembered of it goes, too: the next test's window would come with its panels as this one had them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from explorer.ui.pictures.class_colours import ClassColours
from explorer.ui.window import Window
from explorer.workspace.settings import Settings
from explorer.workspace.worker import Worker
from tests.idle_side import IdleWorker

OURS = ("explorer.", IdleWorker.__module__)


def all_gone() -> None:
    """Delete every window that a test left, and the objects that only it knew.

    Signals of these are connected to functions that know the window, which Python's collector cannot see: so they are
    taken away by hand, and then it finds the rest.
    """
    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window)]
    for window in windows:
        window.close_now()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if windows:
        del windows, window
        Settings().file.clear()
        for each in list(alone()):
            if Shiboken.isValid(each):
                Shiboken.delete(each)
        if not next(_windows) % 8:  # it takes longer than all the rest
            gc.collect()
            gc.freeze()  # what many tests found and others keep, such as networks: nobody looks through it again


_windows = count(1)


def alone() -> Iterator[QObject]:
    """Objects of ours that belong to no other; but not what the next window has, too."""
    kinds = set(kinds_of_ours(QObject))
    # by type, not isinstance: that would ask a weak reference for what it refers to; among a million objects
    for each in [each for each in gc.get_objects() if type(each) in kinds]:
        if Shiboken.isValid(each) and QObject.parent(each) is None:
            yield each


def kinds_of_ours(kind: type) -> Iterator[type]:
    """Classes of ours below this one whose objects go with a window."""
    for below in type.__subclasses__(kind):
        shared = below is ClassColours or (issubclass(below, Worker) and below is not IdleWorker)
        if below.__module__.startswith(OURS) and not shared:
            yield below
        yield from kinds_of_ours(below)
