"""Panels and pages share the window: which stand there together, and which have it to themselves."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.whole_window import WHOLE_BELOW, WHOLE_WINDOW
from explorer.ui.docks import Docks
from explorer.ui.leading import Leading
from explorer.ui.pages import Pages
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.presenting import Presenting
    from explorer.ui.window import Window

PAGES = 124 * GRID
"""Pixels of width below which a page that else stands among the panels has the window to itself, where it does not
ask for more; of a theme whose words are as large as the system's."""


class Fitting(QObject):
    """Follows the page that is shown, and the window's size."""

    def __init__(self, window: Window, pages: Pages, docks: Docks, leading: Leading) -> None:
        super().__init__(window)
        self._window, self._pages, self._docks, self._leading = window, pages, docks, leading
        self._filled = False
        pages.turning.connect(self._make_way)
        pages.currentChanged.connect(lambda _: self._step_aside())
        self._step_aside()

    def follow(self) -> None:
        """The window has another size."""
        self._step_aside()
        self._docks.fit()
        self._leading.fit()

    def fill(self, filled: bool) -> None:
        """Have every page alone in the window, the network too, or no more."""
        self._filled = filled
        self._step_aside()

    @cached_property
    def presenting(self) -> Presenting:
        """What gives the whole screen to a page or a panel."""
        from explorer.ui.presenting import Presenting  # nobody waits for it when the program starts

        return Presenting(self._window)

    def _make_way(self, page: QWidget) -> None:
        if self._alone(page):
            self._docks.step_aside(True)

    def _step_aside(self) -> None:
        if (page := self._pages.currentWidget()) is not None:
            self._docks.step_aside(self._alone(page))

    def _alone(self, page: QWidget) -> bool:
        """Whether a page has the window to itself, as all but the network do in a small one."""
        least = (page.property(WHOLE_BELOW) or PAGES) * theme.current().larger
        small = self._window.width() < least and page is not self._pages.__dict__.get("canvas")
        return self._filled or bool(page.property(WHOLE_WINDOW)) or small
