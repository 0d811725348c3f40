"""The middle of the window: the open networks' tabs, what is shown of the one in front, and notices."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.ui.notices import Notices
from explorer.ui.pages import Pages
from explorer.ui.tabs import Tabs


class Centre(QWidget):
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
        self.over.addWidget(notices, 0, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self.over, 1)
        notices.raise_()
        pages.currentChanged.connect(lambda _: self._place())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys are for the page that is shown."""
        if page := self._pages.currentWidget():
            page.setFocus(event.reason())

    def _place(self) -> None:
        self.over.removeWidget(self._pages)
        self.over.addWidget(self._pages, 0 if self._pages.shows_canvas else 1, 0)
        self._notices.raise_()
