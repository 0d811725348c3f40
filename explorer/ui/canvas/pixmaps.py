"""Drawn cards kept as pixmaps, so that a repaint mostly copies pixels."""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from explorer.ui.canvas.card import BOUNDS

ROOM = 32 * 2**20
"""Bytes of pixmaps kept, for each device pixel that a screen has to one of its units; the ones not shown for longest go
first. A window of 1600 x 1000 full of cards scrolls over three times its height with half of it."""
BUDGET = 0.003
"""Seconds one frame may spend on drawing new cards."""
LEAST = 4
"""New cards each frame draws however long the rest of it takes, so that all are drawn some time."""


class Drawing(Protocol):
    """Something card-sized that paints itself; equal drawings look the same."""

    def paint(self, painter: QPainter) -> None: ...

    def __hash__(self) -> int: ...


class Pixmaps:
    """Newest-used pixmaps by drawing and scale (device pixels per scene unit)."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Drawing, float, float], QPixmap] = OrderedDict()
        self._bytes = 0
        self._until, self._fresh = 0.0, 0

    def clear(self) -> None:
        """Forget everything: colours or fonts changed."""
        self._kept.clear()
        self._bytes = 0

    def begin(self) -> None:
        """A new frame, with a new time budget."""
        self._until, self._fresh = perf_counter() + BUDGET, 0

    def get(self, drawing: Drawing, scale: float, ratio: float, *, wait: bool = False) -> QPixmap | None:
        """The drawing at `scale` for a screen of `ratio`; None when it is not there and this frame's time is spent.

        With `wait` it is drawn all the same.
        """
        key = (drawing, scale, ratio)
        pixmap = self._kept.get(key)
        if pixmap is not None:
            self._kept.move_to_end(key)
            return pixmap
        if not wait and self._fresh >= LEAST and perf_counter() > self._until:
            return None
        self._fresh += 1
        pixmap = _drawn(drawing, scale, ratio)
        self._kept[key] = pixmap
        self._bytes += _size(pixmap)
        while self._bytes > ROOM * ratio and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return pixmap


def _drawn(drawing: Drawing, scale: float, ratio: float) -> QPixmap:
    pixels = scale * ratio
    pixmap = QPixmap(ceil(BOUNDS.width() * pixels), ceil(BOUNDS.height() * pixels))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(pixels, pixels)
        painter.translate(-BOUNDS.topLeft())
        drawing.paint(painter)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
