"""Whole numbers that remember how they were computed: one rule gives both the number and its formula.

The idea is reverse-mode differentiation's expression graph with text in place of the gradient.
"""

from __future__ import annotations

from explorer.maths.expressions import Expression


class Constant(int):
    """A number that a rule itself brings in, such as the 2 of two sides, and in a sentence why.

    With plain numbers it makes plain numbers.
    """

    why: str

    def __new__(cls, value: int, why: str) -> Constant:
        self = super().__new__(cls, value)
        self.why = why
        return self


class Symbol(Constant, Expression):  # Python asks the narrower class first, so that constant · symbol is a symbol
    """An `int` carrying the expression it came from: a sign and its parts, or a letter.

    >>> n, f, s = Symbol("n", 224), Symbol("f", 7), Symbol("s", 2)
    >>> y = (n - f) // s + 1
    >>> print(y.formula, "=", y.numbers, "=", int(y))
    ⌊(n − f) / s⌋ + 1 = ⌊(224 − 7) / 2⌋ + 1 = 109
    """

    parts: tuple[int, ...]
    why = ""

    def __new__(cls, letter: str, value: int, sign: str = "", parts: tuple[int, ...] = ()) -> Symbol:
        self = int.__new__(cls, value)
        self.letter, self.sign, self.parts = letter, sign, parts
        return self

    def __add__(self, other: int) -> Symbol:
        return _made("+", int(self) + int(other), self, other)

    def __radd__(self, other: int) -> Symbol:
        return _made("+", int(other) + int(self), other, self)

    def __sub__(self, other: int) -> Symbol:
        return _made("−", int(self) - int(other), self, other)

    def __rsub__(self, other: int) -> Symbol:
        return _made("−", int(other) - int(self), other, self)

    def __mul__(self, other: int) -> Symbol:
        return _made("·", int(self) * int(other), self, other)

    def __rmul__(self, other: int) -> Symbol:
        return _made("·", int(other) * int(self), other, self)

    def __floordiv__(self, other: int) -> Symbol:
        return _made("⌊⌋", int(self) // int(other), self, other)

    def __rfloordiv__(self, other: int) -> Symbol:
        return _made("⌊⌋", int(other) // int(self), other, self)


def ceiling(a: int, b: int) -> int:
    """⌈a / b⌉ of numbers or symbols."""
    value = -(-int(a) // int(b))
    return _made("⌈⌉", value, a, b) if _symbolic(a, b) else value


def quotient(a: int, b: int) -> int:
    """a / b where b is known to divide a; written without floor brackets, and not at all for b = 1."""
    if b == 1:
        return a
    value = int(a) // int(b)
    return _made("/", value, a, b) if _symbolic(a, b) else value


def constants(x: int) -> tuple[int, ...]:
    """The numbers in an expression that are no letters', from left to right; those with a reason are `Constant`s."""
    if not isinstance(x, Symbol):
        return (x,)
    return tuple(number for part in x.parts for number in constants(part))


def _symbolic(*x: int) -> bool:
    return any(isinstance(i, Symbol) for i in x)


def _made(sign: str, value: int, a: int, b: int) -> Symbol:
    return Symbol("", value, sign, (a, b))
