"""The network from far away: every card a rectangle, all of one colour drawn in one call."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.analysis import faulty
from explorer.ui import theme
from explorer.ui.canvas.card import FACE, HEIGHT, WIDTH
from explorer.ui.canvas.colouring import LEVELS
from explorer.ui.canvas.group_card import FAMILY
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.plain_shapes import draw_lines, draw_rectangles

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

PROBLEM, BYPASSED = "problem", "bypassed"
"""Tones beside families and shades; no family is called so, and what has no colour of its own is dim."""

SEEN = 2.0
"""Pixels from which a side of a card is sure to be seen without an outline."""


class Far:
    """Cards and links gathered by colour: by shade where cards are coloured by a cost, else by family.

    No card is made for that: making those of 3,000 layers takes longer than a frame.
    """

    def __init__(self, home: NetworkScene) -> None:
        self._lines = home.links.lines()
        self._boxes: dict[str | int, array[float]] = {}
        if not home.nodes:
            return
        import numpy as np  # imported late, as in `Cards`

        rows: dict[str | int, list[int]] = {}
        for row, tone in enumerate(_tones(home)):
            rows.setdefault(tone, []).append(row)
        for tone, some in rows.items():
            boxes = np.full((len(some), 4), (0.0, 0.0, WIDTH, HEIGHT))
            boxes[:, :2] = home.card_item.table[some]
            self._boxes[tone] = array("d", boxes.tobytes())

    def paint(self, painter: QPainter, marked: Iterable[NodeItem]) -> None:
        """Draw all of it, some cards outlined."""
        colours = theme.current()
        pen = QPen(QColor(colours.link), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        draw_lines(painter, self._lines)
        small = FACE.height() * painter.worldTransform().m11() < SEEN
        for tone, boxes in self._boxes.items():
            if isinstance(tone, int):
                painter.setBrush(colours.heated(tone / LEVELS))
                painter.setPen(pen)  # what costs little is hardly told from the ground
            else:
                colour = QColor(colours.problem) if tone == PROBLEM else colours.family(tone)
                painter.setBrush(colour)
                # A pixel at least, however far away. Outlines take four times as long as what is in them.
                painter.setPen(QPen(colour, 0) if small else Qt.PenStyle.NoPen)
            draw_rectangles(painter, boxes)
        pen = QPen(QColor(colours.accent), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.drawRects([FACE.translated(item.pos()) for item in marked])


def _tones(home: NetworkScene) -> list[str | int]:
    """The tone of each card: most have their family's, and those of thousands are not looked into otherwise."""
    figures, project = home.colouring.figures, home.document.project
    drawn = home.folding.drawn.nodes
    other: dict[str, str | int] = {}
    if home.colouring.measure is not None:
        other.update((id, figures[id].shade if id in figures else 0) for id in drawn)
    else:
        other.update(dict.fromkeys(project.bypassed, BYPASSED))
        other.update(dict.fromkeys(home.folding.groups.closed, FAMILY))
    other.update(dict.fromkeys(map(home.folding.card, faulty(home.document.facts)), PROBLEM))
    if not other:
        return [drawn[id].layer.group for id in home.card_item.ids]
    return [other.get(id, drawn[id].layer.group) for id in home.card_item.ids]
