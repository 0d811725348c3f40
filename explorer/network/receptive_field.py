"""What part of the picture a unit depends on: its receptive field, through every branch that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

from explorer.maths.values import dataclass
from explorer.network.analysis import Facts
from explorer.network.layer import Layer, Shape, Spans, everything
from explorer.network.network import Network

NOTHING = (0, -1)
"""What a unit sees that looks between the pixels, or only at padding."""
PROBES = (-1, 0, 1, 2, 997)
"""Units that tell whether a layer's window slides evenly; a step that varies shows at one of them."""

Lines = tuple[tuple[int, int, int], ...]
"""Slopes with two offsets: unit u sees from the least slope·u + first offset to the greatest slope·u + second one."""
Way = tuple[Lines, Lines]
"""What the units of a node see along both axes, where every window between it and the picture slides evenly. Few values
for each node, for garbage is looked for in all of them: mostly one line, and the same one along both axes."""
START: Lines = ((1, 0, 0),)
"""A pixel sees itself."""
KEPT = 1 << 9
"""Fields that are kept, of 0.7 kB each: the largest classic has 304 different ones, which take 3 ms where none is."""
STEP = 60
"""Nodes to which the ways are found in one go, in some milliseconds."""


@dataclass(frozen=True)
class ReceptiveField:
    """What the units of one node see of the picture, along height and along width.

    size: pixels that a unit in the middle sees, padding among them. jump: pixels from what it sees to what the next
    one sees, 0 where there is no other. start: the middle of what the first unit sees, as a row and a column counted
    from 0; a whole number is the middle of a pixel, one below 0 lies in the padding. whole: every unit sees the whole
    picture. at_most: it may be less, for a layer on the way does not say how place goes through it.
    Source: Dumoulin & Visin 2016, arXiv:1603.07285; Araujo et al. 2019, doi:10.23915/distill.00021.
    """

    size: tuple[int, int]
    jump: tuple[int, int]
    start: tuple[float, float]
    whole: bool
    at_most: bool = False

    @property
    def brief(self) -> str:
        """The same in a few words."""
        sees = "Sees at most" if self.at_most else "Sees"
        if self.whole:
            return f"{sees} the whole picture"
        down, right = self.jump
        step = f", steps of {right}" if down == right else f", steps of {down}×{right}"
        row, column = self.start
        start = f", start {column:g}" if row == column else f", start {row:g}, {column:g}"
        return f"{sees} {self.size[0]}×{self.size[1]} pixels" + (step + start if right or down else "")

    def __str__(self) -> str:
        """A sentence for people."""
        if self.at_most:
            return f"{self.brief}: place is not followed through an Opaque layer on the way."
        if self.whole:
            return "Each number here depends on the whole picture."
        size = f"{self.size[0]}×{self.size[1]} pixels" if max(self.size) > 1 else "1 pixel"
        down, right = self.jump
        step = f"{right} pixels" if right != 1 else "1 pixel"
        further = f"its neighbours {step} further" if down == right else f"{down} down, {right} to the right"
        row, column = self.start
        first = f"What the first one sees has its middle at row {row:g}, column {column:g}, counted from 0."
        told = f"Each number here depends on {size} of the picture"
        return f"{told}, {further}. {first}" if right or down else f"{told}."


def receptive_field(network: Network, facts: Mapping[str, Facts], id: str) -> ReceptiveField | None:
    """The receptive field of a node; None where it has a problem, or not exactly one input leads to it."""
    found = _field(facts[id].shape, lambda axis, units: spans(network, facts, id, axis, units))
    return replace(found, at_most=True) if found and id in _loose(network) else found


def _loose(network: Network) -> set[str]:
    """The nodes of which is known only what they may see."""
    return network.behind(node.id for node in network.nodes.values() if not node.layer.follows_place)


