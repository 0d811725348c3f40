"""Links of a large network follow its cards over several turns of the event loop: no turn is longer than a frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.network.network import Network
from explorer.network.project import Place
from explorer.network.routes import Link, inlet, outlet
from explorer.network.routing import Routing, Steps
from explorer.ui.controls.following import after_paint, shared_turns
from explorer.ui.controls.turns import Parts

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

A_TURN = 1600
"""Work of one turn, in links that stay as they are, some 3 µs each."""
FEW = 64
"""Of so many cards that lie elsewhere each link is looked at whether it still fits: a dragged one's does."""


class LinkTurns(QObject):
    """Keeps a scene's links equal to its cards. Where that takes long, links that no longer fit their cards are not
    drawn for the moment: it is over before a glide is. A change in between starts anew from what was whole last."""

    def __init__(self, home: NetworkScene) -> None:
        super().__init__(home)
        self._home = home
        self._routing, self._direction = Routing(), home.direction
        self._network: Network = Network()  # as the links were led last
        self._places: Mapping[str, Place] = {}
        self._steps: Steps[None] | None = None
        self._turns = shared_turns(home.document)

    def follow(self, wait: bool = False) -> None:
        """What is drawn has changed; wait: let the cards be painted first, whatever the work."""
        if self._home.direction is not self._direction:
            self._direction = self._home.direction
            self._routing = Routing(self._direction.card)
        self._steps = self._following()
        if wait:
            self._turns.take(self, after_paint(self, self._parts()), first=True)
        elif not self._turn():
            self._drop_loose()
            self._turns.take(self, after_paint(self, self._parts()), first=True)

    def finish(self) -> None:
        """Let all links be there now: before they are dragged, or drawn into a file."""
        while not self._turn():
            pass

    def _following(self) -> Steps[None]:
        home = self._home
        network, places = home.folding.drawn, self._direction.placed(home.places)
        routes = yield from self._routing.following(network, places)
        yield from home.links.showing(routes)
        self._network, self._places = network, places

    def _parts(self) -> Parts:
        while not self._turn():
            yield

    def _turn(self) -> bool:
        """Do as much as there is time for in a turn; whether all is done."""
        work = A_TURN
        for done in self._steps or ():
            work -= done
            if work < 0:
                return False
        if self._steps is not None:
            self._steps = None
            self._home.links.setVisible(True)
            self._home.cards_moved()
        return True

    def _drop_loose(self) -> None:
        """Draw no link that ends beside its card; where many cards lie elsewhere, none until all are there."""
        network, links = self._home.folding.drawn, self._home.links
        places, card = self._direction.placed(self._home.places), self._direction.card
        was, shown = self._places, self._network.nodes
        moved = set()
        for id, place in places.items():
            if was.get(id) != place:
                moved.add(id)
                if len(moved) > FEW:
                    links.setVisible(False)
                    return
        moved |= was.keys() - places.keys()
        if network is not self._network:
            other = {id for id, node in network.nodes.items() if shown.get(id) is not node}
            moved |= {id for id in other if id not in shown or shown[id].inputs != network.nodes[id].inputs}

        def loose(link: Link) -> bool:
            source, target, index = link
            if not runs(network, link):
                return True
            inputs = len(network.nodes[target].inputs)
            ends = outlet(places[source], card), inlet(places[target], index, inputs, card)
            return (links.routes[link][0], links.routes[link][-1]) != ends

        if gone := [link for link in self._links_of(moved) if link in links.routes and loose(link)]:
            links.drop(gone)
            self._home.cards_moved()

    def _links_of(self, ids: Collection[str]) -> dict[Link, None]:
        """The links that these nodes had when links were led last."""
        nodes, users = self._network.nodes, self._network.users
        near = dict.fromkeys(target for id in ids if id in nodes for target in (id, *users[id]))
        linked = ((source, target, index) for target in near for index, source in enumerate(nodes[target].inputs))
        return dict.fromkeys(link for link in linked if link[0] in ids or link[1] in ids)


def runs(network: Network, link: Link) -> bool:
    """Whether a network has this link."""
    source, target, index = link
    inputs = network.nodes[target].inputs if target in network.nodes else ()
    return source in network.nodes and index < len(inputs) and inputs[index] == source
