"""Networks that open in several turns of the event loop, so that the window answers and paints in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

from explorer.workspace.own_turn import soon

APART = 5
"""Milliseconds between the turns in which a network is opened."""


class Arrivals:
    """What opens at present; nothing of it comes any more once its owner is gone."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._coming: dict[object, Callable[[], None]] = {}  # and how to go on at once

    def take(self, parts: Iterator[None]) -> None:
        """Go from part to part, each in a turn of its own."""
        owner, going = self._owner, False

        def turn(last: bool = False) -> None:
            nonlocal going
            if going:  # a key came while a part of it is made
                return
            going = True
            try:
                for _ in parts:
                    if not last:
                        QTimer.singleShot(APART, owner, lambda: soon(owner, turn))
                        return
                self._coming.pop(parts, None)
            finally:
                going = False

        self._coming[parts] = lambda: turn(last=True)
        soon(owner, turn)

    def settle(self) -> None:
        """Finish at once all that is under way."""
        for finish in tuple(self._coming.values()):
            finish()
