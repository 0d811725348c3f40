"""What is drawn of a network with groups: each closed one as a single node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from explorer.maths.differing import differing
from explorer.maths.values import dataclass
from explorer.network.groups import TOP, Groups
from explorer.network.network import Network, Node
from explorer.network.routes import Link

NOTHING: Mapping[str, Node] = {}


@dataclass(frozen=True)
class Folding:
    """drawn: the nodes in no closed group, and for each closed one a node by the group's id, which has the layer of its
    `outlet`. Each different value that enters a group is an input of that node."""

    network: Network
    groups: Groups
    drawn: Network

    def following(self, network: Network, groups: Groups) -> Folding:
        """The same of another network or other groups; this one itself where they are these.

        What is not near a node that is another, or a group that was opened, closed, or has other nodes, stays as it is
        drawn. A group that several nodes lead out of is looked at anew in another network, whose order may be another.
        """
        if network is self.network and groups is self.groups:
            return self
        before, after = self.groups.cards, groups.cards
        if not (before or after) or not alike(self.network, network):
            return folded(network, groups)
        other = differing(self.network.nodes, network.nodes) | differing(before, after)
        near = set(other)
        for one in (self.network, network):
            here = other & one.nodes.keys()
            near.update(user for id in here for user in one.users[id])
            near.update(source for id in here for source in one.nodes[id].inputs)
        anew = {cards.get(id, id) for id in near for cards in (before, after)}
        if network is not self.network:
            anew.update(id for id in self.groups.closed if id not in self._sure)
        known = {id: node for id, node in self.drawn.nodes.items() if id not in anew}
        found = folded(network, groups, known)
        found._outlets.update({id: end for id, end in self._outlets.items() if id in known and id in found.drawn.nodes})
        found._sure.update(self._sure & found._outlets.keys())
        return found

    def card(self, id: str) -> str:
        """What a node is drawn as: itself, or the closed group around it."""
        return self.groups.cards.get(id, id)

    def shown(self, ids: Iterable[str]) -> tuple[str, ...]:
        """What these nodes are drawn as, each once, in the order of their last ones."""
        cards, last = self.groups.cards, reversed(list(ids))
        return tuple(reversed(dict.fromkeys((cards.get(id, id) for id in last) if cards else last)))

    def nodes(self, ids: Iterable[str]) -> tuple[str, ...]:
        """These nodes, each once, and in the place of a group all its nodes, its outlet last."""
        found: dict[str, None] = {}
        for id in ids:
            if id in self.groups.groups:
                end = self.outlet(id)
                found.update(dict.fromkeys(node for node in self.groups.nodes(id) if node != end))
                id = end
            found.pop(id, None)
            found[id] = None
        return tuple(found)

    def outlet(self, id: str) -> str:
        """The node whose value leaves a group: the last that feeds one outside, or where none does, the last one."""
        if id not in self.groups.groups:
            return id
        if id not in self._outlets:
            inside = self.groups.nodes(id)
            held = set(inside)
            feeding = [node for node in inside if any(user not in held for user in self.network.users[node])]
            self._outlets[id] = max(feeding or inside, key=lambda node: self.runs.get(node, -1))
            if len(feeding or inside) == 1:
                self._sure.add(id)
        return self._outlets[id]

    def sure(self, id: str) -> bool:
        """Whether there is but one value that can leave a group: else which one does hangs on the whole network."""
        self.outlet(id)
        return id in self._sure

    def inlets(self, id: str) -> tuple[str, ...]:
        """The nodes of a group that take a value from outside, or where none does, that lack an input."""
        inside = self.groups.nodes(id) if id in self.groups.groups else (id,)
        held, nodes = set(inside), self.network.nodes
        fed = tuple(node for node in inside if any(source not in held for source in nodes[node].inputs))
        return fed or tuple(node for node in inside if nodes[node].layer.inputs and not nodes[node].inputs)

    def links(self, link: Link) -> tuple[Link, ...]:
        """The links of the network that one is drawn for."""
        source, target, port = link
        inside = self.groups.nodes(target) if target in self.groups.groups else (target,)
        every = [(u, v, i) for v in inside for i, u in enumerate(self.network.nodes[v].inputs)]
        ported = target in self.groups.groups
        return tuple(one for one in every if self.card(one[0]) == source and (ported or one[2] == port))

    @cached_property
    def _outlets(self) -> dict[str, str]:
        """By group, once somebody has asked."""
        return {}

    @cached_property
    def _sure(self) -> set[str]:
        """Those of them that do not depend on the order of the network."""
        return set()

    @cached_property
    def runs(self) -> dict[str, int]:
        """Where each node comes in the network's order; those on or behind a loop come nowhere."""
        return {id: place for place, id in enumerate(self.network.running)}


