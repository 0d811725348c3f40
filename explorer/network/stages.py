"""The stages of a network as they lie on the canvas: rows of one spatial size, and how deep they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.analysis import Facts
from explorer.network.direction import Direction
from explorer.network.layer import Shape
from explorer.network.network import Network
from explorer.network.project import Place

UNCOUNTED = ("Norm", "Activation")
"""Groups whose weights make no layer in the literature's sense: ResNet-50 has 50 convolutions and dense layers."""


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
    found: dict[str, int] = {}
    for node in network.order:
        counts = facts[node.id].parameters > 0 and node.layer.group not in UNCOUNTED
        found[node.id] = max((found[i] for i in node.inputs), default=0) + counts
    return found


def stages(
    network: Network, facts: Mapping[str, Facts], places: Mapping[str, Place],
    direction: Direction = Direction.TOP_DOWN,
) -> tuple[Stage, ...]:  # fmt: skip
    """Along the flow. Where a row has several sizes the largest counts; what has no shape is passed over."""
    deep = depths(network, facts)
    rows: dict[float, list[str]] = {}
    for id in deep:
        if id in places and facts[id].shape is not None:
            rows.setdefault(direction.turned(places[id])[1], []).append(id)
    found: list[Stage] = []
    for begin, ids in sorted(rows.items()):
        end = begin + direction.card[1]
        size = max((_spatial(facts[id].shape or ()) for id in ids), key=lambda size: (len(size), size))
        least, most = (pick(deep[id] for id in ids) for pick in (min, max))
        if found and found[-1].size == size:
            last = found.pop()
            stage = Stage(last.number, size, last.begin, end, min(last.first, least), max(last.last, most))
        else:
            stage = Stage(len(found) + 1, size, begin, end, least, most)
        found.append(stage)
    return tuple(found)


def _spatial(shape: Shape) -> tuple[int, ...]:
    return shape[1:] if len(shape) == 3 else ()
