"""Formulas as LaTeX, and as Markdown with LaTeX in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from explorer.network.formulas import Row
from explorer.network.symbol import STRENGTH, Symbol

LETTER = re.compile(r"(?P<base>[^_′⁽]+)(?:_(?P<sub>[^′⁽]+))?(?P<primes>′*)(?:⁽(?P<sup>.+)⁾)?(?P<more>′*)")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
FENCES = {"⌊⌋": (r"\left\lfloor", r"\right\rfloor"), "⌈⌉": (r"\left\lceil", r"\right\rceil")}
SIGNS = {"−": " - ", "+": " + ", "·": r" \cdot "}


def latex(row: Row) -> str:
    """One line for LaTeX's mathematics: letters, numbers, result."""
    steps = (_written(row.symbol, _letter), _written(row.symbol, _number), _number(row.symbol))
    return " = ".join(dict.fromkeys(step for step in steps if step))


def markdown(row: Row) -> str:
    """The same with its name, as Markdown with dollar signs shows it."""
    return f"**{row.name}** ${latex(row)}$"


def _letter(leaf: Symbol) -> str:
    found = LETTER.fullmatch(leaf.letter)
    if not found:
        return rf"\mathrm{{{leaf.letter}}}"
    sub = found["sub"] or ""
    text = found["base"] + (f"_{sub}" if len(sub) == 1 else rf"_{{\mathrm{{{sub}}}}}" if sub else "")
    text += "'" * len(found["primes"] + found["more"])
    return text + (f"^{{({found['sup'].translate(RAISED)})}}" if found["sup"] else "")


def _number(x: int) -> str:
    return f"{int(x):,}".replace(",", "{,}")  # else LaTeX takes the comma for one of a list


def _written(x: int, leaf: Callable[[Symbol], str]) -> str:
    if not isinstance(x, Symbol):
        return _number(x)
    if not x.sign:
        return leaf(x)
    a, b = x.parts
    if x.sign in ("/", "⌊⌋", "⌈⌉"):
        fraction = rf"\frac{{{_written(a, leaf)}}}{{{_written(b, leaf)}}}"
        left, right = FENCES.get(x.sign, ("", ""))
        return f"{left} {fraction} {right}" if left else fraction
    strength = STRENGTH[x.sign]
    return _fenced(a, leaf, strength) + SIGNS[x.sign] + _fenced(b, leaf, strength + (x.sign == "−"))


def _fenced(x: int, leaf: Callable[[Symbol], str], strength: int) -> str:
    text = _written(x, leaf)
    loose = isinstance(x, Symbol) and x.sign != "/" and STRENGTH[x.sign] < strength
    return rf"\left({text}\right)" if loose else text
