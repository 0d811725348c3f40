"""Networks whose answer is a picture: how one is told, and the size it is painted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from explorer.layers.activations import Dropout, Hardsigmoid, Sigmoid, Softmax, Tanh
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.layers.shapes import Identity
from explorer.network.analysis import Facts, analyse
from explorer.network.ends import ends, main_end
from explorer.network.layer import Layer
from explorer.network.network import Network
from explorer.network.project import Project

UNIT = "its numbers are colours from 0 to 1"
SIGNED = "its numbers are colours from −1 to 1"
AS_FED = "its numbers are taken for colours as its Input gets them"
GREY = "its one channel is brightness from 0 to 1"
STEPS = (1, 4, 8, 16, 32)
"""Whole numbers of pixels that a network's sizes may have to be made of: it halves its picture so often."""
ROUNDED = "fake quantisation"
"""What a layer is called that rounds numbers to bytes."""


def convention(network: Network, facts: Mapping[str, Facts], end: str, entry: str) -> str:
    """How the numbers at an end are colours; "" where they are none.

    An answer is a picture where it is as large as the Input, or so many times as large on both sides, and has three
    channels that no softmax makes shares of; or one channel that a sigmoid ends. What the last layer can put out says
    from where to where the numbers go: a sigmoid from 0 to 1, tanh from −1 to 1; else they are as the Input's.
    """
    shape, fed = facts[end].shape or (), facts[entry].shape or ()
    if len(shape) != 3 or len(fed) != 3 or min(fed[1:]) < 2:
        return ""
    larger = {y // x if y % x == 0 else 0 for y, x in zip(shape[1:], fed[1:], strict=True)}
    if len(larger) != 1 or 0 in larger or shape[0] not in (1, 3):
        return ""
    last = _last(network, end)
    if isinstance(last, Input):  # the picture itself: nothing was painted yet
        return ""
    if isinstance(last, Sigmoid | Hardsigmoid):
        return UNIT if shape[0] == 3 else GREY
    if shape[0] == 1 or isinstance(last, Softmax):
        return ""
    return SIGNED if isinstance(last, Tanh) else AS_FED


def _last(network: Network, end: str) -> Layer:
    """The last layer that does anything but round."""
    node = network.nodes[end]
    while node.inputs and (
        isinstance(node.layer, Identity | Dropout) or (isinstance(node.layer, Opaque) and node.layer.name == ROUNDED)
    ):
        node = network.nodes[node.inputs[0]]
    return node.layer


def sized(project: Project, size: tuple[int, int] | None, longest: int) -> Project | None:
    """The project with its Input so large that a picture of `size` (width, height) keeps its proportions and its
    longest side is `longest`, as nearly as the network can paint it; None where it paints nothing, or in one size only.

    size: None for the proportions that the Input has.
    """
    network = project.network
    entry = entry_of(project)
    if entry is None:
        return None
    own = cast("Input", network.nodes[entry].layer)
    size = size or (own.width, own.height)
    scale = longest / max(size)
    end = main_end(network, ends(network), project.main)
    before = analyse(network)
    how = convention(network, before, end, entry)
    if not how:
        return None
    for step in STEPS:
        width, height = (max(step, 2, round(side * scale / step) * step) for side in size)
        other = network.with_settings(entry, height=height, width=width)
        facts = analyse(other, network, before)
        same = all(fact.parameters == before[id].parameters for id, fact in facts.items())
        if not any(fact.problem for fact in facts.values()) and same and convention(other, facts, end, entry) == how:
            return replace(project, network=other)
    return None


def entry_of(project: Project) -> str | None:
    """The one Input that a picture enters."""
    inputs = [id for id, node in project.network.nodes.items() if isinstance(node.layer, Input)]
    free = [id for id in inputs if id not in project.fed]
    return free[0] if len(free) == 1 else None
