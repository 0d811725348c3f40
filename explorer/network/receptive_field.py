"""What part of the picture a unit depends on: its receptive field, through every branch that leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.analysis import Facts
from explorer.network.layer import Layer, Spans, everything
from explorer.network.network import Network

NOTHING = (0, -1)
"""What a unit sees that looks between the pixels, or only at padding."""


@dataclass(frozen=True)
class ReceptiveField:
    """What the units of one node see of the picture, along height and along width.

    size: pixels that a unit in the middle sees, padding among them. jump: pixels from what it sees to what the next
    one sees, 0 where there is no other. start: the middle of what the first unit sees. whole: every unit sees the
    whole picture.
    Source: Dumoulin & Visin 2016, arXiv:1603.07285; Araujo et al. 2019, doi:10.23915/distill.00021.
    """

    size: tuple[int, int]
    jump: tuple[int, int]
    start: tuple[float, float]
    whole: bool

    @property
    def brief(self) -> str:
        """The same in a few words."""
        if self.whole:
            return "Sees the whole picture"
        down, right = self.jump
        step = f", steps of {right}" if down == right else f", steps of {down}×{right}"
        return f"Sees {self.size[0]}×{self.size[1]} pixels" + (step if right or down else "")

    def __str__(self) -> str:
        """A sentence for people."""
        if self.whole:
            return "Each number here depends on the whole picture."
        size = f"{self.size[0]}×{self.size[1]} pixels" if max(self.size) > 1 else "1 pixel"
        down, right = self.jump
        step = f"{right} pixels" if right != 1 else "1 pixel"
        further = f"its neighbours {step} further" if down == right else f"{down} down, {right} to the right"
        return f"Each number here depends on {size} of the picture" + (f", {further}." if right or down else ".")


def receptive_field(network: Network, facts: Mapping[str, Facts], id: str) -> ReceptiveField | None:
    """The receptive field of a node; None where it has a problem, or not exactly one input leads to it."""
    shape = facts[id].shape
    if shape is None:
        return None
    size, jump, start, whole = [], [], [], True
    for axis, count in enumerate(shape[1:] if len(shape) == 3 else (1, 1)):
        middle = max(0, min(count // 2, count - 2))
        units = 0, middle, min(middle + 1, count - 1), count - 1
        found = spans(network, facts, id, axis, units)
        if found is None:
            return None
        pixels, (first, here, after, last) = found
        size.append(here[1] - here[0] + 1)
        jump.append(after[0] - here[0])
        start.append((first[0] + first[1]) / 2)
        whole = whole and last[0] <= 0 and first[1] >= pixels - 1
    return ReceptiveField((size[0], size[1]), (jump[0], jump[1]), (start[0], start[1]), whole)


class ReceptiveFields:
    """The receptive field of each node of a network, looked for when it is asked for, and once."""

    def __init__(self, network: Network, facts: Mapping[str, Facts]) -> None:
        self._network, self._facts = network, facts
        self._found: dict[str, ReceptiveField | None] = {}

    def __getitem__(self, id: str) -> ReceptiveField | None:
        while self._keeps_place(id):  # most layers see what their input sees
            id = self._network.nodes[id].inputs[0]
        if id not in self._found:
            self._found[id] = receptive_field(self._network, self._facts, id)
        return self._found[id]

    def _keeps_place(self, id: str) -> bool:
        node, shape = self._network.nodes[id], self._facts[id].shape
        one = len(node.inputs) == 1 and type(node.layer).sees is Layer.sees
        return one and shape is not None and shape == self._facts[node.inputs[0]].shape


def spans(
    network: Network, facts: Mapping[str, Facts], id: str, axis: int, units: tuple[int, ...], *, inside: bool = False
) -> tuple[int, Spans] | None:
    """The picture's pixels along an axis (0 height, 1 width), and which of them each of the node's units depends on.

    What a unit depends on is followed back layer by layer; where branches meet, the span holds both. With `inside`
    what lies in the padding of any layer is left out: these are the real pixels the unit can hear of. None unless
    exactly one input leads to the node.
    """
    needed: dict[str, Spans] = {id: [(unit, unit) for unit in units]}
    inputs: list[str] = []
    for node in reversed(network.order):
        wanted = needed.get(node.id)
        if wanted is None:
            continue
        if not node.inputs:
            inputs.append(node.id)
        for source in node.inputs:
            shape = facts[source].shape or ()
            seen = node.layer.sees(axis, wanted, shape)
            if seen is not wanted:  # most layers keep every number's place
                seen = _checked(seen, wanted, everything(axis, shape) if inside else None)
            known = needed.get(source)
            needed[source] = seen if known is None or known == seen else list(map(_hull, known, seen))
    if len(inputs) != 1:
        return None
    picture = facts[inputs[0]].shape or (0, 0, 0)
    return picture[1 + axis], needed[inputs[0]]


def _checked(seen: Spans, wanted: Spans, ends: tuple[int, int] | None) -> Spans:
    """What is seen, between the `ends` where there are any; whoever sees no pixel sees nothing."""
    if ends is not None:
        seen = [(max(first, ends[0]), min(last, ends[1])) for first, last in seen]
    return [NOTHING if was == NOTHING or s[0] > s[1] else s for was, s in zip(wanted, seen, strict=True)]


def _hull(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Both spans and what lies between them."""
    if NOTHING in (a, b):
        return b if a == NOTHING else a
    return min(a[0], b[0]), max(a[1], b[1])
