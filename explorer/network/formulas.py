"""The worked formulas of one node: in letters, with numbers, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import starmap

from explorer.network.analysis import Facts
from explorer.network.conventions import TORCH, Conventions
from explorer.network.layer import INPUT_LETTERS, Layer, Shape
from explorer.network.network import Network
from explorer.network.settings import Letters
from explorer.network.symbol import Symbol

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def formulas(network: Network, id: str, facts: Mapping[str, Facts], conventions: Conventions = TORCH) -> list[Row]:
    """The rules of `analysis` again on symbols: size, parameters and work of one node, with text.

    Empty where the node has a problem.
    """
    node, y = network.nodes[id], facts[id].shape
    if y is None:
        return []
    return [*_rows(node.layer, y, tuple([facts[i].shape or () for i in node.inputs]), conventions)]


@lru_cache(1 << 10)  # the blocks of a network repeat themselves, and so do looks at them
def _rows(layer: Layer, y: Shape, shapes: tuple[Shape, ...], conventions: Conventions) -> tuple[Row, ...]:
    letters = conventions.letters
    marks = [""] if len(shapes) == 1 else [f"⁽{i}⁾".translate(SUPERSCRIPT) for i in range(1, len(shapes) + 1)]
    x = list(starmap(lambda shape, mark: _symbols(shape, mark, letters), zip(shapes, marks, strict=False)))
    layer = layer.symbolic(letters)
    names = ("channels", "height", "width") if len(y) == 3 else ("features",)
    sizes = dict(zip(names, layer.output(*x), strict=False))
    rows = {name: sizes[name] for name in conventions.sizes(names)}
    remembered = layer.buffers(*x) if conventions.counting == "keras" else 0
    trained, macs = layer.parameters(*x), layer.macs(_symbols(y, "′", letters), *x)
    rows["parameters"] = trained + remembered if remembered else trained
    rows[f"{conventions.work}s"] = 2 * macs if conventions.work == "FLOP" else macs
    return tuple(
        Row(name, value.formula, value.numbers, int(value), value)
        for name, value in rows.items()
        if isinstance(value, Symbol)
    )


def _symbols(shape: Shape, mark: str, letters: Letters) -> Shape:
    *image, vector = INPUT_LETTERS[letters]
    names = image if len(shape) == 3 else [vector] if len(shape) == 1 else [f"n_{i}" for i in range(len(shape))]
    return tuple(Symbol(name + mark, size) for name, size in zip(names, shape, strict=True))
