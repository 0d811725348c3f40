"""Keeps the drawing equal to the document; gestures edit the document and the drawing follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from explorer.maths.thumbnails import Thumbnails
from explorer.network.conventions import Conventions
from explorer.network.layout import arranged
from explorer.network.project import Place, Project
from explorer.network.routes import Link, routes
from explorer.ui.canvas.card import FACE, HEIGHT, WIDTH
from explorer.ui.canvas.colouring import Colouring
from explorer.ui.canvas.far import Far
from explorer.ui.canvas.films import Films
from explorer.ui.canvas.links import Links
from explorer.ui.canvas.node_item import NEAR, Hit, NodeItem
from explorer.ui.canvas.pixmaps import Pixmaps
from explorer.workspace.document import Change, Document

FAR = 0.3
"""Below this scale cards are coloured rectangles."""
FRAME = 16
"""Milliseconds."""
MANY = 64
"""Nodes from which the links of an opened network are drawn a turn of the event loop later than its cards."""


class NetworkScene(QGraphicsScene):
    """The network of one document as items: a NodeItem each, and one Links."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.nodes: dict[str, NodeItem] = {}
        self.links = Links()
        self.addItem(self.links)
        self.pixmaps = Pixmaps()
        self.colouring = Colouring()
        self.conventions = Conventions()
        self.films = Films()
        self.ratio = 1.0  # device pixels per pixel of the view being painted
        self.far = False  # whether that view draws all in a few calls: Qt then does not know where the items are
        self.owed: list[NodeItem] = []  # drawn without text, for want of time
        self.chosen: frozenset[str] = frozenset()
        self.hover = Hit("ground")
        self._far: Far | None = None
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

    def adopt(self, conventions: Conventions) -> None:
        """Count and write what the cards say in another way."""
        self.conventions = conventions
        self._colour()
        for item in self.nodes.values():
            item.show_node(item.node, item.facts)

    def colour_by(self, name: str) -> None:
        """Colour the cards by a measure of `cost`, "" by family."""
        self.colouring.choose(name)
        self._colour()

    def show_films(self, thumbnails: Thumbnails | None) -> None:
        """Show what each layer puts out on its card, or nothing."""
        before, self.films = self.films, Films(thumbnails)
        for id, item in self.nodes.items():
            if (id in before) != (id in self.films):
                item.show_node(item.node, item.facts)
            elif id in self.films:
                item.update()

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
            self._far = Far(self.nodes.values(), self.links.lines(), self.colouring.measure is not None)
        self._far.paint(painter, [self.nodes[id] for id in self.chosen | {self.hover.id} if id in self.nodes])

    def paint_all(self, painter: QPainter) -> None:
        """Everything without pixmaps and as if nothing were selected, for a file."""
        self.links.paint_within(painter, self.bounds().adjusted(-1000, -1000, 1000, 1000), marks=False)
        for item in self.nodes.values():
            painter.save()
            painter.translate(item.pos())
            item.card.paint(painter)
            if item.node.id in self.films:
                self.films.paint(painter, item.node.id)
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

    def _colour(self) -> None:
        for id in self.colouring.follow(self.document, self.conventions) & self.nodes.keys():
            item = self.nodes[id]
            item.show_node(item.node, item.facts)
        self._far = None

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
        self._colour()
        if redrawn:
            if opened:  # the cards first, and a frame later the links: finding all ways takes as long as drawing them
                QTimer.singleShot(FRAME, self._route)
            else:
                self.links.show_routes(routes(network, places))
            self.setSceneRect(self.bounds().adjusted(-500, -500, 500, 500))
        self.choose(
            self.chosen & self.nodes.keys(), self.links.chosen if self.links.chosen in self.links.routes else None
        )
