"""Edits of links: one is missing, one too many, or they form a loop; and the network without the node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice
from math import prod

from explorer.layers.dense import Input
from explorer.layers.joins import Add, Concat
from explorer.layers.repairs.bridges import bridges, inserted
from explorer.layers.repairs.fault import Edit, Fault, article, given, learns, listed, named, passed
from explorer.network.network import Network, Node

NEAR = 12
"""Among how many nodes a pair is looked for."""

OFFERS = 3
"""How many of the nodes, or of the links, that would do are offered."""


def connected(fault: Fault) -> Iterator[Edit]:
    """The inputs that are missing, from the nearest nodes that fit."""
    network, node = fault.network, fault.node
    have = list(fault.shapes)
    missing = {0: 0, 1: 1}.get(node.layer.inputs, 2) - len(node.inputs)
    if missing < 1 or len(have) < len(node.inputs):
        return
    free = [id for id in nearest(fault, fault.id) if id not in node.inputs]
    shapes = {id: shape for id in free if (shape := fault.facts[id].shape)}
    pairs = combinations(free[:NEAR], 2)
    choices = ((id,) for id in free) if missing == 1 else pairs
    fitting = (ids for ids in choices if given(node.layer, *have, *(shapes[id] for id in ids)))
    for cost, ids in enumerate(islice(fitting, OFFERS), 2):
        fed = replace(node, inputs=(*node.inputs, *ids))
        yield Edit(cost, f"Connect {listed(ids)} to it", network.with_node(fed))
    if node.layer.inputs == 1 and not free:
        source = Node(network.fresh_id("Input"), Input(3, 224, 224))
        yield Edit(2, "Put an Input before it", network.with_node(source).with_link(source.id, node.id))
    elif node.layer.inputs == 1 and not given(node.layer, shapes[free[0]]):
        for cost, words, layers in islice(bridges(node.layer, shapes[free[0]]), 1):
            fed = replace(node, inputs=(free[0],))
            yield Edit(cost, f"Connect {named(free[0])} to it through {words}", inserted(network, fed, {0: layers}))


def nearest(fault: Fault, id: str) -> list[str]:
    """Nodes that could feed this one without a loop: those that feed nothing, then the nearest before it."""
    network = fault.network
    places = {other: place for place, other in enumerate(network.nodes)}
    here, behind = places[id], network.behind([id])
    sound = [other for other in places if fault.facts[other].shape is not None and other not in behind]
    return sorted(
        sound, key=lambda other: (bool(network.users[other]), places[other] > here, abs(places[other] - here))
    )


def disconnected(fault: Fault) -> Iterator[Edit]:
    """Only as many inputs as it takes; or all of them, through a join."""
    network, node, shapes = fault.network, fault.node, fault.shapes
    if node.layer.inputs == 0 and node.inputs:
        text = f"Take away what leads into it: {listed(node.inputs)}"
        yield Edit(1, text, network.with_node(replace(node, inputs=())))
    if node.layer.inputs != 1 or len(node.inputs) < 2:
        return
    for source in list(dict.fromkeys(node.inputs))[:OFFERS]:
        yield Edit(2, f"Take only {named(source)} as its input", network.with_node(replace(node, inputs=(source,))))
    for join in (Add(), Concat()):
        if len(shapes) == len(node.inputs) and passed([node.layer], given(join, *shapes)):
            new = Node(network.fresh_id(join.kind), join, node.inputs)
            text = f"Put {article(join.kind)} of its inputs before it"
            yield Edit(2, text, network.with_node(new).with_node(replace(node, inputs=(new.id,))))


def opened(fault: Fault) -> Iterator[Edit]:
    """One link of the loop less: without it, without the join it leaves alone, or fed from outside of the loop."""
    network = fault.network
    loop = network.behind([fault.id]) & network.before([fault.id])
    places = {id: place for place, id in enumerate(network.nodes)}
    links = [
        (places[source] < places[node.id], node, port)  # the one that leads back probably closed it
        for node in network.nodes.values()
        for port, source in enumerate(node.inputs)
        if node.id in loop and source in loop
    ]
    for _, node, port in sorted(links, key=lambda link: link[0])[: 2 * OFFERS]:
        source = node.inputs[port]
        rest = node.inputs[:port] + node.inputs[port + 1 :]
        less = network.with_node(replace(node, inputs=rest))
        link = f"the link from {named(source)} to {named(node.id)}"
        if not node.layer.inputs or (node.layer.inputs < 0 and len(rest) > 1):
            yield Edit(1, f"Take away {link}", less)
        elif node.layer.inputs < 0 and rest:
            yield Edit(2, f"Take away {link}, and {named(node.id)}", less.without([node.id]))
        outside = [id for id in nearest(fault, node.id) if id not in rest]
        for id in outside[: 1 if node.layer.inputs else 0]:
            fed = replace(node, inputs=(*node.inputs[:port], id, *node.inputs[port + 1 :]))
            text = f"Feed {named(node.id)} from {named(id)}, not {named(source)}"
            yield Edit(2 if node.layer.inputs == 1 else 3, text, network.with_node(fed))


def left_out(fault: Fault) -> Iterator[Edit]:
    """The network without the node: what fed it goes straight on."""
    layer = fault.node.layer
    alone = not fault.node.inputs or (layer.inputs < 0 and len(fault.node.inputs) < 2)
    if alone or (layer.inputs == 1 and (layer.group == "Norm" or not learns(layer))):
        useless = layer.group == "Window" and fault.shapes and prod(fault.shapes[0][1:]) == 1  # a pool of one pixel
        yield Edit(0 if useless else 5, "Leave it out", fault.network.without([fault.id]))


def counted_wrong(network: Network, id: str) -> bool:
    """Whether the node has too few inputs or too many."""
    node = network.nodes[id]
    wanted, have = node.layer.inputs, len(node.inputs)
    return have < 2 if wanted < 0 else have != wanted
