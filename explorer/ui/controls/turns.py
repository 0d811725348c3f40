"""What takes longer than a frame is made part by part, one in a turn of the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

PAUSE = 5
"""Milliseconds between two parts, in which the window answers."""

Parts = Iterator[None]
"""What makes something: each step makes one part of it, in some milliseconds."""


class Turns(QObject):
    """Makes things in the order they were asked for, each under a name. Who needs one at once finishes it."""

    def __init__(self, parent: QObject, pause: int = PAUSE) -> None:
        super().__init__(parent)
        self._waiting: dict[object, Parts] = {}
        self._timer = QTimer(self, singleShot=True, interval=pause)
        self._timer.timeout.connect(self._turn)

    def __contains__(self, name: object) -> bool:
        """Whether this is being made, or waits for it."""
        return name in self._waiting

    @property
    def busy(self) -> bool:
        """Whether anything is being made, or waits for it."""
        return bool(self._waiting)

    def take(self, name: object, parts: Parts) -> None:
        """Make this, beginning in the next turn; what is being made under this name is made no further."""
        self._waiting[name] = parts
        if not self._timer.isActive():
            self._timer.start(0)

    def drop(self, name: object) -> None:
        """Make this no further."""
        self._waiting.pop(name, None)

    def finish(self, name: object) -> None:
        """Make all that is left of this now; nothing where nothing is left."""
        for _ in self._waiting.pop(name, iter(())):
            pass

    def _turn(self) -> None:
        name, parts = next(iter(self._waiting.items()), (None, iter(())))
        try:
            next(parts)
        except StopIteration:
            self._forget(name, parts)
        except BaseException:  # it is told where all errors are; the others are made all the same
            self._forget(name, parts)
            raise
        finally:
            if self._waiting:
                self._timer.start()

    def _forget(self, name: object, parts: Parts) -> None:
        if self._waiting.get(name) is parts:  # else a part has asked for it anew
            del self._waiting[name]
