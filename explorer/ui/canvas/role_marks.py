"""Marks on the cards of layers that tell the content or the style of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.canvas.card import SMALL, WIDTH, font

SIZE = 18.0
"""Scene units of a mark's sides."""
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
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(SMALL, bold=True))
    for number, role in enumerate(roles):
        letter, group = LETTERS[role]
        plate = QRectF(0, 0, SIZE, SIZE)
        plate.moveCenter(QPointF(WIDTH - 14 - number * (SIZE + 2), 0))
        painter.setPen(QPen(QColor(colours.card), 2))
        painter.setBrush(colours.family(group))
        painter.drawEllipse(plate)
        painter.setPen(QColor(colours.card))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()
