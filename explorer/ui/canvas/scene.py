"""Keeps the drawing equal to the document; gestures edit the document and the drawing follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from explorer.network.analysis import Facts
from explorer.network.layout import arranged
from explorer.network.network import Node
from explorer.network.project import Place, Project
from explorer.network.routes import Link, inlet, routes
from explorer.ui import theme
from explorer.ui.canvas.card import BOUNDS, FACE, HEIGHT, MARGIN, ROUND, WIDTH, Card
from explorer.ui.canvas.links import Links
from explorer.ui.canvas.pixmaps import Pixmaps
from explorer.workspace.document import Change, Document

FAR, NEAR = 0.3, 0.45
"""Below FAR cards are coloured rectangles; from NEAR on they carry all their text."""
MANY = 64
"""Nodes from which the links of an opened network are drawn a turn of the event loop later than its cards."""


@dataclass(frozen=True)
class Hit:
    """What lies under a point: a part of a node, a link, or nothing."""

    part: Literal["card", "input", "output", "link", "ground"]
    id: str = ""
    link: Link | None = None
    port: int = 0


class NodeItem(QGraphicsItem):
    """One node in its place. Its card is one pixmap; it has no child items."""

    def __init__(self, home: NetworkScene, node: Node, facts: Facts) -> None:
        super().__init__()
        self.home, self.node, self.facts = home, node, facts
        self.place: Place = (0.0, 0.0)
        self._card: Card | None = None

    @property
    def card(self) -> Card:
        if self._card is None:
            self._card = Card.of(self.node, self.facts)
        return self._card

    def put(self, place: Place) -> None:
        """Lie somewhere else."""
        self.place = place
        self.setPos(*place)

    def show_node(self, node: Node, facts: Facts) -> None:
        """Show another state of the node."""
        self.node, self.facts, self._card = node, facts, None
        self.update()

    def inlet(self, port: int) -> QPointF:
        """Where input number `port` arrives, from the card's corner."""
        return QPointF(*inlet((0.0, 0.0), port, max(1, len(self.node.inputs))))

    def port_at(self, inside: QPointF) -> Hit | None:
        """The port near a point, counted from the card's corner."""
        if abs(inside.y() - HEIGHT) <= MARGIN and abs(inside.x() - WIDTH / 2) <= MARGIN + 4:
            return Hit("output", self.node.id)
        if abs(inside.y()) <= MARGIN and self.card.inputs:
            near = min(range(self.card.inputs), key=lambda port: abs(inside.x() - self.inlet(port).x()))
            if abs(inside.x() - self.inlet(near).x()) <= MARGIN + 4:
                return Hit("input", self.node.id, port=near)
        return None

    def boundingRect(self) -> QRectF:
        return BOUNDS

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        home, card = self.home, self.card
        transform = painter.worldTransform()
        scale, ratio = transform.m11(), home.ratio
        pixmap = home.pixmaps.get(card, scale, ratio) if scale >= NEAR else None
        if pixmap is None:
            if scale >= NEAR:
                home.owed.append(self)
            pixmap = home.pixmaps.get(card.blank, scale, ratio, wait=True)
        corner = transform.map(BOUNDS.topLeft())
        # Whole device pixels: the copy is exact, and so the text sharp.
        painter.resetTransform()
        at = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        if pixmap is not None:
            painter.drawPixmap(at, pixmap)
        if self.node.id in home.chosen or self.node.id == home.hover.id:
            painter.setWorldTransform(transform)
            self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        home, id, colours = self.home, self.node.id, theme.current()
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
            at = self.inlet(home.hover.port) if home.hover.part == "input" else QPointF(WIDTH / 2, HEIGHT)
            painter.drawEllipse(at, 5.0, 5.0)


