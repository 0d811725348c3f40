"""The worked formulas of one node: in letters, with numbers, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from functools import lru_cache
from itertools import starmap
from typing import Literal

from explorer.maths.expressions import Expression, grouped
from explorer.maths.values import dataclass
from explorer.maths.worked import Worked
from explorer.network.analysis import Facts
from explorer.network.conventions import TORCH, Conventions
from explorer.network.layer import INPUT_LETTERS, Layer, Shape
from explorer.network.network import Network
from explorer.network.settings import Letters
from explorer.network.symbol import Constant, Symbol, constants

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
OPERATIONS = Constant(2, "A multiplication and an addition are two operations.")


@dataclass(frozen=True)
class Row:
    """One worked formula: what it gives, in letters, with numbers, the result, and the expression to typeset.

    reasons: why its constants are there.
    """

    name: str
    formula: str
    numbers: str
    value: float
    reasons: tuple[str, ...]
    symbol: Expression = field(compare=False, repr=False)

    def __str__(self) -> str:
        steps = dict.fromkeys((self.formula, self.numbers, grouped(self.value)))
        return " = ".join(step for step in steps if step)


def worked_row(name: str, worked: Worked) -> Row:
    """A formula worked with real numbers, as a row."""
    return Row(name, worked.formula, worked.numbers, float(worked), (), worked)


def formulas(network: Network, id: str, facts: Mapping[str, Facts], conventions: Conventions = TORCH) -> list[Row]:
    """The rules of `analysis` again on symbols: size, parameters and work of one node, with text.

    Empty where the node has a problem.
    """
    node, y = network.nodes[id], facts[id].shape
    if y is None:
        return []
    return [*_rows(node.layer, y, tuple([facts[i].shape or () for i in node.inputs]), conventions)]


SIZES: dict[int, tuple[str, ...]] = {1: ("features",), 2: ("channels", "places"), 3: ("channels", "height", "width")}
"""What the axes of a shape are called."""


@lru_cache(1 << 7)  # 5.6 kB and a tenth of a millisecond each; blocks repeat themselves, and so do looks at them
def _rows(layer: Layer, y: Shape, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[Row, ...]:
    letters = conventions.letters
    marks = [""] if len(shapes) == 1 else [f"⁽{i}⁾".translate(SUPERSCRIPT) for i in range(1, len(shapes) + 1)]
    x = list(starmap(lambda shape, mark: _symbols(shape, mark, letters), zip(shapes, marks, strict=False)))
    layer = layer.symbolic(letters)
    names = SIZES.get(len(y), tuple(f"axis {number}" for number in range(1, len(y) + 1)))
    sizes = dict(zip(names, layer.output(*x), strict=False))
    rows = {name: sizes[name] for name in conventions.sizes(names)}
    remembered = layer.buffers(*x) if conventions.counting == "keras" else 0
    trained, macs = layer.parameters(*x), layer.macs(_symbols(y, "′", letters), *x)
    rows["parameters"] = trained + remembered if trained and remembered else trained or remembered
    rows[f"{conventions.work}s"] = OPERATIONS * macs if conventions.work == "FLOP" else macs
    return tuple(
        Row(name, shown.formula, shown.numbers, int(value), _reasons(value), shown)
        for name, value in rows.items()
        if isinstance(value, Constant)
        for shown in [value if isinstance(value, Symbol) else Symbol(str(int(value)), value)]
    )


@dataclass(frozen=True)
class Origin:
    """Where a letter of a node's formula comes from: a setting of the node, another node, or another formula of it."""

    kind: Literal["setting", "node", "row"]
    name: str


def origin(network: Network, id: str, letter: str, letters: Letters = "course") -> Origin | None:
    """Where to look for a letter; None for one that no rule brought in."""
    node = network.nodes[id]
    for f in fields(node.layer):
        own = f.metadata["letters"][letters]
        if own and letter in (own, *(own + end for end in ("_H", "_W", "_top", "_bottom", "_left", "_right"))):
            return Origin("setting", f.name)
    base, mark, number = letter.partition("⁽")
    if base not in INPUT_LETTERS[letters]:
        *image, vector = INPUT_LETTERS[letters]
        rows = dict(zip((*image, vector), ("channels", "height", "width", "features"), strict=True))
        row = rows.get(letter.removesuffix("′"))
        return Origin("row", row) if row else None
    place = int(number.removesuffix("⁾").translate(PLAIN)) - 1 if mark else 0
    return Origin("node", node.inputs[place]) if place < len(node.inputs) else None


def remarks(network: Network, id: str, facts: Mapping[str, Facts]) -> tuple[str, ...]:
    """What is worth knowing of a node besides; nothing where it has a problem."""
    node, shape = network.nodes[id], facts[id].shape
    return () if shape is None else tuple(node.layer.remarks(shape, *(facts[i].shape or () for i in node.inputs)))


def _reasons(x: Constant) -> tuple[str, ...]:
    return tuple(number.why for number in constants(x) if isinstance(number, Constant))


def _symbols(shape: Shape, mark: str, letters: Letters) -> Shape:
    *image, vector = INPUT_LETTERS[letters]
    names = image if len(shape) == 3 else [vector] if len(shape) == 1 else [f"n_{i}" for i in range(len(shape))]
    return tuple(Symbol(name + mark, size) for name, size in zip(names, shape, strict=True))
