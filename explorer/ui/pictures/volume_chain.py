"""The volumes a picture goes through in a small network, drawn as blocks from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.network.layer import Shape
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

LARGEST, DEEPEST = 9 * GRID, 5 * GRID
"""Pixels of the highest block, and of the deepest one."""
DENSE = 10.0
"""Pixels across a vector, which has no places."""


@dataclass(frozen=True)
class Block:
    """What a layer puts out: (C, H, W), or (C,) for a vector; and the layer in a few words, on the way to it."""

    shape: Shape
    layer: str


class VolumeChain(QWidget):
    """Blocks as high and wide as their maps, and as deep as they have channels, each by its root."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: tuple[Block, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Maps from layer to layer")

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 22 * GRID)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """Show other volumes."""
        self._blocks = tuple(blocks)
        self.setAccessibleDescription(", ".join(f"{one.layer} {sizes(one.shape)}".strip() for one in blocks))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._blocks:
            return
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sized("small"))
            step = self.width() / len(self._blocks)
            line = painter.fontMetrics().height()
            high = max(one.shape[1] for one in self._blocks if len(one.shape) == 3)
            deep = max(one.shape[0] for one in self._blocks)
            floor = LARGEST + DEEPEST + line
            for number, one in enumerate(self._blocks):
                middle = (number + 0.5) * step
                size = LARGEST * sqrt(one.shape[1] / high) if len(one.shape) == 3 else DENSE
                depth = DEEPEST * sqrt(one.shape[0] / deep)
                tall = size if len(one.shape) == 3 else LARGEST
                dense = len(one.shape) == 1 or "FC" in one.layer
                colour = colours.family("Dense" if dense else "Window" if number else "Input")
                front = QRectF(middle - (size + depth * 0.5) / 2, floor - tall, size, tall)
                _draw_block(painter, front, 0.0 if len(one.shape) == 1 else depth * 0.5, colour)
                painter.setPen(QColor(colours.text))
                room = QRectF(middle - step / 2, floor + 4, step, line)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, sizes(one.shape))
                painter.setPen(QColor(colours.dim))
                words = painter.fontMetrics().elidedText(one.layer, Qt.TextElideMode.ElideRight, int(step))
                painter.drawText(room.translated(0, line), Qt.AlignmentFlag.AlignCenter, words)


def sizes(shape: Shape) -> str:
    """Height × width × channels, as the course writes it."""
    return str(shape[0]) if len(shape) == 1 else f"{shape[1]}×{shape[2]}×{shape[0]}"


def _draw_block(painter: QPainter, front: QRectF, depth: float, colour: QColor) -> None:
    back = QPointF(depth, -depth)
    painter.setPen(QPen(colour.darker(140), 1))
    for corners, light in (
        ((front.topLeft(), front.topLeft() + back, front.topRight() + back, front.topRight()), 135),
        ((front.topRight(), front.topRight() + back, front.bottomRight() + back, front.bottomRight()), 85),
        ((front.topLeft(), front.topRight(), front.bottomRight(), front.bottomLeft()), 110),
    ):
        painter.setBrush(colour.lighter(light))
        painter.drawPolygon(QPolygonF(list(corners)))
