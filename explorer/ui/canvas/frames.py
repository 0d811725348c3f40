"""The frames around open groups as one item: name and triangle in their head, which folds, selects and moves them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from explorer.network.direction import Direction
from explorer.network.framing import HEAD, Framing
from explorer.network.groups import TOP, Groups
from explorer.ui import theme
from explorer.ui.canvas.card import MEDIUM, ROUND, SMALL, font, metrics
from explorer.ui.canvas.everywhere import EVERYWHERE, Everywhere
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.words import counted

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

READABLE = 0.3
"""Below this scale heads have no text, and are not hit."""


class Frames(Everywhere):
    """Behind the links and cards; `areas` by group, the outermost first."""

    def __init__(self, home: NetworkScene) -> None:
        super().__init__()
        self.home = home
        self.areas: dict[str, QRectF] = {}
        self.bounds = QRectF()
        self._chosen = self._joined = ""
        self._framing = Framing(Groups(), {}, Direction.TOP_DOWN, {})
        self.setZValue(-2)

    def follow(self, groups: Groups | None = None, joined: str = "") -> None:
        """The groups, or the places of what is in them, are others. groups: as they would be after a drop, and the one
        that would be joined."""
        home, before, self._joined = self.home, self._framing, joined
        self._framing = before.following(groups or home.folding.groups, home.places, home.direction)
        known, found = before.frames, self._framing.frames
        self.areas = {
            id: self.areas[id] if known.get(id) is frame else QRectF(QPointF(*frame[:2]), QPointF(*frame[2:]))
            for id, frame in found.items()
        }
        lefts, tops, rights, bottoms = zip(*found.values(), strict=True) if found else ((0.0,), (0.0,), (0.0,), (0.0,))
        self.bounds = QRectF(QPointF(min(lefts), min(tops)), QPointF(max(rights), max(bottoms)))
        self.repaint()

    def choose(self, nodes: Collection[str]) -> None:
        """Outline the group that has exactly these nodes."""
        groups = self.home.folding.groups
        found = groups.exactly(nodes) if groups and nodes else ""
        if found != self._chosen:
            self._chosen = found
            self.repaint()

    def head(self, id: str) -> QRectF:
        """Where the name of a group stands."""
        area = self.areas[id]
        room = metrics(MEDIUM, bold=True).horizontalAdvance(self._title(id)) + 28
        return QRectF(area.left(), area.top(), min(room, area.width()), HEAD)

    def at(self, point: QPointF, scale: float) -> str:
        """The group whose head lies under a point, "" for none."""
        heads = (id for id in self.areas if self.head(id).contains(point)) if scale >= READABLE else ()
        return next(iter(heads), "")

    def around(self, point: QPointF) -> str:
        """The innermost open group in whose frame a point lies, TOP for none."""
        inside = (id for id in reversed(self.areas) if self.areas[id].contains(point))
        return next(inside, TOP)

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        seen = option.exposedRect.adjusted(-2, -2, 2, 2)
        self._paint(seen, painter, marks=True)

    def paint_all(self, painter: QPainter, marks: bool) -> None:
        """All of them; with the chosen one marked, or not."""
        self._paint(EVERYWHERE, painter, marks)

    def paint_far(self, painter: QPainter) -> None:
        """Outlines only."""
        pen = QPen(QColor(theme.current().edge), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(list(self.areas.values()))

    def _paint(self, seen: QRectF, painter: QPainter, marks: bool) -> None:
        for id, area in self.areas.items():
            if not area.intersects(seen):
                continue
            self._paint_ground(painter, area, seen, marks and id == self._chosen, marks and id == self._joined)
            if area.top() + HEAD > seen.top():
                self._paint_head(painter, id, area)

    def _paint_ground(self, painter: QPainter, area: QRectF, seen: QRectF, chosen: bool, joined: bool) -> None:
        colours = theme.current()
        ground = QColor(colours.raised)
        ground.setAlphaF(0.5)
        if joined:
            ground = QColor(colours.accent)
            ground.setAlphaF(0.15)
        marked = chosen or joined
        painter.setPen(QPen(QColor(colours.accent if marked else colours.edge), 2.0 if marked else 1.0))
        corners = area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()
        if any(seen.contains(corner) for corner in corners):
            painter.setBrush(ground)
        else:  # without smooth edges, which nobody sees, it takes a third of the time
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.fillRect(area, ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, ROUND, ROUND)

    def _paint_head(self, painter: QPainter, id: str, area: QRectF) -> None:
        colours = theme.current()
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
