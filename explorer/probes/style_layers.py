"""Which layers tell content and style where nobody picked any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.network.analysis import Facts, analyse
from explorer.network.network import Network, Node
from explorer.probes.style import WeightedLayer

STAGES = 5
"""So many layers tell the style, as conv1_1 to conv5_1 in Gatys et al. 2015."""


def usual_layers(
    network: Network, facts: Mapping[str, Facts] | None = None
) -> tuple[tuple[WeightedLayer, ...], tuple[WeightedLayer, ...]]:
    """Content layers and style layers, as Gatys et al. 2015 took them of VGG: conv4_2; conv1_1, conv2_1, … conv5_1.

    In other words, of the activations whose maps have one size: the first of each of the first five sizes, and the
    second of the last size but one. Layers with weights stand in where there are no activations. Both are empty where
    the network has no maps.
    """
    facts = analyse(network) if facts is None else facts
    stages = _stages(network, facts, _is_activation) or _stages(network, facts, lambda _, own: own.parameters > 0)
    if not stages:
        return (), ()
    content = stages[max(0, len(stages) - 2)]
    return (WeightedLayer(content[min(1, len(content) - 1)]),), tuple(WeightedLayer(stage[0]) for stage in stages)


def _is_activation(node: Node, _: Facts) -> bool:
    return node.layer.group == "Activation"


def _stages(network: Network, facts: Mapping[str, Facts], counts: Callable[[Node, Facts], bool]) -> list[list[str]]:
    """The nodes that count by the size of their maps, from the Input on, those of the first sizes."""
    sizes: dict[tuple[int, ...], list[str]] = {}
    for node in network.order:
        own = facts[node.id]
        if own.shape is not None and len(own.shape) == 3 and min(own.shape[1:]) > 1 and counts(node, own):
            sizes.setdefault(own.shape[1:], []).append(node.id)
    return list(sizes.values())[:STAGES]
