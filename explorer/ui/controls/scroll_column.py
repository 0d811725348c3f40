"""A column of widgets that scrolls down when it is higher than its room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.controls.scrolled import Scrolled


class ScrollColumn(Scrolled):
    """As wide with its scroll bar as without, so that nothing moves sideways when the bar comes.

    QScrollArea's own way lays a page out for each widget that is shown, again when its height is known, and again
    when the bar has come; this one does it once.
    """

    _page: QWidget | None = None  # events are filtered before there is one

    def __init__(self, column: QVBoxLayout | None = None) -> None:
        super().__init__("Details")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Window)
        page.setAutoFillBackground(True)
        self.column = column or QVBoxLayout()
        page.setLayout(self.column)
        self._page, self._changing = page, False
        self._bar = self.verticalScrollBar().sizeHint().width()
        self.setWidget(page)
        page.installEventFilter(self)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Show, hide and fill widgets of the column in here: it is laid out once, at the end."""
        self._changing = True
        self.column.setEnabled(False)
        try:
            yield
        finally:
            self._changing = False
            self.column.setEnabled(True)
            self._fit()

    def _fit(self) -> None:
        width = self.width() - self._bar
        height = max(self.column.totalHeightForWidth(width), self.height())  # no frame, no bar below
        assert self._page is not None
        self._page.resize(width, height)
        for _ in range(2):  # a part that is itself laid out in this asks once more, and would never be heard again
            self.column.activate()
        QCoreApplication.removePostedEvents(self._page, QEvent.Type.LayoutRequest.value)  # it is laid out now

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest and not self._changing:
            self._fit()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
