"""A window as tests meet it, with a worker that answers nothing."""

from __future__ import annotations

from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker


def idle_window(qtbot) -> Window:
    """On the screen, whole, in front, and as large as a small laptop's; whoever asked for it closes it."""
    window = Window(Session(Document(), IdleWorker()), Settings())
    window.resize(1280, 800)
    window.show()
    window.complete()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window
