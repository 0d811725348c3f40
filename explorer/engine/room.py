"""How much memory a run takes, told before it begins: most systems give no error where there is none, but an end."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.analysis import Facts
from explorer.network.network import Network

FLOAT = 4
"""Bytes of a float32."""
SCRATCH = 20 << 20
"""Bytes that a run takes besides values and weights: 12 to 19 million in networks that have next to none of these."""
SHARE = 0.8
"""Of what is free, so much may be taken."""


def value_numbers(network: Network, facts: Mapping[str, Facts], id: str) -> int:
    """Numbers in memory for a node's value; torch's largest of a window comes with 64-bit places."""
    return prod(facts[id].shape or ()) * (3 if isinstance(network.nodes[id].layer, MaxPool2d) else 1)


def weight_numbers(network: Network, facts: Mapping[str, Facts], id: str) -> int:
    """Numbers in memory for a node's weights. A convolution has them once more, laid out for the machine, and where a
    normalisation was folded into them, a hole of their size is left that the next layout, which is aligned, misses."""
    return facts[id].parameters * (3 if isinstance(network.nodes[id].layer, Conv2d) else 1)


def run_bytes(numbers: int) -> int:
    """Bytes that a run takes with so many numbers in memory."""
    return FLOAT * numbers + SCRATCH