class NetworkScene(QGraphicsScene):
    """The network of one document as items: a NodeItem each, and one Links."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.nodes: dict[str, NodeItem] = {}
        self.links = Links()
        self.addItem(self.links)
        self.pixmaps = Pixmaps()
        self.ratio = 1.0  # device pixels per pixel of the view being painted
        self.far = False  # whether that view draws all in a few calls: Qt then does not know where the items are
        self.owed: list[NodeItem] = []  # drawn without text, for want of time
        self.chosen: frozenset[str] = frozenset()
        self.hover = Hit("ground")
        self._far: tuple[list[QLineF], dict[str, list[QRectF]]] | None = None
        self._ready = False  # until the first network is drawn
        document.changed.connect(self._apply)
        self._apply(Change(Project(), document.project, {}, document.facts))
        self._ready = True

    @property
    def places(self) -> dict[str, Place]:
        """Where each node is drawn now."""
        return {id: item.place for id, item in self.nodes.items()}

    @property
    def project(self) -> Project:
        """The document's project with a place for every node: what edits start from."""
        project = self.document.project
        return project if project.places.keys() >= self.nodes.keys() else project.moved(self.places)

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around some cards, or all."""
        places = [self.nodes[id].place for id in (self.nodes if ids is None else ids) if id in self.nodes]
        if not places:
            return QRectF()
        across, down = zip(*places, strict=True)
        left, top = min(across), min(down)
        return QRectF(left, top, max(across) - left + WIDTH, max(down) - top + HEIGHT)

    def choose(self, ids: Iterable[str], link: Link | None = None) -> None:
        """Outline these nodes, and make one link strong."""
        before, self.chosen = self.chosen, frozenset(ids)
        self._repaint(before ^ self.chosen)
        self.links.emphasise(self.chosen, link)

    def point_at(self, hit: Hit) -> None:
        """Light up what the mouse is over."""
        if hit != self.hover:
            before, self.hover = self.hover, hit
            self._repaint({before.id, hit.id})

    def drag(self, places: Mapping[str, Place]) -> None:
        """Draw nodes elsewhere, with their links; the document does not change."""
        for id, place in places.items():
            self.nodes[id].put(place)
        self.links.follow(routes(self.document.project.network, self.places, only=set(places)))
        self._far = None
        self._repaint(places)

    def hit(self, point: QPointF, scale: float) -> Hit:
        """What lies under a point of the scene, seen at `scale`."""
        reach = 5.0 / scale
        area = QRectF(point.x() - 1, point.y() - 1, 2, 2)
        for item in self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if not isinstance(item, NodeItem):
                continue
            inside = point - item.pos()
            port = item.port_at(inside) if scale >= NEAR else None
            if port is not None:
                return port
            if FACE.contains(inside):
                return Hit("card", item.node.id)
        link = self.links.at(point, reach)
        return Hit("link", link=link) if link else Hit("ground")

    def within(self, area: QRectF) -> set[str]:
        """Ids of the cards that touch a rectangle."""
        items = self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return {i.node.id for i in items if isinstance(i, NodeItem) and FACE.translated(i.pos()).intersects(area)}

    def paint_far(self, painter: QPainter) -> None:
        """The whole network in a few calls, for scales below FAR."""
        if self._far is None:
            groups: dict[str, list[QRectF]] = {}
            for item in self.nodes.values():
                name = "problem" if item.card.broken else item.node.layer.group
                groups.setdefault(name, []).append(FACE.translated(item.pos()))
            self._far = self.links.lines(), groups
        lines, groups = self._far
        colours = theme.current()
        pen = QPen(QColor(colours.link), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(lines)
        for name, boxes in groups.items():
            colour = QColor(colours.problem) if name == "problem" else colours.family(name)
            painter.setBrush(colour)
            painter.setPen(QPen(colour, 0))  # a pixel at least, however far away
            painter.drawRects(boxes)
        pen = QPen(QColor(colours.accent), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marked = [self.nodes[id] for id in self.chosen | {self.hover.id} if id in self.nodes]
        painter.drawRects([FACE.translated(item.pos()) for item in marked])

    def paint_all(self, painter: QPainter) -> None:
        """Everything without pixmaps and as if nothing were selected, for a file."""
        self.links.paint_within(painter, self.bounds().adjusted(-1000, -1000, 1000, 1000), marks=False)
        for item in self.nodes.values():
            painter.save()
            painter.translate(item.pos())
            item.card.paint(painter)
            painter.restore()

    def _repaint(self, ids: Iterable[str]) -> None:
        """Repaint some cards, and from far away the whole network."""
        if self.far:
            for view in self.views():
                view.viewport().update()
        else:
            for id in ids:
                if id in self.nodes:
                    self.nodes[id].update()

    def _route(self) -> None:
        self.links.show_routes(routes(self.document.project.network, self.places))
        self._far = None
        self.update()

    def _apply(self, change: Change) -> None:
        network, places = change.after.network, change.after.places
        opened = len(network.nodes) > MANY and not self.nodes and self._ready
        if not places.keys() >= network.nodes.keys():
            places = {**arranged(network), **places}
        redrawn = False
        for id in change.touched:
            node, item = network.nodes.get(id), self.nodes.get(id)
            if node is None:
                if item is not None:
                    self.removeItem(self.nodes.pop(id))
                    redrawn = True
                continue
            if item is None:
                item = self.nodes[id] = NodeItem(self, node, change.facts[id])
                self.addItem(item)
                redrawn = True
            else:
                redrawn = redrawn or item.node.inputs != node.inputs
                item.show_node(node, change.facts[id])
        for id, item in self.nodes.items():
            if item.place != places[id]:
                item.put(places[id])
                redrawn = True
        self._far = None
        if redrawn:
            if opened:  # the cards first: finding all ways takes as long as drawing them
                QTimer.singleShot(0, self._route)
            else:
                self.links.show_routes(routes(network, places))
            self.setSceneRect(self.bounds().adjusted(-500, -500, 500, 500))
        self.choose(
            self.chosen & self.nodes.keys(), self.links.chosen if self.links.chosen in self.links.routes else None
        )
