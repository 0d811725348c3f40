"""Which layers tell content and style where nobody picked any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.network.analysis import Facts, analyse
from explorer.network.network import Network, Node
from explorer.probes.style import WeightedLayer

WEIGHTS = (1.0, 0.7, 0.3, 0.1, 0.03)
"""Of so many layers that tell the style. Gatys et al. 2015 weigh all alike; but the deeper a layer, the fewer places
its maps have, and the more what it asks for is at odds with the content."""


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
    style = tuple(WeightedLayer(stage[0], weight) for stage, weight in zip(stages, WEIGHTS, strict=False))
    return (WeightedLayer(content[min(1, len(content) - 1)]),), style


def judged_by(
    network: Network, facts: Mapping[str, Facts]
) -> tuple[tuple[WeightedLayer, ...], tuple[WeightedLayer, ...]]:
    """Content layers and style layers for training a network that paints, nearly as Johnson et al. 2016 took them of
    VGG-16: of its first four sizes the first activations, and of the third the second one, conv3_2, for the content.

    What it is to keep lies nearer to the pixels than with one picture alone: many pictures have to stay recognisable.
    """
    content, style = usual_layers(network, facts)
    if len(style) < 4:
        return content, style
    size = facts[style[2].node].shape
    alike = [node.id for node in network.order if facts[node.id].shape == size and _is_activation(node, facts[node.id])]
    return ((WeightedLayer(alike[min(1, len(alike) - 1)]),) if alike else content), style[:4]


def _is_activation(node: Node, _: Facts) -> bool:
    return node.layer.group == "Activation"


def _stages(network: Network, facts: Mapping[str, Facts], counts: Callable[[Node, Facts], bool]) -> list[list[str]]:
    """The nodes that count by the size of their maps, from the Input on, those of the first sizes."""
    sizes: dict[tuple[int, ...], list[str]] = {}
    for node in network.order:
        own = facts[node.id]
        if own.shape is not None and len(own.shape) == 3 and min(own.shape[1:]) > 1 and counts(node, own):
            sizes.setdefault(own.shape[1:], []).append(node.id)
    return list(sizes.values())[: len(WEIGHTS)]
