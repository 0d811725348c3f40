"""What holds a panel in its dock, and the row of tabs where several share a place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from explorer.ui import theme
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import sized

TAB = """
QTabBar::tab {{ padding: {room} 3px; border: none; border-top: 2px solid transparent; color: {dim}; }}
QTabBar::tab:hover {{ background: {raised}; color: {text}; }}
QTabBar::tab:selected {{ border-top-color: {accent}; background: {base}; color: {text}; }}
"""
"""The look of a tab: Qt's own are so wide that ten of them would be cut to two letters each."""


def dress(tabs: QTabBar) -> None:
    """Make a row of tabs narrow, in the theme's colours; where it has no room still, it scrolls."""
    tabs.setAccessibleName("Panels")
    tabs.setFont(sized("small"))
    room = "8px 2px 7px" if theme.current().larger > 1 else "4px 2px 3px"  # for fingers
    tabs.setStyleSheet(TAB.format_map(vars(theme.current()) | {"room": room}))
    tabs.setElideMode(Qt.TextElideMode.ElideNone)
    tabs.setUsesScrollButtons(True)


def in_sight(dock: QDockWidget) -> bool:
    """Whether it is there, and not behind another tab."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


class Pane(KeysOn, QWidget):
    """Holds a panel, without a layout: else Qt lays the whole window out anew whenever a text in the panel changes."""

    def __init__(self, panel: QWidget, window: QMainWindow) -> None:
        super().__init__()
        self._panel, self._window = panel, window
        panel.setParent(self)
        panel.setAutoFillBackground(True)  # else the dock draws its title again with each repaint of the panel
        least = panel.minimumSize()
        self.setMinimumSize(panel.minimumSizeHint() if least.isEmpty() else least)

    def sizeHint(self) -> QSize:
        return self._panel.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._panel.resize(event.size())

    @property
    def first(self) -> QWidget:
        return self._panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where the panel has no use for it, goes back to the page in the middle."""
        escape = event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if escape and (page := self._window.centralWidget()):
            self._window.activateWindow()  # the panel may float
            page.setFocus()
        else:
            super().keyPressEvent(event)
