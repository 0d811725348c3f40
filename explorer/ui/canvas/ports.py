"""Where links arrive at a card and leave it, and how that looks; in the scene's axes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.direction import Direction
from explorer.network.project import Place
from explorer.network.routes import inlet, outlet
from explorer.ui import theme

PORT = 4.0
"""Radius of a port."""
CORNER = (0.0, 0.0)


def outlet_at(direction: Direction, place: Place = CORNER) -> QPointF:
    """Where the links of a card at `place` leave: the middle of its lower or right edge."""
    return QPointF(*direction.turned(outlet(direction.turned(place), direction.card)))


def inlet_at(direction: Direction, index: int, inputs: int, place: Place = CORNER) -> QPointF:
    """Where input number `index` of so many arrives, on the upper or left edge."""
    return QPointF(*direction.turned(inlet(direction.turned(place), index, inputs, direction.card)))


def paint_ports(painter: QPainter, inputs: int, direction: Direction, answer: bool = False) -> None:
    """Draw a card's ports, in its units. answer: whether what leaves here is the network's answer."""
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.link), 1.25))
    painter.setBrush(QColor(colours.card))
    for index in range(inputs):
        painter.drawEllipse(inlet_at(direction, index, inputs), PORT - 1, PORT - 1)
    painter.setBrush(QColor(colours.link))
    painter.drawEllipse(outlet_at(direction), PORT - 1.5, PORT - 1.5)
    if answer:
        painter.setPen(QPen(QColor(colours.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(outlet_at(direction), PORT + 1, PORT + 1)
