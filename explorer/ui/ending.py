"""The end of the program: by its window, or because the system asks for it, as at a log-out."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from explorer.ui.window import Window

ASKED_BY = "SIGTERM", "SIGHUP", "SIGINT"
"""A log-out or a shutdown, the end of the terminal, Ctrl+C in it."""
PATIENCE = 10.0
"""Seconds the window has to end; a second signal ends it at once."""


def leave(window: Window) -> None:
    """Remember what the next start begins with, and end what runs."""
    if (presenting := window.fitting.__dict__.get("presenting")) is not None:
        presenting.end_now()
    window.picture.live.stop()
    window.docks.remember()
    window.reopening.remember()
    window.canvas.keep_view()
    window.hide()
    window.session.close()


class Ending(QObject):
    """Ends the program as its window does where a signal asks for that, but asks nothing: unsaved edits are kept, and
    offered at the next start. The exit code is what shells expect, 128 and the signal's number."""

    _heard = Signal(int)  # its number

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._heard.connect(self._end, Qt.ConnectionType.QueuedConnection)
        if os.name == "nt":  # Windows tells by messages, which Qt hears
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            return
        ear, mouth = os.pipe()
        os.set_blocking(mouth, False)
        signal.set_wakeup_fd(mouth)  # Python runs nothing while Qt waits: a window that rests would hear it late
        for number in (getattr(signal, name) for name in ASKED_BY):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, _nothing)
        threading.Thread(target=self._listen, args=(ear,), name="signals", daemon=True).start()

    def _listen(self, ear: int) -> None:
        import select

        number = os.read(ear, 1)[0]
        self._heard.emit(number)
        select.select((ear,), (), (), PATIENCE)
        os._exit(128 + number)

    def _end(self, number: int) -> None:
        leave(self._window)
        QApplication.exit(128 + number)


def _nothing(_number: int, _frame: object) -> None:
    """The listening thread has heard it."""
