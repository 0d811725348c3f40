"""Real numbers that remember what they came from: the text says what was computed."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from operator import add, mul, sub, truediv
from typing import Any, TypeGuard, cast

from hypothesis import given
from hypothesis import strategies as st

from explorer.maths.worked import Worked, exp, largest, least, ln, normal, power, root, tanh
from explorer.network.formulas import Row
from explorer.network.latex import latex

PYTHON = {"^": "**", "−": "-", "·": "*", "√": "root"}
SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "−", ast.Mult: "·", ast.Div: "/", ast.Pow: "^",
}  # fmt: skip
AGAIN: dict[str, Callable[..., float]] = {
    "+": add, "−": sub, "·": mul, "/": truediv, "^": pow, "√": math.sqrt, "exp": math.exp, "ln": math.log,
    "tanh": math.tanh, "max": max, "min": min, "Φ": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
}  # fmt: skip
Tree = float | tuple[Any, ...]
numbers = st.integers(-40, 40).map(lambda n: n / 8)  # which four digits write exactly


def grown(parts: st.SearchStrategy[Worked]) -> st.SearchStrategy[Worked]:
    two = st.tuples(parts, parts)
    return (
        two.map(lambda p: p[0] + p[1])
        | two.map(lambda p: p[0] - p[1])
        | two.map(lambda p: p[0] * p[1])
        | two.filter(lambda p: p[1] != 0).map(lambda p: p[0] / p[1])
        | two.map(lambda p: largest(*p))
        | two.map(lambda p: least(*p, 1))
        | parts.filter(lambda x: x >= 0).map(root)
        | parts.filter(lambda x: x > 0).map(lambda x: power(x, 2))
        | parts.filter(lambda x: x > 0).map(ln)
        | parts.filter(lambda x: x < 9).map(exp)
        | parts.map(tanh)
        | parts.map(normal)
        | parts.map(lambda x: 2 * x - 1)
    )


leaves = numbers.map(lambda n: Worked("x", n))
expressions = st.recursive(leaves, grown, max_leaves=6)


def read(text: str) -> Tree:
    """The text as arithmetic: what is done with what."""
    for sign, python in PYTHON.items():
        text = text.replace(sign, python)

    def tree(node: ast.expr) -> Tree:
        match node:
            case ast.Constant(value):
                return float(cast(float, value))
            case ast.UnaryOp(_, ast.Constant(value)):
                return -float(cast(float, value))
            case ast.BinOp(a, sign, b):
                return joined(SIGNS[type(sign)], tree(a), tree(b))
            case ast.Call(ast.Name(name), parts):
                return ("√" if name == "root" else name, *map(tree, parts))
        raise AssertionError(text)

    return tree(ast.parse(text, mode="eval").body)


def done(x: float) -> Tree:
    """The same of what was computed."""
    if not isinstance(x, Worked) or not x.sign:
        return float(x)
    parts = [done(part) for part in x.parts]
    return joined(x.sign, *parts) if x.sign in SIGNS.values() else (x.sign, *parts)


def joined(sign: str, a: Tree, b: Tree) -> Tree:
    """a + (b − c) is written without brackets, and so is a·(b·c): the terms of a sum stand in one row, as do factors.
    Rounding may tell them apart, and so may a root or a logarithm of what cancels; nobody who reads them does."""
    if sign == "·":
        return ("·", *(factor for part in (a, b) for factor in (part[1:] if starts(part, "·") else (part,))))
    if sign in "+−":
        first, second = (part[1:] if starts(part, "sum") else ((1, part),) for part in (a, b))
        return ("sum", *first, *((each if sign == "+" else -each, term) for each, term in second))
    return (sign, a, b)


def starts(tree: Tree, sign: str) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(tree, tuple) and tree[0] == sign


def computed(x: float) -> float:
    """Worked out anew, in the same order."""
    if not isinstance(x, Worked) or not x.sign:
        return float(x)
    return float(AGAIN[x.sign](*map(computed, x.parts)))


@given(expressions)
def test_the_text_is_what_was_computed(x: Worked) -> None:
    assert read(x.numbers) == done(x)
    assert computed(x) == float(x) or x != x
    if x.sign:
        assert len(x.formula) <= len(x.numbers) or "x" in x.formula


def test_a_power_of_a_power_has_brackets() -> None:
    assert power(power(Worked("x", 1.5), 2), 3).numbers == "(1.5^2)^3"


@given(expressions)
def test_it_can_be_typeset(x: Worked) -> None:
    text = latex(Row("y", x.formula, x.numbers, float(x), (), x))
    assert text.count("{") == text.count("}")
    assert text.count(r"\left(") == text.count(r"\right)")
    assert not set("−·√^′") & set(text) - {"^"}


def test_how_numbers_are_written() -> None:
    x, mean = Worked("x", 0.75), Worked("μ", -1.5e-7)
    found = Worked("γ", 2) * (x - mean) / root(Worked("σ²", 1.0) + Worked("ε", 1e-5)) + 25088
    assert found.formula == "γ·(x − μ) / √(σ² + ε) + 25088"
    assert found.numbers == "2·(0.75 − (−1.5e−07)) / √(1 + 1e−05) + 25088"
    assert latex(Row("y", found.formula, found.numbers, 1.5, (), found)) == (
        r"\frac{\gamma \cdot \left(x - \mu\right)}{\sqrt{\sigma^2 + \varepsilon}} + 25{,}088 = "
        r"\frac{2 \cdot \left(0.75 - (-1.5 \cdot 10^{-7})\right)}{\sqrt{1 + 1 \cdot 10^{-5}}} + 25{,}088 = 1.5"
    )


def test_what_ends_where_floats_end() -> None:
    big = Worked("x", 1e4)
    assert float(exp(big)) == math.inf
    assert float(exp(Worked("x", -1e4))) == 0
    assert float(ln(Worked("x", 0))) == -math.inf
    assert math.isnan(root(Worked("x", -1)))
    assert math.isnan(Worked("x", 0) / 0)
    assert float(-1 / Worked("x", 0)) == -math.inf
    assert math.isnan(largest(0, Worked("x", math.nan)))
    assert math.isnan(least(6, largest(Worked("x", math.nan), 0)))
