"""Real numbers that remember how they were computed, so that what explains a number is what computes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from explorer.maths.expressions import Expression


class Worked(float, Expression):
    """A `float` carrying the expression it came from.

    >>> x, scale = Worked("x", -1.5), Worked("γ", 2)
    >>> y = scale * x + 1
    >>> print(y.formula, "=", y.numbers, "=", float(y))
    γ·x + 1 = 2·(−1.5) + 1 = -2.0
    """

    def __new__(cls, letter: str, value: float, sign: str = "", parts: tuple[float, ...] = ()) -> Worked:
        self = float.__new__(cls, value)
        self.letter, self.sign, self.parts = letter, sign, parts
        return self

    def __reduce__(self) -> Any:  # float's own way would lose the expression between processes
        return Worked, (self.letter, float(self), self.sign, self.parts)

    def __add__(self, other: float) -> Worked:
        return _made("+", float(self) + float(other), self, other)

    def __radd__(self, other: float) -> Worked:
        return _made("+", float(other) + float(self), other, self)

    def __sub__(self, other: float) -> Worked:
        return _made("−", float(self) - float(other), self, other)

    def __rsub__(self, other: float) -> Worked:
        return _made("−", float(other) - float(self), other, self)

    def __mul__(self, other: float) -> Worked:
        return _made("·", float(self) * float(other), self, other)

    def __rmul__(self, other: float) -> Worked:
        return _made("·", float(other) * float(self), other, self)

    def __truediv__(self, other: float) -> Worked:
        return _made("/", _quotient(float(self), float(other)), self, other)

    def __rtruediv__(self, other: float) -> Worked:
        return _made("/", _quotient(float(other), float(self)), other, self)


def power(x: float, exponent: float) -> Worked:
    """x to a power; x is not below zero, unless the power is whole."""
    return _made("^", float(x) ** float(exponent), x, exponent)


def root(x: float) -> Worked:
    """The square root; nan of what is below zero."""
    return _called("√", lambda v: math.sqrt(v) if v >= 0 else math.nan, x)


def exp(x: float) -> Worked:
    """e to the power of x; infinite where a float ends."""
    return _called("exp", lambda v: math.exp(v) if v < 709 else math.inf, x)


def ln(x: float) -> Worked:
    """The natural logarithm of a number above zero."""
    return _called("ln", lambda v: math.log(v) if v > 0 else -math.inf, x)


def tanh(x: float) -> Worked:
    """The hyperbolic tangent."""
    return _called("tanh", math.tanh, x)


def logistic(x: float) -> Worked:
    """σ(x) = 1 / (1 + e⁻ˣ)."""
    return _called("σ", lambda v: 1 / (1 + math.exp(-v)) if v > -709 else 0.0, x)


def normal(x: float) -> Worked:
    """Φ: the probability that a normal random number is below x."""
    return _called("Φ", lambda v: math.erfc(-v / math.sqrt(2)) / 2, x)


def largest(*x: float) -> Worked:
    """The largest of several numbers; nan where one of them is."""
    return _called("max", lambda *v: reduce(lambda a, b: a if a != a or a > b else b, v), *x)


def least(*x: float) -> Worked:
    """The least of several numbers; nan where one of them is."""
    return _called("min", lambda *v: reduce(lambda a, b: a if a != a or a < b else b, v), *x)


def _called(name: str, function: Callable[..., float], *x: float) -> Worked:
    return Worked("", function(*map(float, x)), name, x)


def _made(sign: str, value: float, a: float, b: float) -> Worked:
    return Worked("", value, sign, (a, b))


def _quotient(a: float, b: float) -> float:
    if b:
        return a / b
    return math.copysign(math.inf, a) if a and a == a else math.nan  # as the network's own numbers do
