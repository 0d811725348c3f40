"""The stages of a network as they lie on the canvas: rows of one spatial size, and how deep they are."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from itertools import groupby

from explorer.maths.steps import at_once
from explorer.network.analysis import Facts
from explorer.network.direction import Direction
from explorer.network.folding import Folding
from explorer.network.layer import Shape
from explorer.network.network import Network
from explorer.network.project import Place

UNCOUNTED = ("Norm", "Activation")
"""Groups whose weights make no layer in the literature's sense: ResNet-50 has 50 convolutions and dense layers."""

PART = 4000
"""Nodes that are looked at in one step."""

_Row = tuple[tuple[int, ...], int, int]
"""The largest size in what lies side by side, the least depth and the greatest."""


@dataclass(frozen=True)
class Stage:
    """Rows that follow each other with outputs of one size.

    number: from 1. size: height and width, or () for vectors. begin, end: along the flow, scene units. first, last: the
    least and the greatest number of layers with weights on the longest way from the input up to here, this one counted.
    """

    number: int
    size: tuple[int, ...]
    begin: float
    end: float
    first: int
    last: int

    @property
    def size_in_words(self) -> str:
        return "×".join(map(str, self.size)) or "vector"

    @property
    def depth_in_words(self) -> str:
        return f"depth {self.first}" if self.first == self.last else f"depth {self.first}–{self.last}"


def depths(network: Network, facts: Mapping[str, Facts]) -> dict[str, int]:
    """For each node not behind a loop: layers with weights on the longest way from an input to it, itself counted."""
    return at_once(_depths(network, facts))


def _depths(network: Network, facts: Mapping[str, Facts]) -> Generator[None, None, dict[str, int]]:
    found: dict[str, int] = {}
    for done, node in enumerate(network.order, 1):
        if done % PART == 0:
            yield
        counts = facts[node.id].parameters > 0 and node.layer.group not in UNCOUNTED
        inputs = node.inputs
        before = found[inputs[0]] if len(inputs) == 1 else max([found[i] for i in inputs], default=0)
        found[node.id] = before + counts
    return found


def stages(
    network: Network, facts: Mapping[str, Facts], places: Mapping[str, Place],
    direction: Direction = Direction.TOP_DOWN, folding: Folding | None = None,
) -> tuple[Stage, ...]:  # fmt: skip
    """Along the flow. Where a row has several sizes the largest counts; what has no shape is passed over.

    folding: what is drawn in the place of closed groups; a group has the size that it puts out, and the depths of all
    its layers.
    """
    return at_once(staging(network, facts, places, direction, folding))


def staging(
    network: Network, facts: Mapping[str, Facts], places: Mapping[str, Place], direction: Direction,
    folding: Folding | None = None,
) -> Generator[None, None, tuple[Stage, ...]]:  # fmt: skip
    """The same in steps, of which each takes some milliseconds."""
    deep = yield from _depths(network, facts)
    yield
    rows: dict[float, _Row] = {}
    along = 0 if direction.turns else 1
    for done, (id, depth) in enumerate(deep.items(), 1):
        if done % PART == 0:
            yield
        card = folding.card(id) if folding else id
        shape = facts[folding.outlet(card) if folding else id].shape
        if card in places and shape is not None:
            begin, size = places[card][along], _spatial(shape)
            if begin not in rows:  # most stand alone
                rows[begin] = size, depth, depth
            else:
                other, least, most = rows[begin]
                largest = max(size, other, key=lambda size: (len(size), size))
                rows[begin] = largest, min(least, depth), max(most, depth)
    yield
    found: list[Stage] = []
    ordered = sorted(rows.items())
    for number, (size, stage) in enumerate(groupby(ordered, key=lambda row: row[1][0]), 1):
        alike = list(stage)
        begin, end = alike[0][0], alike[-1][0] + direction.card[1]
        first, last = min(row[1] for _, row in alike), max(row[2] for _, row in alike)
        found.append(Stage(number, size, begin, end, first, last))
    return tuple(found)


def _spatial(shape: Shape) -> tuple[int, ...]:
    return shape[1:] if len(shape) == 3 else ()
