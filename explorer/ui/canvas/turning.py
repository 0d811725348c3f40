"""The flow's axes in Qt: the way from them to the scene's; see `network.direction`."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

from explorer.network.direction import Direction

ARRANGE = {Direction.TOP_DOWN: "Arrange top to bottom", Direction.LEFT_RIGHT: "Arrange left to right"}
"""What it is called in menus and in the history to lay a network out with links that run this way."""


def turn(direction: Direction) -> QTransform:
    """From the flow's axes to the scene's, and back."""
    return QTransform(0, 1, 1, 0, 0, 0) if direction.turns else QTransform()


def turned(direction: Direction, area: QRectF) -> QRectF:
    """A rectangle from the flow's axes in the scene's, or back."""
    return QRectF(area.y(), area.x(), area.height(), area.width()) if direction.turns else area
