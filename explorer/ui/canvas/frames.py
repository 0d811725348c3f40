"""The frames around open groups as one item: name and triangle in their head, which folds, selects and moves them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from explorer.network.unfolding import HEAD, frames
from explorer.ui import theme
from explorer.ui.canvas.card import MEDIUM, ROUND, SMALL, font, metrics
from explorer.ui.canvas.links import EVERYWHERE
from explorer.ui.controls.words import counted

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

READABLE = 0.3
"""Below this scale heads have no text, and are not hit."""


class Frames(QGraphicsItem):
    """Behind the links and cards; `areas` by group, the outermost first."""

    def __init__(self, home: NetworkScene) -> None:
        super().__init__()
        self.home = home
        self.areas: dict[str, QRectF] = {}
        self.bounds = QRectF()
        self._chosen = ""
        self.setZValue(-2)
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def follow(self) -> None:
        """The groups, or the places of what is in them, are others."""
        found = frames(self.home.folding.groups, self.home.places) if self.home.folding.groups else {}
        self.areas = {id: QRectF(QPointF(*frame[:2]), QPointF(*frame[2:])) for id, frame in found.items()}
        self.bounds = QRectF()
        for area in self.areas.values():
            self.bounds = self.bounds.united(area)
        self.update()

    def choose(self, nodes: Collection[str]) -> None:
        """Outline the group that has exactly these nodes."""
        groups = self.home.folding.groups
        found = groups.exactly(nodes) if groups and nodes else ""
        if found != self._chosen:
            self._chosen = found
            self.update()

    def head(self, id: str) -> QRectF:
        """Where the name of a group stands."""
        area = self.areas[id]
        room = metrics(MEDIUM, bold=True).horizontalAdvance(self._title(id)) + 28
        return QRectF(area.left(), area.top(), min(room, area.width()), HEAD)

    def at(self, point: QPointF, scale: float) -> str:
        """The group whose head lies under a point, "" for none."""
        heads = (id for id in self.areas if self.head(id).contains(point)) if scale >= READABLE else ()
        return next(iter(heads), "")

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        seen = option.exposedRect.adjusted(-2, -2, 2, 2)
        self._paint([id for id, area in self.areas.items() if area.intersects(seen)], painter, marks=True)

    def paint_all(self, painter: QPainter, marks: bool) -> None:
        """All of them; with the chosen one marked, or not."""
        self._paint(list(self.areas), painter, marks)

    def paint_far(self, painter: QPainter) -> None:
        """Outlines only."""
        pen = QPen(QColor(theme.current().edge), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(list(self.areas.values()))

    def _paint(self, ids: list[str], painter: QPainter, marks: bool) -> None:
        colours = theme.current()
        for id in ids:
            area, chosen = self.areas[id], marks and id == self._chosen
            ground = QColor(colours.raised)
            ground.setAlphaF(0.5)
            painter.setBrush(ground)
            painter.setPen(QPen(QColor(colours.accent if chosen else colours.edge), 2.0 if chosen else 1.0))
            painter.drawRoundedRect(area, ROUND, ROUND)
            corner = area.topLeft() + QPointF(8, 9)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.dim))
            painter.drawPolygon(QPolygonF([corner, corner + QPointF(8, 0), corner + QPointF(4, 6)]))
            room = QRectF(area.left() + 21, area.top(), area.width() - 27, HEAD)
            bold = metrics(MEDIUM, bold=True)
            name = bold.elidedText(self._title(id), Qt.TextElideMode.ElideMiddle, room.width())
            painter.setFont(font(MEDIUM, bold=True))
            painter.setPen(QColor(colours.text))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
            room.setLeft(room.left() + bold.horizontalAdvance(name) + 8)
            layers = counted(self.home.digests[id].layers, "layer")
            if metrics(SMALL).horizontalAdvance(layers) < room.width():  # at the right: links pass in the middle
                painter.setFont(font(SMALL))
                painter.setPen(QColor(colours.dim))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, layers)

    def _title(self, id: str) -> str:
        times = self.home.digests[id].times
        name = self.home.folding.groups.groups[id].name
        return f"{name} ×{times}" if times > 1 else name
