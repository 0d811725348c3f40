"""Where settings stand until they are written: once for all that is chosen within two seconds.

Qt writes the file in the turn after each change, and whenever one of several objects for it goes, and waits until the
disk has taken it: 10 to 30 ms of the window's thread, at each step of a slider whose place is remembered.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, QThread, QTimer

from explorer.workspace.of_program import of_program

NAME = "cnn-explorer"
LATER = 2000
"""Milliseconds."""


class Store(QSettings):
    """The program's own; written when it ends, too."""

    def __init__(self, app: QObject) -> None:
        super().__init__(NAME, NAME, app)
        self._later = QTimer(self, singleShot=True, interval=LATER)
        self._later.timeout.connect(self.sync)
        if isinstance(app, QCoreApplication):
            app.aboutToQuit.connect(self.sync)

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest:  # which asks to be written
            return super().event(event)
        self._later.start()
        return True


def store() -> QSettings:
    """The one of this program, which is its own thread's; elsewhere one for the moment, with the same in it."""
    app = QCoreApplication.instance()
    ours = app is not None and app.thread() is QThread.currentThread()
    return of_program(Store) if ours else QSettings(NAME, NAME)
