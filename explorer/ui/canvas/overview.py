"""The whole network before a class: a row for each card, with what it puts out, beside the layer shown large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.canvas.group_card import GroupCard
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

LOWEST, HIGHEST = 3.0 * GRID, 5.0 * GRID
"""Pixels of a row; where all together need more than there is, those around the selection are shown."""
LETTERS = 0.52
"""Of a row's height, that of its words."""
STRIP = 0.75 * GRID
"""Width of the coloured edge."""

Row = tuple[str, str, str]
"""Of a card its kind or name, what it puts out, and its layer group."""


class Overview(QWidget):
    """Lies on the canvas' left edge; a click selects a card.

    ids: of the cards, in order. What a row says is found when it is painted: there may be 50,000.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.ids: list[str] = []
        self.setAccessibleName("All layers")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def follow(self) -> None:
        """The network is another, or another card is selected."""
        drawing = self._canvas.drawing
        order = [node.id for node in drawing.folding.drawn.order] or list(drawing.folding.drawn.nodes)
        self.ids = [id for id in order if id in drawing.nodes]
        self.update()

    def row(self, id: str) -> Row:
        """What is said of a card."""
        drawing, document = self._canvas.drawing, self._canvas.session.document
        card = drawing.nodes[id].card
        if isinstance(card, GroupCard):
            name, group, facts = card.name, "", card.digest.facts
        else:
            name, group, facts = card.kind, card.group, document.facts[id]
        return name, drawing.conventions.shape(facts.shape) if facts.shape is not None else "", group

    @property
    def _chosen(self) -> int:
        """The row of the selected card, the last of several; −1 for none."""
        chosen = self._canvas.drawing.chosen
        return next((place for place in reversed(range(len(self.ids))) if self.ids[place] in chosen), -1)

    def _places(self) -> list[tuple[int, QRectF]]:
        """The rows in sight, and where each lies."""
        room = QRectF(self.rect()).adjusted(0, GRID, 0, -GRID)
        count = min(len(self.ids), max(1, int(room.height() / LOWEST)))
        high = min(HIGHEST, room.height() / max(1, count))
        first = min(max(0, self._chosen - count // 2), len(self.ids) - count)
        return [
            (first + place, QRectF(room.left(), room.top() + place * high, room.width(), high))
            for place in range(count)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, chosen = theme.current(), self._chosen
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colours.window))
            for number, area in self._places():
                name, shape, group = self.row(self.ids[number])
                marked = number == chosen
                if marked:
                    painter.fillRect(area, QColor(colours.accent))
                strip = QRectF(area.left() + GRID, area.top() + 1, STRIP, area.height() - 2)
                painter.fillRect(strip, colours.family(group))
                self._write(painter, area.adjusted(2 * GRID + STRIP, 0, -GRID, 0), name, shape, marked)

    def _write(self, painter: QPainter, room: QRectF, name: str, shape: str, marked: bool) -> None:
        """What it puts out, and as much of the kind as has room, with its end, where names of groups differ: in letters
        of one size in all rows."""
        colours, font = theme.current(), QFont(sized("body"))
        font.setPixelSize(max(8, round(LETTERS * room.height())))
        measure = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(colours.on_accent if marked else colours.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, shape)
        left = room.width() - measure.horizontalAdvance(f"  {shape}")
        painter.setPen(QColor(colours.on_accent if marked else colours.dim))
        painter.drawText(room, middle, measure.elidedText(name, Qt.TextElideMode.ElideMiddle, left))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = next((number for number, area in self._places() if area.contains(event.position())), None)
        if found is not None:
            self._canvas.select((self.ids[found],))
        event.accept()
