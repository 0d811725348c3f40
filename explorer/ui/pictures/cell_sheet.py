"""A sheet over which a cell is followed by mouse and keys, with boxes on it: those that are left, and dropped ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen

from explorer.maths.boxes import Box
from explorer.ui import theme
from explorer.ui.pictures.box_sheet import ARROWS, FAST
from explorer.ui.pictures.class_colours import class_colour
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.pictures.sheet import Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class CellSheet(Sheet):
    """Says where the pointer is, and which way the arrows go: with Ctrl faster; the sheet's owner decides what follows.

    mark: the cell, or what it sees, None for nothing. left, dropped: boxes to draw, the latter thin.
    """

    pointed = Signal(float, float)  # a point of the sheet under the mouse
    pressed = Signal(float, float)  # the same, where the button was pressed
    passed = Signal()  # the mouse went away
    stepped = Signal(int, int)  # cells across and down
    turned = Signal(int)  # page up or down

    def __init__(self, name: str) -> None:
        super().__init__((1.0, 1.0))
        self.mark: Box | None = None
        self.left: Sequence[Box] = ()
        self.dropped: Sequence[Box] = ()
        self.setAccessibleName(name)

    def paint_on(self, painter: QPainter) -> None:
        painter.setClipRect(self.area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # white on black is seen on any picture
        self._draw(painter, self.dropped, ((QColor(0, 0, 0, 130), 2.0), (QColor(255, 255, 255, 200), 1.0)))
        self._draw(painter, self.left, ((QColor("black"), 3.5), (class_colour(0), 2.0)))
        painter.setClipping(False)
        if self.mark is not None:
            outline = self.outline(self.mark)
            small = 6.0 - min(outline.width(), outline.height())
            if small > 0:  # a cell of few pixels is still seen
                outline.adjust(-small / 2, -small / 2, small / 2, small / 2)
            self._outline(painter, outline)

    def _outline(self, painter: QPainter, outline: QRectF) -> None:
        for tone, line in ((QColor("black"), 5.0), (QColor("white"), 3.0), (QColor(theme.current().accent), 1.5)):
            painter.setPen(QPen(tone, line))
            painter.drawRect(outline)

    def _draw(self, painter: QPainter, boxes: Sequence[Box], tones: Sequence[tuple[QColor, float]]) -> None:
        outlines = [self.outline(box) for box in boxes]
        for tone, line in tones:
            painter.setPen(QPen(tone, line))
            painter.drawRects(outlines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.area.contains(event.position()):
            self.pressed.emit(*self.on_sheet(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.area.contains(event.position()):
            self.pointed.emit(*self.on_sheet(event.position()))
        else:
            self.passed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.passed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            across, down = ARROWS[key]
            fast = FAST if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            self.stepped.emit(across * fast, down * fast)
        elif key in PAGES:
            self.turned.emit(PAGES[key])
        else:
            super().keyPressEvent(event)


def heat_of(shares: NDArray[np.float32]) -> QImage:
    """Numbers (H, W) from 0 to 1 as an image of their colours, viridis."""
    import numpy as np

    shades: NDArray[np.uint32] = np.ascontiguousarray(opaque("viridis")[np.rint(255 * shares).astype(np.uint8)])
    height, width = shades.shape
    return QImage(shades.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
