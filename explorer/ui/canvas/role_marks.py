"""Marks on the cards of layers that tell the content or the style of a picture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.canvas.card import MEDIUM, SMALL, WIDTH, font, metrics

SIZE = 18.0
"""Scene units of a mark's sides."""
KEY = 24.0
"""Scene units of the height of the line that says what the marks mean."""
LETTERS = {"content": ("C", "Window"), "style": ("S", "Activation")}
"""What a mark says, and the layer group whose colour it has."""


@dataclass(frozen=True)
class RoleMarks:
    """What each marked node tells: "content", "style", or both."""

    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def within(self, ids: Iterable[str]) -> tuple[str, ...]:
        """What a node, or the nodes of a closed group, tell; empty for nothing."""
        found = {role for id in ids for role in self.roles.get(id, ())}
        return tuple(role for role in LETTERS if role in found)

    def spoken(self, ids: Iterable[str]) -> str:
        """The same for those who hear it."""
        return "".join(f", {role} layer" for role in self.within(ids))

    def differing(self, other: RoleMarks) -> set[str]:
        """Nodes that tell something else there."""
        return {id for id, roles in self.roles.items() if other.roles.get(id, roles) != roles}


def paint_roles(painter: QPainter, roles: tuple[str, ...]) -> None:
    """Draw the marks across the upper right corner of a card, in its units: a letter in a round plate each."""
    painter.save()
    for number, role in enumerate(roles):
        _paint_plate(painter, role, QPointF(WIDTH - 14 - number * (SIZE + 2), 0))
    painter.restore()


def paint_far_roles(painter: QPainter, marked: Iterable[tuple[QRectF, tuple[str, ...]]]) -> None:
    """Draw the marks on the right ends of cards that are too small for them, as large as they are read; each card in
    the scene's units, with what it tells."""
    way = painter.worldTransform()
    painter.save()
    painter.resetTransform()
    for card, roles in marked:
        seen = way.mapRect(card)
        for number, role in enumerate(roles):
            _paint_plate(painter, role, QPointF(seen.right() - SIZE / 2 - number * (SIZE + 2), seen.center().y()))
    painter.restore()


def paint_key(painter: QPainter, roles: Collection[str]) -> None:
    """Say what these marks mean, in a line from (0, 0) down to KEY."""
    painter.save()
    left = 0.0
    for role in (role for role in LETTERS if role in roles):
        _paint_plate(painter, role, QPointF(left + SIZE / 2, KEY / 2))
        words = f"{role} layer"
        painter.setFont(font(MEDIUM))
        painter.setPen(QColor(theme.current().text))
        room = metrics(MEDIUM).horizontalAdvance(words)
        painter.drawText(QRectF(left + SIZE + 6, 0, room + 2, KEY), Qt.AlignmentFlag.AlignVCenter, words)
        left += SIZE + room + 24
    painter.restore()


def _paint_plate(painter: QPainter, role: str, middle: QPointF) -> None:
    colours, (letter, group) = theme.current(), LETTERS[role]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(SMALL, bold=True))
    plate = QRectF(0, 0, SIZE, SIZE)
    plate.moveCenter(middle)
    painter.setPen(QPen(QColor(colours.card), 2))
    painter.setBrush(colours.family(group))
    painter.drawEllipse(plate)
    painter.setPen(QColor(colours.card))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, letter)
