"""Each piece of the window's work has a turn of the event loop for itself, and is painted before the next begins.

By itself Qt does in one turn all that is due: it paints, and calls every timer. So an answer of the worker, a panel
that follows, the commands that are looked through and the canvas met in one, and took more than a frame together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import Shiboken

from explorer.workspace.of_program import of_program


class OwnTurns(QObject):
    """What waits for a turn, in the order it was asked for. Every other turn is left to painting."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[QObject, Callable[[], object]]] = deque()
        self._painted = True
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._turn)

    def take(self, owner: QObject, do: Callable[[], object]) -> None:
        """Do this in a turn that comes; not where its owner is gone by then."""
        self._waiting.append((owner, do))
        if not self._timer.isActive():
            self._painted = False  # who asks has mostly changed what is seen, which Qt paints in the next turn
            self._timer.start()

    def _turn(self) -> None:
        if not self._painted:
            self._painted = True  # by now: Qt paints before it calls timers
            if self._waiting:
                self._timer.start()
            return
        while self._waiting:
            owner, do = self._waiting.popleft()
            if Shiboken.isValid(owner):
                self._painted = False
                self._timer.start()  # before: it may fail, or open a dialog, in which the others go on
                do()
                return


def soon(owner: QObject, do: Callable[[], object]) -> None:
    """Do this in a turn of the event loop of its own; one queue serves the whole program."""
    of_program(OwnTurns).take(owner, do)
