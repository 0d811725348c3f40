"""Numbers that remember how they were computed, as text: the expression beside its result."""

from __future__ import annotations

from collections.abc import Callable

STRENGTH = {"+": 1, "−": 1, "/": 2, "·": 3, "^": 4}
"""How strongly each sign binds, for brackets; what stands in brackets of its own, and a leaf, bind strongest."""
STRONGEST = 9

CLOSED = ("⌊⌋", "⌈⌉")
"""Divisions that bring their brackets."""


class Expression:
    """What a number came from: a sign, or a function's name, and its parts; a leaf has a letter and no sign."""

    letter: str
    sign: str
    parts: tuple[float, ...]

    @property
    def formula(self) -> str:
        """The rule in letters."""
        return render(self, lambda leaf: leaf.letter)

    @property
    def numbers(self) -> str:
        """The rule with the numbers put in."""
        return render(self, put_in)


def strength(x: object) -> int:
    """How strongly what stands outermost in `x` binds."""
    return STRENGTH.get(x.sign, STRONGEST) if isinstance(x, Expression) else STRONGEST


def tightness(sign: str) -> int:
    """How strongly a second part must bind to need no brackets: a − (b + c) needs them, and so does a / (b·c)."""
    return {"−": STRENGTH[sign] + 1, "/": STRONGEST, "^": STRONGEST}.get(sign, STRENGTH[sign])


def written(x: object) -> str:
    """A number as formulas show it: whole ones with all their digits, others with four."""
    if isinstance(x, int):
        return str(int(x))
    value = float(x)  # type: ignore[arg-type]
    whole = value.is_integer() and abs(value) < 1e9
    return (str(int(value)) if whole else f"{value:.4g}").replace("-", "−")


def grouped(x: object) -> str:
    """The same, a count with commas between its thousands."""
    return f"{int(x):,}" if isinstance(x, int) else written(x)


def put_in(x: object) -> str:
    """A number in the place of a letter: one below zero stands in brackets."""
    text = grouped(x)
    return f"({text})" if text[0] == "−" else text


def render(x: object, leaf: Callable[[Expression], str]) -> str:
    """The expression of `x` as one line of text, each leaf written by `leaf`."""
    if not isinstance(x, Expression):
        return written(x)
    if not x.sign:
        return leaf(x)
    if x.sign in CLOSED:
        a, b = x.parts
        return f"{x.sign[0]}{_bracketed(a, leaf, 2)} / {_bracketed(b, leaf, STRONGEST)}{x.sign[1]}"
    if x.sign not in STRENGTH:
        return f"{x.sign}({', '.join(_alone(part, leaf) for part in x.parts)})"
    a, b = x.parts
    space = "" if x.sign in "·^" else " "
    base = STRONGEST if x.sign == "^" else STRENGTH[x.sign]  # x^2^3 is read as x^(2^3)
    first, second = _bracketed(a, leaf, base), _bracketed(b, leaf, tightness(x.sign))
    return f"{first}{space}{x.sign}{space}{second}"


def _alone(x: object, leaf: Callable[[Expression], str]) -> str:
    """What stands in brackets already: a number below zero needs none of its own."""
    text = render(x, leaf)
    return text if isinstance(x, Expression) and x.sign else text.removeprefix("(").removesuffix(")")


def _bracketed(x: object, leaf: Callable[[Expression], str], needed: int) -> str:
    text = render(x, leaf)
    return f"({text})" if strength(x) < needed else text
