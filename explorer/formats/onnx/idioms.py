"""Groups of ONNX operators that are one layer to people: SiLU comes as x·sigmoid(x), GELU as five operators.

A pattern is a tree: ("Mul", "x", ("Sigmoid", "x")) is a product of something and of the same thing's sigmoid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import isclose, pi, sqrt
from typing import Any

from explorer.formats.onnx.graph import Graph, Op
from explorer.formats.onnx.rounded import settled, written_out

Pattern = tuple[Any, ...]
Found = dict[str, Any]
"""What each word of a pattern stands for: names of values, and under an operator's kind the operator itself."""

SWAPPED = ("Add", "Mul")
"""Operators whose two inputs may stand in either order."""


@dataclass(frozen=True)
class Idiom:
    """Patterns that mean one operator: its kind, the words its inputs stand for, and its settings (None: it is not)."""

    kind: str
    inputs: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    settings: Callable[[Found], Mapping[str, Any] | None] = lambda found: {}
    shared: tuple[str, ...] = ()
    """Kinds of inner operators that others may use too."""


def _same_axes(found: Found) -> Mapping[str, Any] | None:
    """The axes that are averaged over, where they are the same both times, and ε."""
    settings = [op.settings for op in found["ReduceMean"]]
    axes = settings[0].get("axes")
    same = axes and all(a.get("axes") == axes and a.get("keepdims", 1) for a in settings)
    return {"axes": axes, "epsilon": found["eps"]} if same else None


def _last_axis(found: Found) -> Mapping[str, Any] | None:
    settings = _same_axes(found)
    return {**settings, "axis": -1} if settings and settings["axes"] == [-1] else None


def _sixth(found: Found) -> Mapping[str, Any] | None:
    return {} if isclose(found["HardSigmoid"][0].settings.get("alpha", 0.2), 1 / 6, rel_tol=1e-4) else None


def _range(found: Found) -> Mapping[str, Any]:
    return dict(found["QuantizeLinear"][0].settings)


CUT = ("Clip", ("Add", "x", 3.0), 0.0, 6.0)
ERF = [("Add", ("Erf", part), 1.0) for part in (("Div", "x", sqrt(2)), ("Mul", "x", 1 / sqrt(2)))]
CUBE = [("Pow", "x", 3.0), ("Mul", "x", ("Mul", "x", "x")), ("Mul", ("Mul", "x", "x"), "x")]
TANH = [
    ("Add", ("Tanh", ("Mul", ("Add", "x", ("Mul", cube, 0.044715)), sqrt(2 / pi))), 1.0) for cube in CUBE
]  # fmt: skip
FROM_MEAN = ("Sub", "x", ("ReduceMean", "x"))
SQUARES = [("Pow", FROM_MEAN, 2.0), ("Mul", FROM_MEAN, FROM_MEAN)]
SPREADS = [("Sqrt", ("Add", ("ReduceMean", square), "eps")) for square in SQUARES]
NORMED = [
    normed
    for spread in SPREADS
    for normed in (
        ("Div", FROM_MEAN, spread),
        ("Mul", FROM_MEAN, ("Div", 1.0, spread)),
        ("Mul", FROM_MEAN, ("Reciprocal", spread)),
    )
]
SCALED = tuple(("Add", ("Mul", normed, "scale"), "bias") for normed in NORMED)


def _halved(part: Pattern) -> list[Pattern]:
    """x·part/2, in each order."""
    return [("Mul", ("Mul", "x", part), 0.5), ("Mul", ("Mul", "x", 0.5), part), ("Mul", "x", ("Mul", part, 0.5))]


IDIOMS = (
    Idiom("Swish", ("x",), (("Mul", "x", ("Sigmoid", "x")),)),
    Idiom("Mish", ("x",), (("Mul", "x", ("Tanh", ("Softplus", "x"))),)),
    Idiom("HardSwish", ("x",), (("Mul", "x", ("HardSigmoid", "x")),), _sixth),
    Idiom("HardSwish", ("x",), (("Div", ("Mul", "x", CUT), 6.0), ("Mul", ("Mul", "x", CUT), 1 / 6))),
    Idiom("HardSwish", ("x",), (("Mul", "x", ("Div", CUT, 6.0)), ("Mul", "x", ("Mul", CUT, 1 / 6)))),
    Idiom("HardSigmoid", ("x",), (("Div", CUT, 6.0), ("Mul", CUT, 1 / 6)), lambda found: {"alpha": 1 / 6}),
    Idiom("Gelu", ("x",), tuple(p for erf in ERF for p in _halved(erf))),
    Idiom("Gelu", ("x",), tuple(p for tanh in TANH for p in _halved(tanh)), lambda found: {"approximate": "tanh"}),
    Idiom("LayerNormalization", ("x", "scale", "bias"), SCALED, _last_axis),
    Idiom("Normalize", ("x",), tuple(NORMED), _same_axes),
    Idiom(
        "FakeQuantize", ("x", "step", "zero"),
        (("DequantizeLinear", ("QuantizeLinear", "x", "step", "zero"), "step", "zero"),
         ("DequantizeLinear", ("QuantizeLinear", "x", "step"), "step")),
        _range, shared=("QuantizeLinear",),
    ),
    Idiom("Linear", ("x", "=weight", "=bias"), (("Add", ("MatMul", "x", "=weight"), "=bias"),)),
)  # fmt: skip


