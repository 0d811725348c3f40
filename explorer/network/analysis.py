"""What can be known about a network without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import starmap

from explorer.network.layer import INPUT_LETTERS, Layer, Letters, Shape, ShapeError
from explorer.network.network import Network, Node
from explorer.network.symbol import Symbol

BEHIND = "waits for the layer before it, which has a problem"
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Facts:
    """Output shape, trained parameters and multiply-accumulates of one node, or the problem it has."""

    shape: Shape | None = None
    parameters: int = 0
    macs: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Row:
    """One worked formula: what it gives, in letters, with numbers, the result, and the expression to typeset."""

    name: str
    formula: str
    numbers: str
    value: int
    symbol: Symbol = field(compare=False, repr=False)

    def __str__(self) -> str:
        steps = dict.fromkeys((self.formula, self.numbers, f"{self.value:,}"))
        return " = ".join(step for step in steps if step)


def analyse(network: Network, old: Network | None = None, known: Mapping[str, Facts] | None = None) -> dict[str, Facts]:
    """Facts of every node. A mistake is a `problem`, not an exception: half-built graphs are normal.

    `known` are the facts of an `old` network, taken over where a node and what comes into it are the same.
    """
    facts: dict[str, Facts] = {}
    before, known = old.nodes if old and known else {}, known or {}
    news: set[str] = set()  # nodes whose facts are not the known ones
    for node in network.order:
        id = node.id
        if before.get(id) is node and news.isdisjoint(node.inputs):
            facts[id] = known[id]
            continue
        found = facts[id] = _facts(node, [facts[i] for i in node.inputs])
        if found is not known.get(id):
            news.add(id)
    for id in network.nodes:
        if id not in facts:
            looped = id in network.looped
            facts[id] = Facts(problem="its links form a loop: take one of them away" if looped else BEHIND)
    return facts


def _facts(node: Node, before: list[Facts]) -> Facts:
    wanted, have = node.layer.inputs, len(before)
    if (have != wanted and wanted >= 0) or (wanted < 0 and have < 2):
        needs = {-1: "two or more inputs", 0: "no input", 1: "an input"}[wanted]
        has = {0: "none", 1: "one"}.get(have, str(have))
        return Facts(problem=f"needs {needs}, has {has}")
    shapes = [f.shape for f in before]
    if None in shapes:
        return Facts(problem=BEHIND)
    return _layer_facts(node.layer, tuple(shapes))


@lru_cache(1 << 16)  # an edit leaves most layers of a large network as they were
def _layer_facts(layer: Layer, x: tuple[Shape, ...]) -> Facts:
    try:
        y = layer.output(*x)
        return Facts(y, layer.parameters(*x), layer.macs(y, *x))
    except ShapeError as error:
        return Facts(problem=str(error))


def totals(facts: Mapping[str, Facts]) -> Facts:
    """Sums of parameters and MACs over these nodes; where there is a `problem` they are only what is known so far."""
    parameters, macs = sum(f.parameters for f in facts.values()), sum(f.macs for f in facts.values())
    return Facts(None, parameters, macs, _counted_problems(facts))


def faulty(facts: Mapping[str, Facts]) -> list[str]:
    """The nodes that have a problem themselves; all others without a shape wait for these."""
    return [id for id, f in facts.items() if f.problem and f.problem != BEHIND]


def _counted_problems(facts: Mapping[str, Facts]) -> str:
    faults, waiting = len(faulty(facts)), sum(f.problem == BEHIND for f in facts.values())
    parts = []
    if faults:
        parts.append("1 problem" if faults == 1 else f"{faults:,} problems")
    if waiting:
        cause = {0: "a layer with a problem", 1: "it"}.get(faults, "them")
        parts.append(f"{'1 layer waits' if waiting == 1 else f'{waiting:,} layers wait'} for {cause}")
    return " · ".join(parts)


def formulas(network: Network, id: str, facts: Mapping[str, Facts], letters: Letters = "course") -> list[Row]:
    """The same rules again on symbols: size, parameters and MACs of one node, with text.

    Empty where the node has a problem.
    """
    node, y = network.nodes[id], facts[id].shape
    if y is None:
        return []
    return [*_rows(node.layer, y, tuple([facts[i].shape or () for i in node.inputs]), letters)]


@lru_cache(1 << 10)  # the blocks of a network repeat themselves, and so do looks at them
def _rows(layer: Layer, y: Shape, shapes: tuple[Shape, ...], letters: Letters) -> tuple[Row, ...]:
    marks = [""] if len(shapes) == 1 else [f"⁽{i}⁾".translate(SUPERSCRIPT) for i in range(1, len(shapes) + 1)]
    x = list(starmap(lambda shape, mark: _symbols(shape, mark, letters), zip(shapes, marks, strict=False)))
    layer = layer.symbolic(letters)
    names = ("channels", "height", "width") if len(y) == 3 else ("features",)
    rows = dict(zip(names, layer.output(*x), strict=False))
    rows["parameters"] = layer.parameters(*x)
    rows["MACs"] = layer.macs(_symbols(y, "′", letters), *x)
    return tuple(
        Row(name, value.formula, value.numbers, int(value), value)
        for name, value in rows.items()
        if isinstance(value, Symbol)
    )


def _symbols(shape: Shape, mark: str, letters: Letters) -> Shape:
    *image, vector = INPUT_LETTERS[letters]
    names = image if len(shape) == 3 else [vector] if len(shape) == 1 else [f"n_{i}" for i in range(len(shape))]
    return tuple(Symbol(name + mark, size) for name, size in zip(names, shape, strict=True))
