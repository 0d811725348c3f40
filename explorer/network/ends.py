"""Where a network ends, and which end is its answer: the classifier's scores, not a side branch's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from explorer.network.analysis import Facts
from explorer.network.network import Network


def ends(network: Network) -> tuple[str, ...]:
    """Nodes that feed no other; an Input counts only where there is nothing else."""
    nodes = network.nodes
    unused = [id for id, users in network.users.items() if not users]
    found = tuple([id for id in unused if nodes[id].layer.inputs])
    only_inputs = not found and not any(node.layer.inputs for node in nodes.values())
    return tuple(unused) if only_inputs else found


def is_end(network: Network, id: str) -> bool:
    """Whether this node is one of them; found without looking at the others, but for a network of Inputs alone."""
    node = network.nodes.get(id)
    return node is not None and not network.users[id] and (bool(node.layer.inputs) or id in ends(network))


def answer(network: Network, facts: Mapping[str, Facts], chosen: str) -> str:
    """The network's answer, where there are several sound ends to choose from; else ""."""
    sound = [id for id in ends(network) if not facts[id].problem]
    return main_end(network, sound, chosen) if len(sound) > 1 else ""


def main_end(network: Network, ends: Collection[str], chosen: str = "") -> str:
    """Of these ends (at least one), the network's answer.

    chosen: the node that a reader or the user named. Where it feeds others by now, the ends behind it are meant; where
    it is gone, or "", the end farthest from the Input is, counted in layers, and of several equally far the last.
    """
    if chosen in ends:
        return chosen
    if chosen in network.nodes:
        behind = network.behind([chosen])
        ends = [id for id in ends if id in behind] or ends
    return max(reversed(list(ends)), key=lambda id: network.far.get(id, 0))
