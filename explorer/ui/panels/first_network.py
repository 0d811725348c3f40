"""The card that leads to one's first network, beside the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from explorer.classics.first_network import STEPS
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID
from explorer.workspace.first_network import FirstNetwork

DOT = 10.0
"""Pixels across the mark of a step."""
END = "That is a whole network. Train it elsewhere, or open LeNet-5 in the model library to see one that has learned."


class Marks(QFrame):
    """A circle for each step: full when it is done, with a ring where one is."""

    def __init__(self, walk: FirstNetwork) -> None:
        super().__init__()
        self._walk = walk
        self.setFixedSize(round(len(STEPS) * 2 * DOT), 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, done in enumerate(self._walk.done):
                painter.setPen(QColor(colours.accent if number == self._walk.at else colours.outline))
                painter.setBrush(QColor(colours.accent) if done else Qt.BrushStyle.NoBrush)
                x, y = 2 + number * 2 * DOT, (self.height() - DOT) / 2
                painter.drawEllipse(round(x), round(y), round(DOT), round(DOT))
                if number == self._walk.at:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(round(x) - 2, round(y) - 2, round(DOT) + 4, round(DOT) + 4)


class FirstNetworkCard(QFrame):
    """What to do in this step, and the ways to the others."""

    def __init__(self, walk: FirstNetwork) -> None:
        super().__init__()
        self.walk = walk
        self.setAccessibleName("First network")
        self.setFixedWidth(32 * GRID)
        self.title, self.text, self.note = Text(size="title"), Text(), Text(role="dim", size="small")
        self.marks = Marks(walk)
        self.back, self.next = QPushButton("Back"), QPushButton("Next")
        self.back.setToolTip("Show the step before this one")
        self.next.setToolTip("Show the next step; it comes by itself when this one is done")
        self.close_button = QToolButton(autoRaise=True)
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Leave the first network")
        self.close_button.setToolTip("Leave; “Build your first network” on the start page goes on here (Esc)")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        for widget in (self.marks, self.text, self.note):
            column.addWidget(widget)
        column.addLayout(foot)
        self.back.clicked.connect(lambda: walk.show_step(walk.at - 1))
        self.next.clicked.connect(self._go_on)
        self.close_button.clicked.connect(walk.leave)
        walk.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        walk = self.walk
        last = walk.at == len(STEPS) - 1
        self.title.say(f"{walk.at + 1} · {walk.step.title}")
        self.text.say(walk.step.text)
        self.note.say(END if walk.finished else "Done." if walk.done[walk.at] else "")
        self.back.setEnabled(walk.at > 0)
        self.next.setText("Close" if last else "Next")
        done = sum(walk.done)
        self.marks.setAccessibleName(f"{done} of {len(STEPS)} steps done")
        self.setAccessibleDescription(f"{self.title.text()}. {walk.step.text} {self.note.text()}".strip())
        self.marks.update()

    def _go_on(self) -> None:
        if self.walk.at == len(STEPS) - 1:
            self.walk.leave()
        else:
            self.walk.show_step(self.walk.at + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.walk.leave()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colours.accent))
            painter.setBrush(QColor(colours.card))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), GRID, GRID)