def gathered(graph: Graph) -> Graph:
    """The same graph, each idiom as one operator, operators on bytes as ones on floats. Raises GraphError."""
    graph = written_out(graph)
    for idiom in IDIOMS:
        there = {op.kind for op in graph.ops}
        if any(_kinds(pattern) <= there for pattern in idiom.patterns):
            graph = _Search(graph).replaced(idiom)
    return settled(graph)


@cache
def _kinds(pattern: Pattern) -> frozenset[str]:
    """The kinds of operators that a pattern is made of."""
    return frozenset({pattern[0]}).union(*(_kinds(part) for part in pattern[1:] if isinstance(part, tuple)))


class _Search:
    """Looks for an idiom in a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.maker = {name: op for op in graph.ops for name in op.outputs if name}
        self.known = set(graph.numbers)
        self.users: dict[str, list[Op]] = {}
        for op in graph.ops:
            if all(not name or name in self.known for name in op.inputs):
                self.known |= set(op.outputs)
            for name in op.inputs:
                self.users.setdefault(name, []).append(op)

    def replaced(self, idiom: Idiom) -> Graph:
        ends = {pattern[0] for pattern in idiom.patterns}
        ops = [self.read(op, idiom) if op.kind in ends else op for op in self.graph.ops]
        used, needed = set(self.graph.outputs), []
        for op in reversed(ops):
            if used & set(op.outputs):
                used |= set(op.inputs)
                needed.append(op)
        return replace(self.graph, ops=tuple(needed[::-1]))

    def read(self, op: Op, idiom: Idiom) -> Op:
        """The operator that stands for the idiom which ends in `op`; `op` where none does."""
        for pattern in idiom.patterns:
            for found in self.fits(pattern, op.outputs[0], {}):
                inner = [part for kind, parts in found.items() if kind[:1].isupper() for part in parts if part != op]
                own = {id(part) for part in (*inner, op)}
                alone = all(
                    id(user) in own
                    for part in inner if part.kind not in idiom.shared
                    for user in self.users.get(part.outputs[0], ())
                )  # fmt: skip
                settings = idiom.settings(found)
                if alone and settings is not None and not {p.outputs[0] for p in inner} & set(self.graph.outputs):
                    named = next((part for part in (op, *inner) if part.name or part.scopes), op)
                    made = replace(op, name=named.name, scopes=named.scopes)
                    return made.rewired(idiom.kind, tuple(found.get(word, "") for word in idiom.inputs), **settings)
        return op

    def fits(self, pattern: Any, name: str, found: Found) -> Iterator[Found]:
        """Each way in which the value `name` is what the pattern says."""
        if isinstance(pattern, float):
            if self.is_number(name, pattern):
                yield found
        elif isinstance(pattern, str):
            yield from self.bound(pattern, name, found)
        elif name in self.maker and self.maker[name].kind == pattern[0]:
            op = self.maker[name]
            found = {**found, op.kind: [*found.get(op.kind, []), op]}
            inputs = self.operands(op, len(pattern) - 1)
            yield from self.all_fit(pattern[1:], inputs, found)
            if op.kind in SWAPPED and pattern[1] != pattern[2]:
                yield from self.all_fit(pattern[1:], inputs[::-1], found)

    def all_fit(self, patterns: Pattern, names: list[Any], found: Found) -> Iterator[Found]:
        if not patterns:
            yield found
        elif names:
            for first in self.fits(patterns[0], names[0], found):
                yield from self.all_fit(patterns[1:], names[1:], first)

    def bound(self, word: str, name: str, found: Found) -> Iterator[Found]:
        if word == "eps":
            if (value := self.number(name)) is not None:
                yield {**found, word: value}
        elif found.get(word, name) == name and not (word.startswith("=") and name not in self.known):
            yield {**found, word: name}

    def operands(self, op: Op, count: int) -> list[Any]:
        """An operator's inputs; the limits of an old Clip are settings."""
        if op.kind == "Clip" and len(op.inputs) == 1:
            return [op.inputs[0], op.settings.get("min"), op.settings.get("max")]
        return list(op.inputs[:count])

    def number(self, name: Any) -> float | None:
        if isinstance(name, float):
            return name
        value = self.graph.numbers.get(name)
        return float(value.reshape(())) if value is not None and value.size == 1 else None

    def is_number(self, name: Any, wanted: float) -> bool:
        value = self.number(name)
        return value is not None and isclose(value, wanted, rel_tol=1e-4, abs_tol=1e-9)
