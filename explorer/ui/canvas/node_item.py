"""One node on the canvas, and what lies under a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.network import Node
from explorer.network.project import Place
from explorer.network.routes import Link
from explorer.ui import theme
from explorer.ui.canvas.annotations import Part
from explorer.ui.canvas.card import BOUNDS, FACE, MARGIN, ROUND, Card
from explorer.ui.canvas.group_card import GroupCard
from explorer.ui.canvas.ports import inlet_at, outlet_at
from explorer.ui.canvas.role_marks import paint_roles
from explorer.ui.controls.guarded import guarded
from explorer.workspace.ablating import factors_of

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

NEAR = 0.45
"""From this scale on cards carry all their text."""


@dataclass(frozen=True)
class Hit:
    """What lies under a point: a part of a card, the head of an open group's frame, a link, a note or an arrow, or
    nothing."""

    part: Literal["card", "input", "output", "frame", "link", "annotation", "ground"]
    id: str = ""
    link: Link | None = None
    port: int = 0
    annotation: str = ""
    grip: Part = "body"  # what of a note or an arrow


class NodeItem:
    """One node or closed group in its place. Its card is one pixmap.

    It knows nothing but its scene and its id, and Qt knows nothing of it: there is one while somebody asks for it.
    """

    __slots__ = ("home", "id")

    def __init__(self, home: NetworkScene, id: str) -> None:
        self.home, self.id = home, id

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.home.places[self.id]

    def pos(self) -> QPointF:
        """Where it is seen: elsewhere while it glides to its place."""
        return QPointF(*self.home.card_item.drawn_at(self.id))

    @property
    def bounds(self) -> QRectF:
        """What of the scene it is drawn in."""
        return BOUNDS.translated(self.pos())

    @property
    def node(self) -> Node:
        """What is drawn, as it is now: nobody has to tell each of thousands."""
        return self.home.folding.drawn.nodes[self.id]

    @property
    def end(self) -> str:
        """The node whose value leaves here."""
        return self.home.folding.outlet(self.id)

    @property
    def card(self) -> Card | GroupCard:
        """What it looks like; made when somebody asks, and kept by the scene while that is so."""
        home, id = self.home, self.id
        card = home.cards.get(id)
        if card is None:
            figure = home.colouring.figures.get(id)
            inside = home.folding.nodes((id,))
            scaled = inside if home.document.project.factors else ()
            factors = [factor for node in scaled for factor in factors_of(home.document, node).values()]
            shown = figure, self.end in home.films, factors, home.answer in inside
            if id in home.folding.groups.groups:
                group = home.folding.groups.groups[id]
                card = GroupCard.of(group.name, home.digests[id], self.node, home.conventions, *shown, home.direction)
            else:
                aside = home.document.project.bypassed.get(id)
                card = Card.of(self.node, home.facts[id], home.conventions, *shown, aside, home.direction)
            home.cards[id] = card
        return card

    def update(self) -> None:
        """Repaint it."""
        self.home.update(self.bounds)

    def renew(self) -> None:
        """Something that the card says is another."""
        self.home.cards.pop(self.id, None)
        self.update()

    def inlet(self, port: int) -> QPointF:
        """Where input number `port` arrives, from the card's corner."""
        return inlet_at(self.home.direction, port, max(1, len(self.node.inputs)))

    def port_at(self, inside: QPointF) -> Hit | None:
        """The port near a point, counted from the card's corner."""
        turned, (wide, long) = self.home.direction.turned, self.home.direction.card
        across, along = turned((inside.x(), inside.y()))
        if abs(along - long) <= MARGIN and abs(across - wide / 2) <= MARGIN + 4:
            return Hit("output", self.id)
        if abs(along) <= MARGIN and self.card.inputs and not isinstance(self.card, GroupCard):
            ports = [turned(self.inlet(port).toTuple())[0] for port in range(self.card.inputs)]
            near = min(range(len(ports)), key=lambda port: abs(across - ports[port]))
            if abs(across - ports[near]) <= MARGIN + 4:
                return Hit("input", self.id, port=near)
        return None

    @guarded
    def paint(self, painter: QPainter) -> None:
        """Draw it; the painter's transform has its corner."""
        home, card = self.home, self.card
        transform = painter.worldTransform()
        scale, ratio = transform.m11(), home.ratio
        pixmap = home.pixmaps.get(card, scale, ratio) if scale >= NEAR else None
        if pixmap is None:
            if scale >= NEAR:
                home.owed.append(self)
            pixmap = home.pixmaps.get(card.blank, scale, ratio, wait=True)
        left, top = transform.dx() - scale * MARGIN, transform.dy() - scale * MARGIN
        # Whole device pixels: the copy is exact, and so the text sharp.
        painter.resetTransform()
        if pixmap is not None:
            painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), pixmap)
        if len(home.films) and self.end in home.films:
            painter.setWorldTransform(transform)
            home.films.paint(painter, self.end)
        if home.roles.roles and (roles := home.roles.within(home.folding.nodes((self.id,)))):
            painter.setWorldTransform(transform)
            paint_roles(painter, roles)
        if self.id in home.chosen or self.id == home.hover.id:
            painter.setWorldTransform(transform)
            self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        home, id, colours = self.home, self.id, theme.current()
        accent = QColor(colours.accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if id in home.chosen:
            painter.setPen(QPen(accent, 2.5))
            painter.drawRoundedRect(FACE.adjusted(-1.5, -1.5, 1.5, 1.5), ROUND + 1.5, ROUND + 1.5)
        elif id == home.hover.id and home.hover.part != "link":
            accent.setAlphaF(0.55)
            painter.setPen(QPen(accent, 1.5))
            painter.drawRoundedRect(FACE.adjusted(-0.5, -0.5, 0.5, 0.5), ROUND, ROUND)
        if id == home.hover.id and home.hover.part in ("input", "output"):
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.setBrush(QColor(colours.accent))
            at = self.inlet(home.hover.port) if home.hover.part == "input" else outlet_at(home.direction)
            painter.drawEllipse(at, 5.0, 5.0)
