"""A ruler beside the canvas: which stage, spatial size and depth each row has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.network.stages import Stage, stages
from explorer.ui import theme
from explorer.ui.canvas.card import MEDIUM, SMALL, font, metrics
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

WIDTH = 12 * GRID
LINE = 15
"""Height of a line of text, pixels."""


class Ruler(QWidget):
    """Lies left of the canvas, which makes room for it; nothing is worked out while it is hidden."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._stages: tuple[Stage, ...] | None = None
        self.setAccessibleName("Ruler of depth")
        self.hide()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those of the network as it is now."""
        if self._stages is None:
            document, drawing = self._canvas.drawing.document, self._canvas.drawing
            self._stages = stages(document.project.network, document.facts, drawing.places)
            told = (f"stage {s.number}: {s.size_in_words}, {s.depth_in_words}" for s in self._stages)
            self.setAccessibleDescription("; ".join(told))
        return self._stages

    def follow(self) -> None:
        """The network is another one, or lies elsewhere."""
        self._stages = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, canvas = theme.current(), self._canvas
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colours.window))
            edge = QPen(QColor(colours.edge), 1)
            painter.setPen(edge)
            painter.drawLine(QLineF(WIDTH - 0.5, 0, WIDTH - 0.5, self.height()))
            transform = canvas.viewportTransform()
            for stage in self.stages:
                top, bottom = (transform.map(QPointF(0, y)).y() for y in (stage.top, stage.bottom))
                if bottom < 0 or top > self.height():
                    continue
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawLine(QLineF(WIDTH - 4, top + 1, WIDTH - 4, bottom - 1))
                # As far as there is room for it, in the middle of what is seen of the stage.
                seen = QRectF(GRID, max(top, 0.0), WIDTH - 2 * GRID, min(bottom, float(self.height())) - max(top, 0.0))
                self._write(painter, stage, seen)

    def _write(self, painter: QPainter, stage: Stage, room: QRectF) -> None:
        colours = theme.current()
        lines = [
            (stage.size_in_words, MEDIUM, True, colours.text),
            (f"stage {stage.number}", SMALL, False, colours.dim),
            (stage.depth_in_words, SMALL, False, colours.dim),
        ][: int(room.height() // LINE)]
        top = room.center().y() - LINE * len(lines) / 2
        for row, (text, size, bold, colour) in enumerate(lines):
            painter.setFont(font(size, bold))
            painter.setPen(QColor(colour))
            box = QRectF(room.left(), top + row * LINE, room.width(), LINE)
            words = metrics(size, bold).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
