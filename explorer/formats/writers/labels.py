"""What a diagram says of each layer: kind and id, settings, output shape, parameters."""

from __future__ import annotations

from explorer.formats.words import shown
from explorer.network.analysis import Facts
from explorer.network.layer import described
from explorer.network.network import Node

COLOURS = {
    "Input": "#e8e8e8", "Window": "#cfe3f7", "Dense": "#d9d2f0", "Activation": "#fbe3c4", "Norm": "#d5ecd4",
    "Join": "#f6d0d6", "Shape": "#f2efd0", "Other": "#dddddd",
}  # fmt: skip
"""A fill for each group of kinds, light enough for black letters."""


def label(node: Node, facts: Facts) -> list[str]:
    """Lines of plain text; a problem stands where the shape would."""
    layer = node.layer
    lines = [shown(node.id, 60), " ".join((layer.kind, *filter(None, [layer.brief()])))]
    if facts.shape is None:
        return [*lines, shown(facts.problem, 120)]
    parameters = [f"{facts.parameters:,} parameters"] if facts.parameters else []
    return [*lines, described(facts.shape), *parameters]
