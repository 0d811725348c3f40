"""The whole screen for what a class should see: the page in the middle, or the panel that has the keys."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPalette, QShortcut
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QWidget

from explorer.ui.canvas.lecture import Lecture
from explorer.ui.controls.flow import ANY
from explorer.ui.panes import in_sight

if TYPE_CHECKING:
    from explorer.ui.window import Window

Key = Qt.Key
BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
PATIENCE = 300
"""Milliseconds in which the system should have given the window its size again."""


class Curtain(QWidget):
    """Black, over all of the window; a click takes it away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName("Black screen")
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.black)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self.hide()

    def toggle(self) -> None:
        """Cover the window, or no more."""
        self.setGeometry(self.window().rect())
        self.setVisible(self.isHidden())
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()


class Presenting(QObject):
    """F11 begins and ends it, Escape ends it. Meanwhile a clicker's keys, Page Down and Page Up, go through what is
    shown step by step, and its black button, a full stop or b, hides it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self.on = window, False
        self._panel = ""
        self._row: tuple[QDockWidget, int] | None = None  # the row of panels below, and how high it was
        self._state, self._size = window.windowState(), window.size()
        self._coming = QTimer(self, singleShot=True)
        self._coming.timeout.connect(self._come_back)
        self._lecture = Lecture(window.canvas)
        self.curtain = Curtain(window)
        self._keys: dict[int, QShortcut] = {}
        for key in (Key.Key_Escape, Key.Key_PageDown, Key.Key_PageUp, Key.Key_Period, Key.Key_B):
            self._keys[key] = QShortcut(QKeySequence(key), window, enabled=False)
            self._keys[key].activated.connect(lambda key=key: self._press(key))
        window.pages.currentChanged.connect(lambda _: self._show_page())
        window.session.leaving.connect(self._leave_tab)
        window.session.opened.connect(lambda _: self._show_page())
        window.installEventFilter(self)

    def toggle(self) -> None:
        """Fill the screen, or have the window again."""
        if self.on:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Show nothing but what has the keys now, on the whole screen."""
        window = self._window
        if self._coming.isActive():
            self._come_back()
        self.on, self._state, self._panel = True, window.windowState(), self._with_keys()
        self._size = window.size()
        below = [dock for dock in window.docks.values() if in_sight(dock) and window.dockWidgetArea(dock) == BELOW]
        self._row = max(((dock, dock.height()) for dock in below), key=itemgetter(1), default=None)  # less has tabs
        window.fitting.fill(True)
        if self._panel:
            window.docks.bring(self._panel)
            self._middle.hide()
        self._show_around(False)
        for key, shortcut in self._keys.items():
            shortcut.setEnabled(key != Key.Key_B or not self._panel)  # letters switch layers of panels
        window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        self._show_page()

    def end(self) -> None:
        """Have the window again as it was."""
        if not self.on:
            return
        window, self.on = self._window, False
        for shortcut in self._keys.values():
            shortcut.setEnabled(False)
        self.curtain.hide()
        window.setWindowState(self._state)
        self._coming.start(0 if window.size() == self._size else PATIENCE)

    def end_now(self) -> None:
        """Have the window again at once, as before it closes: what is remembered is the window."""
        self.end()
        if self._coming.isActive():
            self._window.resize(self._size)
            self._come_back()

    def _come_back(self) -> None:
        """What stood around it stands there again: once the window has its size, for it makes room by that."""
        self._coming.stop()
        window = self._window
        self._middle.show()
        self._show_around(True)
        window.fitting.fill(False)
        if self._row is not None:
            dock, high = self._row
            window.resizeDocks([dock], [high], Qt.Orientation.Vertical)
        layout = window.layout()
        assert layout is not None
        layout.activate()  # the network is looked at in its own room again
        self._show_page()

    @property
    def _middle(self) -> QWidget:
        middle = self._window.centralWidget()
        assert middle is not None
        return middle

    def _with_keys(self) -> str:
        """The panel that has the keys, "" where it is the page in the middle."""
        focus = QApplication.focusWidget()
        docks = self._window.docks.items()
        return next((title for title, dock in docks if focus is not None and dock.isAncestorOf(focus)), "")

    def _show_around(self, shown: bool) -> None:
        """Menus and tabs get no height: hidden, menus would lose their keys, and tabs come back with each network."""
        window = self._window
        for bar in (window.menuBar(), window.tabs):
            bar.setMaximumHeight(ANY if shown else 0)
        window.status.setVisible(shown)

    def _show_page(self) -> None:
        """Another page is in the middle, or before a class."""
        window = self._window
        lecturing = self.on and not self._panel and window.pages.shows_canvas
        if lecturing != self._lecture.on:
            (self._lecture.begin if lecturing else self._lecture.end)()
        if (labs := window.pages.__dict__.get("labs")) is not None:
            labs.present(self.on)

    def _leave_tab(self) -> None:
        """Another network comes, which has a view of its own: that of this one is kept as it was in the window."""
        if self._lecture.on:
            self._lecture.end()
            self._window.canvas.keep_view()

    # Keys

    def _press(self, key: int) -> None:
        focus = QApplication.focusWidget()
        if not self.curtain.isHidden():
            self.curtain.hide()
        elif key in (Key.Key_Period, Key.Key_B):
            self.curtain.toggle()
        elif key == Key.Key_Escape and not isinstance(focus, QLineEdit):  # a search closes, a field takes back
            self.end()
        elif key == Key.Key_Escape or not self._step(1 if key == Key.Key_PageDown else -1):
            self._pass_on(key, focus)

    def _pass_on(self, key: int, focus: QWidget | None) -> None:
        """Have a key do what it does in the window."""
        shortcut = self._keys[key]
        shortcut.setEnabled(False)  # else it would be heard here again
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) if focus is not None else ():
            QApplication.sendEvent(focus or self._window, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
        shortcut.setEnabled(self.on)

    def _step(self, way: int) -> bool:
        """Whether what is shown has steps to go through; else the key is for what has the keys."""
        window = self._window
        if self._panel:
            panel = window.docks[self._panel]
            parts = [part for part in panel.findChildren(QWidget) if part.isVisible() and hasattr(part, "step_on")]
            if not any(part.step_on(way) for part in parts):
                self._lecture.step_on(way)  # the panel shows the next layer
            return True
        if window.pages.shows_canvas:
            self._lecture.step_on(way)
            return True
        step_on = getattr(window.pages.currentWidget(), "step_on", None)
        if step_on is not None:
            step_on(way)
        return step_on is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self.end_now()  # what it may ask is seen
        elif event.type() == QEvent.Type.WindowStateChange and self.on and not self._window.isFullScreen():
            self.end()
        elif event.type() == QEvent.Type.Resize:
            self.curtain.setGeometry(self._window.rect())
            if self._coming.isActive():
                self._coming.start(0)  # behind this event
        return False
