"""The application around the window: the window first, then the worker and everything else that can wait."""

from __future__ import annotations

import faulthandler
import gc
import logging
import signal
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from explorer.maths.resources import resources
from explorer.maths.sentences import sentence
from explorer.ui import theme
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.worker import Worker

if TYPE_CHECKING:
    from explorer.ui.window import Window

log = logging.getLogger(__name__)


def open_window(path: str = "") -> int:
    """Run the program until its window is closed; returns the exit code."""
    # Fusion is the one style that follows our palette everywhere; `setStyle` would load all of QStyle, 20 ms.
    app = QApplication([*sys.argv[:1], "-style", "Fusion"])
    app.setApplicationName("CNN Explorer")
    app.setDesktopFileName("cnn-explorer")  # by it a desktop finds the icon and the name
    errors = Errors(app)
    window = build(app)
    errors.happened.connect(window.telling.error)
    window.show()
    app.processEvents()
    after_paint(window)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    if path:
        window.recovering.open_first(path)
    else:
        window.reopening.begin()
    code = app.exec()
    window.session.close()
    return code


def after_paint(window: Window) -> None:
    """What can wait until the window is on the screen."""
    window.complete()
    window.setWindowIcon(QIcon(str(resources() / "desktop" / "cnn-explorer.svg")))
    threading.Thread(target=_import_numpy, name="import numpy", daemon=True).start()
    start_log()
    gc.freeze()  # what the window is made of stays: later collections need not walk through it
    window.session.opened.connect(lambda _: gc.freeze())  # nor through a large network
    gc.enable()


def _import_numpy() -> None:
    # The whole first: Python waits for a package that another thread imports, but not on the way to a module inside
    # it, and then both threads find half of it.
    import numpy
    import numpy.typing  # noqa: F401  (before the first picture needs it, beside the window's work)


def build(app: QApplication) -> Window:
    """The window and what is behind it, not yet shown."""
    from explorer.ui.window import Window

    settings = Settings()
    theme.apply(app, settings.theme)
    return Window(Session(Document(), Worker()), settings)


class Errors(QObject):
    """Errors nobody caught, on any thread: to the log, and as a sentence to the window."""

    happened = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        sys.excepthook = self._caught
        threading.excepthook = lambda args: self._caught(args.exc_type, args.exc_value, args.exc_traceback)

    def _caught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        log.error("uncaught", exc_info=(kind, error or kind(), trace))
        self.happened.emit(sentence(error or kind()))


def start_log() -> None:
    """Write what goes wrong into a file of at most 1 MB in the system's folder for logs."""
    from logging.handlers import RotatingFileHandler

    from platformdirs import user_log_path

    if sys.stderr is not None:
        faulthandler.enable()
    try:
        folder = user_log_path("cnn-explorer", appauthor=False, ensure_exists=True)
        handler = RotatingFileHandler(folder / "explorer.log", maxBytes=1 << 20, backupCount=1, encoding="utf-8")
    except OSError:
        return  # no place to write: the program works without a log
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("explorer").addHandler(handler)
