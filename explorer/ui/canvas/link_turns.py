"""Links of a large network follow its cards over several turns of the event loop: no turn is longer than a frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
        self._since: set[str] = set()  # what lies elsewhere or is linked otherwise by now, maybe
        self._steps: Steps[None] | None = None
        self._turns = shared_turns(home.document)

    def follow(self, changed: Collection[str], wait: bool = False) -> None:
        """What is drawn has changed; wait: let the cards be painted first, whatever the work.

        changed: all that lies elsewhere, or has other links, came or went.
        """
        self.heed(changed)
        if self._home.direction is not self._direction:
            self._direction = self._home.direction
            self._routing = Routing(self._direction.card)
        self._steps = self._following()
        if wait:
            self._turns.take(self, after_paint(self, self._parts()), first=True)
        elif len(self._home.nodes) > A_TURN or not self._turn():  # to look at them all is a turn's work
            self._drop_loose()
            self._turns.take(self, after_paint(self, self._parts()), first=True)

    def heed(self, changed: Iterable[str]) -> None:
        """The links of these may no longer fit."""
        self._since.update(changed)

    def finish(self) -> None:
        """Let all links be there now: before they are dragged, or drawn into a file."""
        while not self._turn():
            pass

    def _following(self) -> Steps[None]:
        home = self._home
        network, places = home.folding.drawn, self._direction.placed(home.places)
        routes = yield from self._routing.following(network, places)
        yield from home.links.showing(routes, network)
        self._network, self._places, self._since = network, places, set()

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
            self._home.links_moved()
        return True

    def _drop_loose(self) -> None:
        """Draw no link that ends beside its card; where many cards lie elsewhere, none until all are there."""
        network, links = self._home.folding.drawn, self._home.links
        was, shown, places, card = self._places, self._network.nodes, self._home.places, self._direction.card
        turned, nodes = self._direction.turned, network.nodes
        moved = {id for id in self._since if id not in places}
        gone = len(moved)
        for id in self._since & places.keys():
            if turned(places[id]) != was.get(id):
                moved.add(id)
                if len(moved) > gone + FEW:
                    links.setVisible(False)
                    return
        for id in self._since & nodes.keys():
            if id not in shown or shown[id].inputs != nodes[id].inputs:
                moved.add(id)

        def loose(link: Link) -> bool:
            source, target, index = link
            if not runs(network, link):
                return True
            inputs = len(network.nodes[target].inputs)
            ends = outlet(turned(places[source]), card), inlet(turned(places[target]), index, inputs, card)
            return (links.routes[link][0], links.routes[link][-1]) != ends

        if fallen := [link for link in links.of(moved) if loose(link)]:
            links.drop(fallen)
            self._home.links_moved()


def runs(network: Network, link: Link) -> bool:
    """Whether a network has this link."""
    source, target, index = link
    inputs = network.nodes[target].inputs if target in network.nodes else ()
    return source in network.nodes and index < len(inputs) and inputs[index] == source
