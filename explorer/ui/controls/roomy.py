"""A page that needs much room: whole where there is as much, else one scrolls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.ui.controls.scrolled import Scrolled
from explorer.ui.theme import GRID

LEAST = QSize(36 * GRID, 28 * GRID)
"""A window is never made larger than its screen, a page's least size or not: at 200 % screens are small."""


def resize_on_screen(window: QWidget, size: QSize) -> None:
    """Make a dialog so large, or as large as its screen has room for with a frame."""
    window.resize(size.boundedTo(window.screen().availableSize() - QSize(2 * GRID, 4 * GRID)))


class Roomy(Scrolled):
    """Gives its page at least the room that it needs, without asking the window for more than `least`."""

    def __init__(self, page: QWidget, name: str, least: QSize = LEAST) -> None:
        super().__init__(name)
        self._least = least
        self.setWidgetResizable(True)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        return self._least


class Stack(QStackedWidget):
    """Pages of which only the one that is seen asks for room."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint().expandedTo(page.minimumSize()) if page is not None else super().minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        return page.heightForWidth(width) if page is not None else -1


@contextmanager
def laid_out_later(page: QWidget) -> Iterator[None]:
    """Show and hide widgets of a page in here: it is laid out once, before it is painted next. Else Qt lays all pages
    around it out anew for each widget that comes."""
    layout = page.layout()
    assert layout is not None
    layout.setEnabled(False)
    try:
        yield
    finally:
        layout.setEnabled(True)
        layout.invalidate()
