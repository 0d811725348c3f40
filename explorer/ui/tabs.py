"""The open networks as tabs above the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QTabBar, QToolButton

from explorer.maths.sentences import shortened
from explorer.ui.controls.words import plain_tip
from explorer.workspace.session import Session
from explorer.workspace.tab import Tab

SIDE = QTabBar.ButtonPosition.RightSide
LONGEST = 30
"""Characters of a tab's text."""


class Tabs(QTabBar):
    """One tab for each open network, a dot where it has unsaved edits; hidden while there is only one."""

    close_requested = Signal(object)  # Tab
    menu_requested = Signal(object, QPoint)  # about which Tab; there on the screen

    def __init__(self, session: Session, title_of: Callable[[Tab], str]) -> None:
        super().__init__()
        self._session, self._title_of = session, title_of
        self._building = False
        self.setAccessibleName("Open networks")
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.currentChanged.connect(self._show)
        self.tabMoved.connect(self._move)
        session.document.tabs_changed.connect(self.follow)
        session.document.renamed.connect(self.follow)
        session.opened.connect(lambda _: self.follow())
        self.follow()

    def follow(self) -> None:
        """Show the open networks as they are now."""
        document = self._session.document
        self._building = True  # what is shown here is no wish of the user's
        while self.count() > len(document.tabs):
            self.removeTab(self.count() - 1)
        while self.count() < len(document.tabs):
            self.setTabButton(self.addTab(""), SIDE, self._close_button())
        for index, tab in enumerate(document.tabs):
            title = self._title_of(tab)
            text = f"{shortened(title, LONGEST)}{' •' if tab.unsaved else ''}".replace("&", "&&")
            if text != self.tabText(index):
                self.setTabText(index, text)
            self.setTabToolTip(index, plain_tip(f"{tab.source or title}{', not saved' if tab.unsaved else ''}"))
        self.setCurrentIndex(document.tabs.index(document.tab))
        self._building = False
        self.setVisible(len(document.tabs) > 1)

    def step(self, by: int) -> None:
        """Bring the next tab to the front, or with −1 the one before."""
        tabs, tab = self._session.document.tabs, self._session.document.tab
        self._session.show_tab(tabs[(tabs.index(tab) + by) % len(tabs)])

    def _show(self, index: int) -> None:
        if not self._building:
            self._session.show_tab(self._session.document.tabs[index])

    def _move(self, start: int, end: int) -> None:
        if not self._building:
            self._session.document.move_tab(start, end)

    def _close_button(self) -> QToolButton:
        """Our own: Fusion draws a red one."""
        button = QToolButton(autoRaise=True)
        button.setText("✕")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip("Close this network")
        button.setAccessibleName("Close this network")
        button.clicked.connect(lambda: self._close(self._index_of(button)))
        return button

    def _index_of(self, button: QToolButton) -> int:
        return next(index for index in range(self.count()) if self.tabButton(index, SIDE) is button)

    def _close(self, index: int) -> None:
        self.close_requested.emit(self._session.document.tabs[index])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self._close(index)
        else:
            super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.tabAt(event.pos())
        if index >= 0:
            at = self.mapToGlobal(self.tabRect(index).center()) if by_key else event.globalPos()
            self.menu_requested.emit(self._session.document.tabs[index], at)