def alike(one: Network, other: Network) -> bool:
    """Whether the nodes that both have stand in the same order: the inputs of a group do, too."""
    a, b = one.nodes, other.nodes
    return one is other or list(filter(a.__contains__, b)) == list(filter(b.__contains__, a))


def drawn_as(network: Network, groups: Groups) -> Iterator[str]:
    """What each node is drawn as, in their order; to know that takes a tenth of folding them."""
    cards = groups.cards
    return (cards.get(id, id) for id in network.nodes)


def folded(network: Network, groups: Groups, known: Mapping[str, Node] = NOTHING) -> Folding:
    """The network with its closed groups folded. known: nodes and cards that are drawn just so."""
    cards = groups.cards
    if not cards:
        return Folding(network, groups, network)
    drawn: dict[str, Node] = {}
    entering: dict[str, dict[str, None]] = {}  # by closed group
    for id, node in network.nodes.items():
        card = cards.get(id, id)
        if card in known:
            drawn[card] = known[card]
        elif card == id:
            sources = tuple([cards.get(source, source) for source in node.inputs])
            drawn[id] = node if node.inputs == sources else Node(id, node.layer, sources)
        else:
            drawn.setdefault(card, node)  # what comes first has the place
            outside = entering.setdefault(card, {})
            outside.update((source, None) for source in (cards.get(i, i) for i in node.inputs) if source != card)
    half = Folding(network, groups, Network())
    for id, inputs in entering.items():
        drawn[id] = Node(id, network.nodes[half.outlet(id)].layer, tuple(inputs))
    found = Folding(network, groups, Network(drawn))
    found._outlets.update(half._outlets)
    found._sure.update(half._sure)
    return found


def scopes(network: Network, groups: Groups, around: str = TOP) -> dict[str, Network]:
    """What lies directly in a group, and in each group in it, as a network of its own: groups in it are nodes, whether
    they are closed or not."""
    if not groups:
        every = network.nodes.values()
        inputs = ((node, tuple(dict.fromkeys(node.inputs))) for node in every)
        kept = ((node, tuple(i for i in ids if i != node.id) if node.id in ids else ids) for node, ids in inputs)
        return {TOP: Network({n.id: n if n.inputs == ids else Node(n.id, n.layer, ids) for n, ids in kept})}
    inside: dict[str, dict[str, dict[str, None]]] = {}
    start = groups.depth(around)
    ways = {id: (*groups.path(id), id) for id in (groups.nodes(around) if around else network.nodes)}
    for id, way in ways.items():
        for scope, part in zip((TOP, *way)[start:], way[start:], strict=False):
            inside.setdefault(scope, {}).setdefault(part, {})
        for source in network.nodes[id].inputs:
            if source != id and source in ways:
                other, level = ways[source], start
                while way[level] == other[level]:
                    level += 1
                inside[way[level - 1] if level else TOP][way[level]][other[level]] = None

    def standing(id: str) -> Node:  # for a group, any of its nodes
        return network.nodes[groups.nodes(id)[0] if id in groups.groups else id]

    return {
        scope: Network({id: Node(id, standing(id).layer, tuple(inputs)) for id, inputs in parts.items()})
        for scope, parts in inside.items()
    }
