"""A line above the canvas that tells what happened, and goes away by itself or when closed."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from explorer.ui import theme

LASTING = 15_000
"""Milliseconds a notice stays; a problem stays until it is closed."""
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
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        close = QToolButton(autoRaise=True)
        close.setText("✕")
        close.setToolTip("Close this notice")
        close.setAccessibleName("Close this notice")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        row.addWidget(close)
        self._do: Callable[[], object] | None = None
        self._problem = False
        self._said: dict[str, float] = {}
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now, "" when nothing is."""
        return self._label.text() if not self.isHidden() else ""

    def say(self, text: str, problem: bool = False, action: str = "", do: Callable[[], object] | None = None) -> None:
        """Show `text`, with a button where there is something to do about it."""
        now = time.monotonic()
        if now - self._said.get(text, -SAME) < SAME and self.isHidden():
            return
        self._said = {t: at for t, at in self._said.items() if now - at < SAME} | {text: now}
        self._problem = problem
        self.update()
        self._label.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._do = do
        self._timer.stop()
        if not problem:
            self._timer.start(LASTING)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.raised))
        painter.fillRect(
            0, 0, theme.GRID // 2, self.height(), QColor(colours.problem if self._problem else colours.accent)
        )

    def _act(self) -> None:
        self.hide()
        if self._do is not None:
            self._do()