def _field(
    shape: Shape | None, look: Callable[[int, tuple[int, ...]], tuple[int, Spans] | None]
) -> ReceptiveField | None:
    """`look` gives the picture's pixels along an axis, and which of them some units depend on."""
    if shape is None:
        return None
    size, jump, start, whole = [], [], [], True
    for axis, count in enumerate(shape[1:] if len(shape) == 3 else (1, 1)):
        middle = max(0, min(count // 2, count - 2))
        found = look(axis, (0, middle, min(middle + 1, count - 1), count - 1))
        if found is None:
            return None
        pixels, (first, here, after, last) = found
        size.append(here[1] - here[0] + 1)
        jump.append(after[0] - here[0])
        start.append((first[0] + first[1]) / 2)
        whole = whole and last[0] <= 0 and first[1] >= pixels - 1
    return ReceptiveField((size[0], size[1]), (jump[0], jump[1]), (start[0], start[1]), whole)


class ReceptiveFields:
    """The receptive field of each node of a network, looked for when it is asked for, and once.

    Where every window on the way slides evenly, one pass over the network serves all nodes.
    """

    def __init__(self, network: Network, facts: Mapping[str, Facts]) -> None:
        self._network, self._facts = network, facts
        self._found: dict[str, ReceptiveField | None] = {}

    def __getitem__(self, id: str) -> ReceptiveField | None:
        while self._keeps_place(id):  # most layers see what their input sees
            id = self._network.nodes[id].inputs[0]
        if id not in self._found:
            self._found[id] = self._look_for(id)
        return self._found[id]

    def _keeps_place(self, id: str) -> bool:
        node, shape = self._network.nodes[id], self._facts[id].shape
        one = len(node.inputs) == 1 and type(node.layer).sees is Layer.sees
        return one and shape is not None and shape == self._facts[node.inputs[0]].shape

    def _look_for(self, id: str) -> ReceptiveField | None:
        shape, (origin, way) = self._facts[id].shape, self._ways.get(id, ("", None))
        if shape is None or way is None:
            return receptive_field(self._network, self._facts, id)
        found = _even_field(shape, self._facts[origin].shape or (0, 0, 0), way)
        return replace(found, at_most=True) if found and id in self._loose else found

    @cached_property
    def _loose(self) -> set[str]:
        return _loose(self._network)

    @cached_property
    def _ways(self) -> dict[str, tuple[str, Way]]:
        """By node the one input that leads to it, and the way there; those with even ways only."""
        found: dict[str, tuple[str, Way]] = {}
        for _ in self._finding(found):
            pass
        return found

    def looking_ahead(self) -> Iterator[None]:
        """Find the ways to all nodes in steps, of which none takes a frame: else who asks first waits for them."""
        if "_ways" not in self.__dict__:
            found: dict[str, tuple[str, Way]] = {}
            yield from self._finding(found)
            self.__dict__["_ways"] = found

    def _finding(self, found: dict[str, tuple[str, Way]]) -> Iterator[None]:
        for number, node in enumerate(self._network.order, 1):
            if not number % STEP:
                yield
            shape, sources = self._facts[node.id].shape, node.inputs
            if shape is None:
                continue
            if not sources and len(shape) == 3:
                found[node.id] = node.id, (START, START)
            elif sources and all(i in found for i in sources) and len({found[i][0] for i in sources}) == 1:
                way = _way(node.layer, tuple([(self._facts[i].shape or (), found[i][1]) for i in sources]))
                if way is not None:
                    found[node.id] = found[sources[0]][0], way


@lru_cache(KEPT)  # an edit leaves most layers of a large network as they were
def _even_field(shape: Shape, picture: Shape, way: Way) -> ReceptiveField | None:
    def look(axis: int, units: tuple[int, ...]) -> tuple[int, Spans]:
        lines = way[axis]
        seen = [
            (min([slope * u + low for slope, low, _ in lines]), max([slope * u + high for slope, _, high in lines]))
            for u in units
        ]
        return picture[1 + axis], seen

    return _field(shape, look)


@lru_cache(1 << 13)
def _way(layer: Layer, sources: tuple[tuple[Shape, Way], ...]) -> Way | None:
    """The way to a layer, from the shapes of its inputs and the ways to them."""
    slides = [[_slide(layer, axis, shape) for shape, _ in sources] for axis in (0, 1)]
    down = _joined(slides[0], [way[0] for _, way in sources])
    if slides[0] == slides[1] and all(way[0] is way[1] for _, way in sources):
        return None if down is None else (down, down)
    right = _joined(slides[1], [way[1] for _, way in sources])
    return None if down is None or right is None else (down, right)


def _joined(slides: list[tuple[int, int, int] | None], ways: list[Lines]) -> Lines | None:
    """What units see along one axis through windows that slide over inputs; see `_slide`."""
    found: dict[int, tuple[int, int]] = {}
    for slide, lines in zip(slides, ways, strict=True):
        if slide is None:
            return None
        step, first, last = slide
        for slope, low, high in lines:
            low, high = slope * first + low, slope * last + high
            least, most = found.get(slope * step, (low, high))
            found[slope * step] = min(low, least), max(high, most)
    return tuple([(slope, low, high) for slope, (low, high) in found.items()])


@lru_cache(1 << 10)  # many layers are alike
def _slide(layer: Layer, axis: int, x: Shape) -> tuple[int, int, int] | None:
    """(a, b, c) where unit u depends on rows a·u + b to a·u + c of an input; None where the step varies."""
    seen = layer.sees(axis, [(unit, unit) for unit in PROBES], x)
    (_, (first, last), (after, _), *_) = seen
    step = after - first
    even = first <= last and seen == [(step * unit + first, step * unit + last) for unit in PROBES]
    return (step, first, last) if even else None


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
