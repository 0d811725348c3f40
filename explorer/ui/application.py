"""The application around the window: the window first, then the worker and everything else that can wait."""

from __future__ import annotations

import faulthandler
import gc
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QIcon
from PySide6.QtWidgets import QApplication

from explorer.maths.resources import resources
from explorer.ui import theme
from explorer.ui.by_name import is_name, open_by_name
from explorer.ui.ending import Ending
from explorer.ui.errors import Errors
from explorer.ui.spare import Spare
from explorer.ui.tidying import Tidying
from explorer.workspace import flow_direction
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.settings_file import Lateness
from explorer.workspace.worker import Worker

if TYPE_CHECKING:
    from explorer.ui.window import Window

SWITCH = 0.001
"""Seconds a thread that imports may keep the window waiting, each time this gave Python's lock away: Python's own
0.005 made beats of 10 ms come each 14 while pyqtgraph was imported, with this each 12."""

LEAST_DEPTH = 15
"""Bits of a screen's colours below which Qt paints nothing."""
FEW_COLOURS = (
    "This screen has too few colours for the window, which needs 16 bits for each pixel or more: set its depth to 24, "
    "as in xvfb-run -s '-screen 0 1280x800x24' cnn-explorer."
)
FONTLESS = (
    "No font is installed, so every letter in the window is a box. Install one and start again: "
    "sudo apt-get install fonts-dejavu-core"
)


def open_window(path: str = "", trouble: str = "") -> int:
    """Run the program until its window is closed; returns the exit code. trouble: a sentence to begin with."""
    frames_without_graphics()
    # Fusion is the one style that follows our palette everywhere; `setStyle` would load all of QStyle, 20 ms.
    app = QApplication([*sys.argv[:1], "-style", "Fusion"])
    if app.primaryScreen() is not None and app.primaryScreen().depth() < LEAST_DEPTH:
        if sys.stderr is not None:  # Qt would open a black window
            print(FEW_COLOURS, file=sys.stderr)
        return 1
    app.setApplicationName("CNN Explorer")
    app.setDesktopFileName("cnn-explorer")  # by it a desktop finds the icon and the name
    errors = Errors(app)
    window = build(app)
    errors.happened.connect(window.telling.error, Qt.ConnectionType.QueuedConnection)
    window.show()
    app.processEvents()
    after_paint(window)
    if trouble:
        window.notices.say(trouble, problem=True)
    Ending(window)
    if path and is_name(path):
        open_by_name(path, window.session, window.pages, window.notices.say)
    elif path:
        window.recovering.open_first(path)
    else:
        window.reopening.begin()
    code = app.exec()
    window.session.close()
    if (lost := window.settings.file.leave()) and sys.stderr is not None:  # there is no window any more to say it
        print(lost, file=sys.stderr)
    return code


def frames_without_graphics() -> None:
    """Have Qt read a video's frames by the processor; nothing else here is drawn by a graphics driver.

    By OpenGL the first one took 260 ms of the window's thread, and without a graphics card, as on a remote or virtual
    screen, each one of 640 × 480 pixels 35 to 85 ms; by the processor it takes 1 ms.
    """
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)


def after_paint(window: Window) -> None:
    """What can wait until the window is on the screen."""
    from explorer.ui.ahead import get_ready  # not before it is painted
    from explorer.workspace.log_file import start_log

    window.complete()
    if window.settings.fault:
        window.notices.say(window.settings.fault, problem=True)
    Lateness(window.settings.file, partial(window.notices.say, problem=True), window)
    window.setWindowIcon(QIcon(str(resources() / "desktop" / "cnn-explorer.svg")))
    numpy = threading.Thread(target=_import_numpy, name="import numpy", daemon=True)
    numpy.start()
    if sys.stderr is not None:
        faulthandler.enable()
        if not QFontMetrics(window.font()).inFont("a"):  # the window itself can show no words
            print(FONTLESS, file=sys.stderr)
    start_log()
    sys.setswitchinterval(SWITCH)
    gc.freeze()  # what the window is made of stays: later collections need not walk through it
    spare = Spare(window.session, window)
    Tidying(window.session, window, spare)
    get_ready(window, window.docks.values(), numpy, spare)


def _import_numpy() -> None:
    """Before the first picture needs it, beside the window's work; unique and isin load ma at their first call."""
    # The whole first: Python waits for a package that another thread imports, but not on the way to a module inside
    # it, and then both threads find half of it.
    import numpy
    import numpy.ma
    import numpy.typing  # noqa: F401


def build(app: QApplication) -> Window:
    """The window and what is behind it, not yet shown."""
    from explorer.ui.window import Window

    settings = Settings()
    theme.apply(app, settings.theme)
    return Window(Session(Document(flow_direction.begun()), Worker()), settings)
