"""A window as tests meet it, with a worker that answers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from explorer.classics.catalogue import CLASSICS
from explorer.network.project import Project
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker


def idle_window(qtbot) -> Window:
    """In front; whoever asked for it closes it."""
    window = window_on()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def window_on(project: Project | None = None) -> Window:
    """On the screen, whole, with this network, and as large as a small laptop's; whoever asked for it closes it."""
    window = Window(Session(Document(project), IdleWorker()), Settings())
    window.resize(1280, 800)
    window.show()
    window.complete()
    return window


@contextmanager
def canvas_window() -> Iterator[Window]:
    """With LeNet-5 on its canvas and settings as they first are; closed behind it."""
    window = window_on(CLASSICS["lenet5"].project)
    window.canvas.drawing.glide.wanted = False
    window.pages.show_canvas()
    yield window
    window.close_now()
