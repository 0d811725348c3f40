"""A node with a problem, and what an edit that may mend it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from explorer.layers.sliding import Pair, both
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.network import Network, Node

STEPS_BACK = 8
"""How many layers of a branch are looked at: what lies further away hardly is the mistake."""


@dataclass(frozen=True)
class Edit:
    """A changed network; the lower its cost, the less of what was meant is changed."""

    cost: int
    text: str
    network: Network


@dataclass(frozen=True)
class Fault:
    """A node with a problem of its own, and what is known around it."""

    network: Network
    facts: Mapping[str, Facts]
    id: str

    @property
    def node(self) -> Node:
        """The faulty node."""
        return self.network.nodes[self.id]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Shapes of its inputs, those that are known."""
        found = (self.facts[source].shape for source in self.node.inputs)
        return tuple(shape for shape in found if shape is not None)

    def fits(self, x: Shape | None, port: int) -> bool:
        """Whether the node could do with another shape at one input."""
        shapes = self.shapes
        return x is not None and given(self.node.layer, *shapes[:port], x, *shapes[port + 1 :]) is not None

    def may_be_odd(self, port: int) -> bool:
        """Whether a change of this input alone could help: the others agree."""
        others = self.shapes[:port] + self.shapes[port + 1 :]
        return len(others) < 2 or given(self.node.layer, *others) is not None

    def branch(self, port: int) -> list[Node]:
        """The layers that lead to this input only, the nearest first: a change of them harms nobody else."""
        found: list[Node] = []
        node = self.network.nodes[self.node.inputs[port]]
        while len(node.inputs) == 1 and len(self.network.users[node.id]) == 1 and len(found) < STEPS_BACK:
            found.append(node)
            node = self.network.nodes[node.inputs[0]]
        return found


def given(layer: Layer | None, *x: Shape) -> Shape | None:
    """What a layer makes of these shapes; None where it refuses them."""
    try:
        return layer.output(*x) if layer else None
    except ShapeError:
        return None


def passed(layers: Iterable[Layer | None], x: Shape | None) -> Shape | None:
    """What a chain of layers makes of a shape."""
    for layer in layers:
        x = None if x is None else given(layer, x)
    return x


def made(kind: type[Layer], *values: Any, **settings: Any) -> Layer | None:
    """A layer of this kind; None where a setting is out of its range."""
    try:
        return kind(*values, **settings)
    except Refusal:
        return None


def changed(layer: Layer, **settings: Any) -> Layer | None:
    """The layer with other settings; None where one is out of its range."""
    try:
        return replace(layer, **settings)
    except Refusal:
        return None


def learns(layer: Layer) -> bool:
    """Whether it is of a kind that has weights, so that leaving it out takes away what the network can do."""
    return type(layer).parameters is not Layer.parameters


def named(id: str) -> str:
    """A node's id, short enough for a button; long ones differ in their ends."""
    return id if len(id) <= 18 else "…" + id[-17:]


def listed(ids: Iterable[str]) -> str:
    """Some nodes in a few words."""
    names = [named(id) for id in ids]
    return " and ".join(names) if len(names) < 3 else f"{len(names)} layers"


def count(n: int, things: str) -> str:
    """“1 filter”, “1,024 filters”."""
    return f"{n:,} {things if n != 1 else things[:-1]}"


def article(text: str) -> str:
    """“a 3×3 kernel”, “an 8×8 kernel”."""
    return f"{'an' if text[0] in 'AEIO8' or text.startswith(('11×', '18×')) else 'a'} {text}"


def times(value: Pair) -> str:
    """A pair as people write it: 2, or 2×1."""
    along, across = both(value)
    return f"{along}" if along == across else f"{along}×{across}"


def single(along: int, across: int) -> Pair:
    """A pair, or one number where they are equal."""
    return along if along == across else (along, across)
