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
        found[node.id] = max([found[i] for i in node.inputs], default=0) + counts
    return found


def stages(
    network: Network, facts: Mapping[str, Facts], places: Mapping[str, Place],
    direction: Direction = Direction.TOP_DOWN,
) -> tuple[Stage, ...]:  # fmt: skip
    """Along the flow. Where a row has several sizes the largest counts; what has no shape is passed over."""
    rows: dict[float, list[tuple[tuple[int, ...], int]]] = {}  # the sizes and depths of what lies in each
    along = 0 if direction.turns else 1
    for id, deep in depths(network, facts).items():
        shape = facts[id].shape
        if id in places and shape is not None:
            rows.setdefault(places[id][along], []).append((_spatial(shape), deep))
    found: list[Stage] = []
    stage: list[tuple[float, int, int]] = []  # where each of its rows begins, the least and the greatest depth in it
    largest: tuple[int, ...] = ()

    def ended() -> None:
        if stage:
            begins, least, most = zip(*stage, strict=True)
            end = begins[-1] + direction.card[1]
            found.append(Stage(len(found) + 1, largest, begins[0], end, min(least), max(most)))
            stage.clear()

    for begin, row in sorted(rows.items()):
        size = row[0][0] if len(row) == 1 else max([size for size, _ in row], key=lambda size: (len(size), size))
        if size != largest:
            ended()
            largest = size
        depth = [deep for _, deep in row]
        stage.append((begin, min(depth), max(depth)))
    ended()
    return tuple(found)


def _spatial(shape: Shape) -> tuple[int, ...]:
    return shape[1:] if len(shape) == 3 else ()
