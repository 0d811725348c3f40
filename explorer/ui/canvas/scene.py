"""Keeps the drawing equal to the document; gestures edit the document and the drawing follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from explorer.maths.differing import differing
from explorer.maths.thumbnails import Thumbnails
from explorer.network.analysis import Facts
from explorer.network.conventions import Conventions
from explorer.network.direction import Direction
from explorer.network.ends import answer
from explorer.network.folding import folded
from explorer.network.groups import Groups
from explorer.network.network import Node
from explorer.network.project import Place, Project
from explorer.network.routes import Link, routes
from explorer.network.unfolding import laid_out
from explorer.ui.canvas.annotations import Annotations
from explorer.ui.canvas.card import BOUNDS, FACE, HEIGHT, WIDTH, Card
from explorer.ui.canvas.cards import Cards, NodeItems
from explorer.ui.canvas.colouring import Colouring
from explorer.ui.canvas.everywhere import EVERYWHERE
from explorer.ui.canvas.films import Films
from explorer.ui.canvas.frames import Frames
from explorer.ui.canvas.glide import Glide
from explorer.ui.canvas.group_card import GroupCard
from explorer.ui.canvas.link_turns import LinkTurns, runs
from explorer.ui.canvas.links import Links
from explorer.ui.canvas.node_item import NEAR, Hit, NodeItem
from explorer.ui.canvas.pixmaps import Pixmaps
from explorer.ui.canvas.role_marks import RoleMarks
from explorer.ui.canvas.whole import Whole
from explorer.ui.controls.digests import Digests
from explorer.ui.controls.spoken import group_spoken
from explorer.workspace.document import Change, Document

FAR = 0.3
"""Below this scale cards are coloured rectangles."""
MANY = 64
"""Nodes from which the links of an opened network are drawn a turn of the event loop later than its cards."""


class NetworkScene(QGraphicsScene):
    """The network of one document as items: one for all cards, one for all links, one for all frames.

    What is drawn goes by the ids of `folding.drawn`: a node's own, or that of the closed group around it.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        # There are four items, and each is everywhere.
        self.setItemIndexMethod(self.ItemIndexMethod.NoIndex)
        self.setSceneRect(EVERYWHERE)
        self.document = document
        self.nodes = NodeItems(self)
        self.cards: dict[str, Card | GroupCard] = {}  # those that somebody asked for, while they say what is so
        self.facts: Mapping[str, Facts] = {}
        self.folding = folded(document.project.network, document.project.groups)
        self.digests = Digests(self.folding, document.facts)
        self.links = Links()
        self.direction = Direction.TOP_DOWN
        self.turns = LinkTurns(self)
        self.annotations = Annotations()
        self.addItem(self.links)
        self.frames = Frames(self)
        self.addItem(self.frames)
        self.addItem(self.annotations)
        self.card_item = Cards(self)
        self.addItem(self.card_item)
        self.pixmaps = Pixmaps()
        self.colouring = Colouring()
        self.conventions = Conventions()
        self.films = Films()
        self.roles = RoleMarks()
        self.ratio = 1.0  # device pixels per pixel of the view being painted
        self.far = False  # whether that view draws all in a few calls: Qt then does not know where the items are
        self.owed: list[NodeItem] = []  # drawn without text, for want of time
        self.chosen: frozenset[str] = frozenset()
        self._selected: tuple[str, ...] = ()  # the nodes that are shown by what is outlined
        self.hover = Hit("ground")
        self.answer = ""  # the end that is marked as the network's answer, where there are several
        self.whole = Whole(self)
        self.glide = Glide(self)
        self._ready = False  # until the first network is drawn
        document.changed.connect(self._apply)
        self._apply(Change(Project(), document.project, {}, document.facts))
        self._ready = True

    @property
    def places(self) -> Mapping[str, Place]:
        """Where each node is drawn now; not to be changed by whom it is given to."""
        return self.card_item.places

    @property
    def project(self) -> Project:
        """The document's project with a place for all that is drawn: what edits start from."""
        project = self.document.project
        return project if project.places.keys() >= self.nodes.keys() else project.moved(self.places)

    @property
    def told(self) -> dict[str, tuple[str, ...]]:
        """What each marked card tells of a picture: "content", "style", or both."""
        cards = self.folding.shown(id for id in self.roles.roles if id in self.folding.network.nodes)
        return {id: self.roles.within(self.folding.nodes((id,))) for id in cards if id in self.nodes}

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around the cards of some nodes, or around all, their groups, notes and arrows."""
        if ids is None:
            return self.bounds(self.nodes).united(self.frames.bounds).united(self.annotations.area())
        at = self.places
        places = list(at.values()) if ids is self.nodes else [at[id] for id in self.folding.shown(ids) if id in at]
        if not places:
            return QRectF()
        across, down = zip(*places, strict=True)
        left, top = min(across), min(down)
        return QRectF(left, top, max(across) - left + WIDTH, max(down) - top + HEIGHT)

    def named(self, ids: Collection[str]) -> str:
        """What these nodes and cards are called in a step of the history."""
        groups, nodes = self.folding.groups, self.folding.nodes(ids)
        if len(nodes) == 1:
            return nodes[0]
        group = groups.exactly(nodes)
        return groups.groups[group].name if group else f"{len(nodes)} layers"

    def unplugging(self, link: Link) -> str:
        """What taking a link away is called."""
        return f"Unplug {self.named(link[:1])} from {self.named(link[1:2])}"

    def name_room(self, id: str) -> QRectF:
        """Where the name of a group stands: in the head of its frame, or on its card."""
        if id in self.frames.areas:
            return self.frames.head(id)
        return QRectF(*self.nodes[self.folding.shown(self.folding.groups.nodes(id))[0]].place, WIDTH, HEIGHT / 3)

    def spoken(self, id: str) -> str:
        """A card, or an open group, in one sentence; "" for what is not there."""
        if id in self.nodes:
            return self.nodes[id].card.spoken + self.roles.spoken(self.folding.nodes((id,)))
        if id not in self.folding.groups.groups:
            return ""
        return group_spoken(self.folding.groups.groups[id].name, self.digests[id], self.conventions, "open")

    def choose(self, ids: Iterable[str], link: Link | None = None, annotations: Iterable[str] = ()) -> None:
        """Outline these nodes, notes and arrows, and make one link strong."""
        self._selected = tuple(ids)
        before, self.chosen = self.chosen, frozenset(self.folding.shown(self._selected))
        self.frames.choose(self._selected)
        self.card_item.repaint_cards(before ^ self.chosen)
        self.links.emphasise(self.chosen, link)
        self.annotations.select(annotations)

    def point_at(self, hit: Hit) -> None:
        """Light up what the mouse is over."""
        if hit != self.hover:
            before, self.hover = self.hover, hit
            self.card_item.repaint_cards({before.id, hit.id})

    def adopt(self, conventions: Conventions) -> None:
        """Count and write what the cards say in another way."""
        self.conventions = conventions
        self._colour()
        self.cards.clear()
        self.card_item.repaint_cards(self.nodes)

    def colour_by(self, name: str) -> None:
        """Colour the cards by a measure of `cost`, "" by family."""
        self.colouring.choose(name)
        self._colour()

    def show_films(self, thumbnails: Thumbnails | None) -> None:
        """Show what each layer puts out on its card, or nothing."""
        before, self.films = self.films, Films(thumbnails)
        for item in self.nodes.values() if len(before) or len(self.films) else ():
            if (item.end in before) != (item.end in self.films):
                item.renew()
            elif item.end in self.films:
                item.update()

    def show_roles(self, roles: Mapping[str, tuple[str, ...]]) -> None:
        """Mark which layers tell the content and which the style of a picture."""
        if roles != self.roles.roles:
            before, self.roles = self.roles, RoleMarks(roles)
            other = before.roles.keys() ^ roles.keys() | self.roles.differing(before)
            self.card_item.repaint_cards(self.folding.shown(other))

    def drag(self, places: Mapping[str, Place], groups: Groups | None = None, joined: str = "") -> None:
        """Draw nodes elsewhere, with their links; the document does not change. groups, joined: see Frames.follow."""
        self.turns.finish()
        self.card_item.drag(places)
        self.turns.heed(places)
        drawn = self.direction.placed(self.places)
        self.links.follow(routes(self.folding.drawn, drawn, set(places), self.direction.card))
        self.frames.follow(groups, joined)
        self.whole.outdate()

    def glide_to(self, places: Mapping[str, Place]) -> None:
        """Show some cards elsewhere, on the way to their places, and all others at theirs."""
        self.card_item.glide_to(places)
        self.whole.outdate()

    def links_moved(self) -> None:
        """Links are elsewhere."""
        self.whole.outdate()
        self.card_item.repaint_cards(())

    def hit(self, point: QPointF, scale: float) -> Hit:
        """What lies under a point of the scene, seen at `scale`."""
        reach = 5.0 / scale
        for id in reversed(self.card_item.touching(QRectF(point.x() - 1, point.y() - 1, 2, 2), BOUNDS)):
            item = self.nodes[id]
            inside = point - item.pos()
            port = item.port_at(inside) if scale >= NEAR else None
            if port is not None:
                return port
            if FACE.contains(inside):
                return Hit("card", id)
        if group := self.frames.at(point, scale):
            return Hit("frame", group)
        link = self.links.at(point, reach)
        if link:
            return Hit("link", link=link)
        found = self.annotations.at(point, reach)
        return Hit("annotation", annotation=found[0], grip=found[1]) if found else Hit("ground")

    def within(self, area: QRectF) -> set[str]:
        """Ids of the cards that touch a rectangle."""
        return set(self.card_item.touching(area, FACE))

    def _answer(self, change: Change) -> str:
        """The end to be marked: as before where nothing that it follows from is another one."""
        before, after = change.before, change.after
        if before.network is after.network and before.main == after.main and change.facts_before is change.facts:
            return self.answer
        return answer(after.network, change.facts, after.main)

    def _colour(self) -> None:
        for id in self.colouring.follow(self.document, self.folding, self.conventions) & self.nodes.keys():
            self.nodes[id].renew()
        self.whole.outdate()

    def _apply(self, change: Change) -> None:
        self.glide.finish()
        before, after = self.folding, self.folding.following(change.after.network, change.after.groups)
        was, nodes, places = before.drawn.nodes if self._ready else {}, after.drawn.nodes, change.after.places
        self.folding, self.facts, self.direction = after, change.facts, change.after.direction
        opened = len(nodes) > MANY and not was and self._ready
        if not places.keys() >= nodes.keys():
            places = {**laid_out(change.after.network, change.after.groups, change.after.direction), **places}
        whole = was is change.before.network.nodes and nodes is change.after.network.nodes
        other = change.other_nodes if whole else differing(was, nodes)
        stale, cards = self.digests.follow(change, after), after.groups.cards
        touched = change.restated | stale | other | ({cards.get(id, id) for id in change.restated} if cards else set())
        touched |= differing(before.groups.groups, after.groups.groups)  # such as another name
        if redrawn := self.links.run(self.direction):
            touched |= nodes.keys()  # all ports are elsewhere
        for id in touched & self.cards.keys():
            del self.cards[id]
        moved = self.card_item.put(places, other - nodes.keys(), other - was.keys(), touched)
        redrawn = redrawn or bool(moved) or any(_inputs(was, id) != _inputs(nodes, id) for id in other)
        marked, self.answer = self.answer, self._answer(change)
        for item in [self.nodes[id] for id in map(after.card, {marked} ^ {self.answer}) if id in self.nodes]:
            item.renew()
        self._colour()
        self.annotations.show_all(change.after.annotations)
        if redrawn or before.groups != after.groups:
            self.frames.follow()
            self.turns.follow(other | moved, wait=opened)
            if not self._ready:
                self.turns.finish()
        link = self.links.chosen if self.links.chosen and runs(after.drawn, self.links.chosen) else None
        kept = [id for id in self._selected if id in after.network.nodes or id in nodes]
        self.choose(kept, link, self.annotations.selected)


def _inputs(nodes: Mapping[str, Node], id: str) -> tuple[str, ...] | None:
    """What feeds a node; None where there is none of that id."""
    return nodes[id].inputs if id in nodes else None
