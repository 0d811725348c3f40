"""A sheet to draw on with the mouse: the network sees each line while it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QToolButton, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.controls.flow import Flow
from explorer.ui.theme import GRID
from explorer.workspace.images import pixels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 280
"""Pixels of the sheet's sides: ten to one of MNIST's."""
THIN, USUAL, THICK = 6, 22, 60
"""Widths of the pen, pixels of the sheet; MNIST's lines are about two of its pixels wide."""
PAUSE = 50
"""Milliseconds between two drawings that are shown to the network, at least."""


@dataclass
class Line:
    """Points of the sheet that are joined, by ink or by the rubber; `all`: the sheet is wiped instead."""

    width: int
    rubber: bool = False
    all: bool = False
    points: list[QPointF] = field(default_factory=list)


class DrawingPad(QWidget):
    """White ink on black as in MNIST, or black on white. The right button rubs out; Ctrl+Z undoes, Delete wipes.

    busy: whether the network is still at work on what it was shown last; then the newest drawing waits.
    """

    drawn = Signal(object)  # pixels (H, W, 3) uint8

    def __init__(self, busy: Callable[[], bool]) -> None:
        super().__init__()
        self.thickness, self.rubber, self.inverted = USUAL, False, False
        self.sent: NDArray[np.uint8] | None = None
        self._busy = busy
        self._lines: list[Line] = []
        self._sheet = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        self._sheet.fill(0)
        self._drawing = False
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._send)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(8 * GRID, 8 * GRID)
        self.setAccessibleName("Drawing pad")

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    @property
    def image(self) -> QImage:
        """The sheet as it is seen."""
        image = self._sheet.copy()
        if self.inverted:
            image.invertPixels()
        return image

    def invert(self, on: bool) -> None:
        """Draw black on white, or white on black; what is drawn already turns round, too."""
        self.inverted = on
        self._changed()

    def wipe(self) -> None:
        """Begin with an empty sheet; can be undone."""
        self._lines.append(Line(0, all=True))
        self._draw_again()

    def undo(self) -> None:
        """Take the last line, or wiping, back."""
        if self._lines:
            self._lines.pop()
            self._draw_again()

    def on_widget(self, point: QPointF) -> QPointF:
        """Where a point of the sheet lies on the widget."""
        square = self._square
        return square.topLeft() + point * (square.width() / SIDE)

    @property
    def _square(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _on_sheet(self, point: QPointF) -> QPointF:
        square = self._square
        return (point - square.topLeft()) * (SIDE / square.width())

    def _draw_again(self) -> None:
        self._sheet.fill(0)
        for line in self._lines:
            self._draw(line, 0)
        self._changed()

    def _draw(self, line: Line, first: int) -> None:
        """Draw a line: the dot it begins with, and what leads to its point number `first` and those after it."""
        if line.all:
            self._sheet.fill(0)
            return
        with QPainter(self._sheet) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ink = QColor("black" if line.rubber else "white")
            painter.setPen(
                QPen(ink, line.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            if first == 0:
                painter.drawPoint(line.points[0])
            for start, end in pairwise(line.points[max(0, first - 1) :]):  # as they came: soft edges add up
                painter.drawLine(start, end)

    def _changed(self) -> None:
        self.update()
        if not self._soon.isActive():
            self._soon.start()

    def _send(self) -> None:
        if self._busy():
            self._soon.start()
            return
        self.sent = pixels_of(self.image)
        self.drawn.emit(self.sent)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._square, self.image)
            painter.setPen(QColor(theme.current().accent if self.hasFocus() else theme.current().edge))
            painter.drawRect(self._square.adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            rubber = self.rubber or event.button() == Qt.MouseButton.RightButton
            self._lines.append(Line(self.thickness, rubber, points=[self._on_sheet(event.position())]))
            self._drawing = True
            self._draw(self._lines[-1], 0)
            self._changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing:
            line = self._lines[-1]
            line.points.append(self._on_sheet(event.position()))
            self._draw(line, len(line.points) - 1)
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drawing = bool(event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton))

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z is for the drawing while it has the keys, not for the network."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if act := self._meant(event):
            act()
        else:
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo
        return self.wipe if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) else None


class DrawingPage(QWidget):
    """The pad with its tools under it."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        super().__init__()
        self.pad = pad = DrawingPad(busy)
        self.thickness = QSlider(Qt.Orientation.Horizontal)
        self.thickness.setRange(THIN, THICK)
        self.thickness.setValue(USUAL)
        self.thickness.setMinimumWidth(8 * GRID)  # narrower, it would be a knob without a way to go
        self.thickness.setAccessibleName("Thickness of the pen")
        self.thickness.valueChanged.connect(lambda width: setattr(pad, "thickness", width))
        self.rubber = _button("Erase", "Rub out with the left button; the right one always does", checkable=True)
        self.rubber.toggled.connect(lambda on: setattr(pad, "rubber", on))
        self.invert = _button("Invert", "Draw black on white", checkable=True)
        self.invert.toggled.connect(pad.invert)
        self.undo = _button("Undo", "Take the last line back (Ctrl+Z)")
        self.undo.clicked.connect(pad.undo)
        self.wipe = _button("Clear", "Begin with an empty sheet (Delete)")
        self.wipe.clicked.connect(pad.wipe)
        row = Flow(spacing=0)
        for tool in (self.thickness, self.rubber, self.invert, self.undo, self.wipe):
            row.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(pad, 1)
        column.addLayout(row)


def _button(text: str, tip: str, checkable: bool = False) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setToolTip(tip)
    made.setAutoRaise(True)
    made.setCheckable(checkable)
    return made
