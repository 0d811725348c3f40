"""The panels in a small window: all share one place beside the network, instead of standing around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import pairwise

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from explorer.ui import theme
from explorer.ui.theme import GRID

NARROW, LOW = 96 * GRID, 66 * GRID
"""Pixels below which panels all around would leave the network no room, or need more than there is: on a screen of
1280 × 800 at 200 %, or of 1920 × 1080 at 300 %, only 640 × 400 or 640 × 360 are left."""
LARGER = 5 * GRID
"""Pixels that the words in titles and rows of tabs take more of the height where they are twice as large."""
SIDE = 46 * GRID
"""Pixels of the place that they share."""


def is_small(size: QSize) -> bool:
    """Whether a window of this size has no room for panels all around."""
    return size.width() < NARROW or size.height() < LOW + LARGER * (theme.current().larger - 1)


class Compact:
    """Puts the panels together, and back to where they were.

    put_back: how the window is given a state it had, see `QMainWindow.saveState`.
    """

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, QDockWidget], put_back: Callable[[QByteArray], object]
    ) -> None:
        self._window, self._docks, self._put_back = window, docks, put_back
        self._before: QByteArray | None = None
        self._shown: frozenset[str] = frozenset()

    @property
    def on(self) -> bool:
        """Whether they are together now."""
        return self._before is not None

    @property
    def state(self) -> QByteArray:
        """Where they are, or would be in a large window."""
        return self._before if self._before is not None else self._window.saveState()

    def give_up(self) -> None:
        """They are somewhere else: there is nothing to go back to."""
        self._before = None

    def together(self, shown: Collection[str], before: QByteArray) -> None:
        """Put all that do not float into one place. shown: those that are open; before: the window's state with them
        around the network."""
        self._before, self._shown = before, frozenset(shown)
        layout = self._window.layout()
        assert layout is not None
        layout.setEnabled(False)  # on the way there they need more room than before
        front = next((title for title in shown if not self._docks[title].visibleRegion().isEmpty()), "")
        front = "Inspector" if "Inspector" in shown else front or next(iter(shown), "")
        moved = {title: dock for title, dock in self._docks.items() if not dock.isFloating()}
        for dock in moved.values():
            dock.hide()
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        for first, second in pairwise(moved.values()):
            self._window.tabifyDockWidget(first, second)
        for title in moved.keys() & set(shown):
            moved[title].show()
        layout.setEnabled(True)
        layout.activate()
        if front in moved:
            moved[front].raise_()
            self._window.resizeDocks([moved[front]], [SIDE], Qt.Orientation.Horizontal)

    def apart(self, shown: Collection[str]) -> None:
        """Put them back around the network; one that was opened or closed since stays so."""
        assert self._before is not None
        before, self._before = self._before, None
        self._put_back(before)
        for title in self._shown ^ set(shown):
            self._docks[title].setHidden(title not in shown)
