"""A line above the canvas that tells what happened, and goes away by itself or when closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.controls.announcing import announce
from explorer.ui.controls.flow import Beside, Flow

LASTING = 15_000
"""Milliseconds a notice stays; a problem stays until it is closed."""
MOST = 2
"""Things that can be done about a notice."""
LEAST = 22 * theme.GRID
"""Width of the words; where there is less beside the buttons, these stand below."""
NOTHING: Mapping[str, Callable[[], object]] = {}
SAME = 10.0
"""Seconds within which the same notice is not shown again."""


class Notices(QFrame):
    """The newest notice; nothing is ever blocked by one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notice")
        self._label = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = [QPushButton() for _ in range(MOST)]
        for number, button in enumerate(self._buttons):
            button.clicked.connect(partial(self._act, number))
        close = QToolButton(autoRaise=True)
        close.setText("✕")
        close.setToolTip("Close this notice")
        close.setAccessibleName("Close this notice")
        close.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        self._label.setMinimumWidth(LEAST)
        acts = Flow()
        for button in self._buttons:
            acts.addWidget(button)
        row.addWidget(Beside(self._label, acts), 1)
        row.addWidget(close)
        self._does: list[Callable[[], object]] = []
        self._problem = False
        self._said: dict[str, float] = {}
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.go_on)
        self._asking: dict[str, tuple[str, Mapping[str, Callable[[], object]]]] = {}  # not answered yet
        self._asks = ""  # which of them is shown
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now, "" when nothing is."""
        return self._label.text() if not self.isHidden() else ""

    def say(
        self,
        text: str,
        problem: bool = False,
        actions: Mapping[str, Callable[[], object]] = NOTHING,
        asks: str = "",
    ) -> None:
        """Show `text`, with a button for each thing that can be done about it.

        asks: the name of a question that waits for its answer. It stays until it is answered or closed, comes back
        after another notice, and is replaced by what asks the same.
        """
        now = time.monotonic()
        if not asks and now - self._said.get(text, -SAME) < SAME and self.isHidden():
            return
        self._said = {t: at for t, at in self._said.items() if now - at < SAME} | {text: now}
        self._problem = problem
        self.update()
        self._label.setText(text)
        self._does = list(actions.values())
        for button, name in zip(self._buttons, (*actions, *[""] * MOST), strict=False):
            button.setText(name)
            button.setVisible(bool(name))
        self._timer.stop()
        self._asks = asks
        if asks:
            self._asking.pop(asks, None)
            self._asking[asks] = text, actions
        if not problem and not asks:
            self._timer.start(LASTING)
        self.show()
        announce(self, text, urgent=problem)

    def withdraw(self, asks: str) -> None:
        """The question of this name has answered itself."""
        self._asking.pop(asks, None)
        if self._asks == asks and not self.isHidden():
            self.go_on()

    def take_back(self, text: str) -> None:
        """What this notice says holds no more; it is said again as soon as it does."""
        self._said.pop(text, None)
        if text and self.text == text:
            self.go_on()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colours.raised))
            painter.fillRect(
                0, 0, theme.GRID // 2, self.height(), QColor(colours.problem if self._problem else colours.accent)
            )

    def _act(self, number: int) -> None:
        does = self._does[number]
        self._asking.pop(self._asks, None)
        self.hide()
        does()
        if self.isHidden():
            self.go_on()

    def _close(self) -> None:
        self._asking.pop(self._asks, None)
        self.go_on()

    def go_on(self) -> None:
        """Nothing is told any more, but what is not answered."""
        self.hide()
        if self._asking:
            asks, (text, actions) = list(self._asking.items())[-1]
            self.say(text, actions=actions, asks=asks)
