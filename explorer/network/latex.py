"""Formulas as LaTeX, and as Markdown with LaTeX in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from explorer.maths.expressions import STRENGTH, STRONGEST, Expression, put_in, strength, tightness, written
from explorer.network.formulas import Row

LETTER = re.compile(r"(?P<base>[^_′⁽]+)(?:_(?P<sub>[^′⁽]+))?(?P<primes>′*)(?:⁽(?P<sup>.+)⁾)?(?P<more>′*)")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
FENCES = {"⌊⌋": (r"\left\lfloor", r"\right\rfloor"), "⌈⌉": (r"\left\lceil", r"\right\rceil")}
SIGNS = {"−": " - ", "+": " + ", "·": r" \cdot "}
FUNCTIONS = {name: rf"\{name}" for name in ("exp", "ln", "tanh", "max", "min")} | {"Φ": r"\Phi", "σ": r"\sigma"}


NAMED = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "ε": r"\varepsilon", "μ": r"\mu", "σ²": r"\sigma^2", "π": r"\pi ",
    "²": "^2", "√": r"\sqrt", "Σ": r"\sum ", "·": r" \cdot ", "−": "-",
}  # fmt: skip
"""What LaTeX calls signs that stand within a letter."""


def latex(row: Row) -> str:
    """One line for LaTeX's mathematics: letters, numbers, result."""
    steps = (_written(row.symbol, _letter), _written(row.symbol, _number), _plain(row.value))
    return " = ".join(dict.fromkeys(step for step in steps if step))


def markdown(row: Row) -> str:
    """The same with its name, as Markdown with dollar signs shows it."""
    return f"**{row.name}** ${latex(row)}$"


def _letter(leaf: Expression) -> str:
    if len(leaf.letter) > 1 and any(sign in leaf.letter for sign in NAMED):
        return _renamed(leaf.letter)
    found = LETTER.fullmatch(leaf.letter)
    if not found:
        return rf"\mathrm{{{leaf.letter}}}"
    sub = found["sub"] or ""
    text = _renamed(found["base"]) + (f"_{sub}" if len(sub) == 1 else rf"_{{\mathrm{{{sub}}}}}" if sub else "")
    text += "'" * len(found["primes"] + found["more"])
    return text + (f"^{{({found['sup'].translate(RAISED)})}}" if found["sup"] else "")


def _renamed(letter: str) -> str:
    for sign, name in NAMED.items():
        letter = letter.replace(sign, name)
    return letter


def _number(leaf: object) -> str:
    return _plain(leaf) if isinstance(leaf, int) else _signed(put_in(leaf))


def _plain(x: object) -> str:
    if isinstance(x, int):
        return f"{int(x):,}".replace(",", "{,}")  # else LaTeX takes the comma for one of a list
    return _signed(written(x))


def _signed(text: str) -> str:
    number, e, exponent = text.replace("−", "-").partition("e")
    if not e or not exponent.rstrip(")").lstrip("+-").isdigit():
        return text.replace("−", "-")
    end = ")" * exponent.endswith(")")
    return rf"{number} \cdot 10^{{{int(exponent.rstrip(')'))}}}{end}"


def _written(x: object, leaf: Callable[[Expression], str]) -> str:
    if not isinstance(x, Expression):
        return _plain(x)
    if not x.sign:
        return leaf(x)
    if x.sign in ("/", "⌊⌋", "⌈⌉"):
        a, b = x.parts
        fraction = rf"\frac{{{_written(a, leaf)}}}{{{_written(b, leaf)}}}"
        left, right = FENCES.get(x.sign, ("", ""))
        return f"{left} {fraction} {right}" if left else fraction
    if x.sign == "√":
        return rf"\sqrt{{{_written(x.parts[0], leaf)}}}"
    if x.sign == "^":
        a, b = x.parts
        return rf"{_fenced(a, leaf, STRONGEST)}^{{{_written(b, leaf)}}}"
    if x.sign not in STRENGTH:
        return rf"{FUNCTIONS[x.sign]}\left({', '.join(_written(part, leaf) for part in x.parts)}\right)"
    a, b = x.parts
    return _fenced(a, leaf, STRENGTH[x.sign]) + SIGNS[x.sign] + _fenced(b, leaf, tightness(x.sign))


def _fenced(x: object, leaf: Callable[[Expression], str], needed: int) -> str:
    text = _written(x, leaf)
    loose = isinstance(x, Expression) and x.sign != "/" and strength(x) < needed
    return rf"\left({text}\right)" if loose else text
