"""A network's silhouette: what one draws of it on a napkin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from explorer.network.analysis import Facts
from explorer.network.layer import Shape
from explorer.network.network import Network

DRAWN = ("Input", "Window", "Dense")
"""Groups whose layers are drawn; the others change neither size nor channels."""


@dataclass(frozen=True)
class Box:
    """One layer: its group, its height and its thickness, both from 0 to 1."""

    group: str
    height: float
    thickness: float


Column = tuple[Box, ...]
"""Layers side by side, as in branches."""


def outline(network: Network, facts: Mapping[str, Facts], most: int = 40) -> tuple[Column, ...]:
    """Columns from the input to the end, at most so many; of a long network every few are left out.

    Height tells the image's size and thickness its channels, both on a logarithmic scale; a vector is a thin line,
    the higher the longer it is.
    """
    columns: list[list[Box]] = []
    reached: dict[str, int] = {}  # columns there are up to each node
    for node in network.order:
        before = max((reached[i] for i in node.inputs), default=0)
        shape = facts[node.id].shape
        drawn = node.layer.group in DRAWN and shape is not None
        reached[node.id] = before + drawn
        if drawn and shape is not None:
            if before == len(columns):
                columns.append([])
            columns[before].append(_box(node.layer.group, shape))
    step = max(1, -(-len(columns) // most))
    return tuple(tuple(column) for column in columns[::step])


def _box(group: str, shape: Shape) -> Box:
    if len(shape) == 3:
        channels, height, _ = shape
        return Box(group, min(1.0, log2(height + 1) / log2(257)), min(1.0, log2(channels + 1) / 11))
    return Box(group, min(1.0, log2(shape[0] + 1) / 13), 0.0)
