"""Pages in the middle of the window, of which one is shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.maths.records import Picture
from explorer.ui.controls.roomy import Stack
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.files import Files
from explorer.workspace.session import Session

WITH_PICTURES = ("labs", "studio")
"""Pages that show pictures themselves."""
Page = TypeVar("Page", bound=QWidget)


class PageStack(Stack):
    """Pages that are made when they are first asked for: each is a cached property of the stack built on this one."""

    turning = Signal(QWidget)  # this page is about to be shown

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self._session, self._files = session, files
        session.picture_changed.connect(self._picture_came)

    @abstractmethod
    def leave(self) -> None:
        """Go back to where the work is."""

    @abstractmethod
    def show_canvas(self) -> None:
        """Show the network."""

    def setCurrentWidget(self, page: QWidget) -> None:
        self.turning.emit(page)  # Qt makes the window larger where page and panels do not fit beside each other
        super().setCurrentWidget(page)

    def shows(self, *names: str) -> bool:
        """Whether one of these pages is shown; none is made for the question."""
        return self.currentWidget() in [self.__dict__.get(name) for name in names]

    def make_room(self) -> None:
        """A picture or a video has come, which a panel shows: a page that panels stepped aside for gives way, but one
        that has pictures of its own does not."""
        page = self.currentWidget()
        if page is not None and page.property(WHOLE_WINDOW) and not self.shows(*WITH_PICTURES):
            self.show_canvas()

    def _picture_came(self, picture: Picture | None) -> None:
        if picture is not None:
            self.make_room()

    def _added(self, page: Page) -> Page:
        self.addWidget(page)
        if back := getattr(page, "back_requested", None):
            back.connect(self.leave)
        return page

    def _show(self, page: QWidget) -> None:
        self.setCurrentWidget(page)
        page.setFocus()
