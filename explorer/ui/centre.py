"""The middle of the window: the open networks' tabs, what is shown of the one in front, and notices."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.ui.controls.finder import COVERED, Finder
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.notices import Notices
from explorer.ui.pages import Pages
from explorer.ui.tabs import Tabs


class Centre(KeysOn, QWidget):
    """A notice lies on the canvas, which must not jump; above every other page, whose head it would hide."""

    def __init__(self, tabs: Tabs, pages: Pages, notices: Notices) -> None:
        super().__init__()
        self._pages, self._notices = pages, notices
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tabs)
        self.over = QGridLayout()
        self.over.addWidget(pages, 0, 0)
        self.over.addWidget(notices, 1, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self.over, 1)
        notices.raise_()
        pages.currentChanged.connect(lambda _: self._place())
        notices.installEventFilter(self)
        self._place()

    @property
    def first(self) -> QWidget:
        """The keys are for the page that is shown."""
        return self._pages.currentWidget() or self._pages

    def _place(self) -> None:
        self.over.removeWidget(self._pages)
        on_it = self._pages.shows_canvas
        self.over.addWidget(self._pages, 0 if on_it else 2, 0, 2 if on_it else 1, 1)
        self.over.setRowStretch(1, int(on_it))
        self.over.setRowStretch(2, int(not on_it))
        self._notices.raise_()
        if on_it:
            self._pages.canvas.ruler.installEventFilter(self)
        self._make_room()

    def _make_room(self) -> None:
        """Where one is in the network is read below a notice, too, as are the minimap and what one types to find; a
        ruler that lies above the network is read above it."""
        canvas = self._pages.__dict__.get("canvas")  # nobody waits for one
        above = canvas.ruler.margins.top() if canvas is not None and self._pages.shows_canvas else 0
        if above != self.over.rowMinimumHeight(0):
            self.over.setRowMinimumHeight(0, above)
        below = above + self._notices.height() if self._pages.shows_canvas and not self._notices.isHidden() else 0
        self._pages.setProperty(COVERED, below)
        for finder in filter(Finder.isVisible, self._pages.findChildren(Finder)):
            finder.lie()
        if canvas is not None:
            canvas.breadcrumb.lie(below)
            canvas.minimap.lie(below)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize):
            self._make_room()
        return super().eventFilter(watched, event)
