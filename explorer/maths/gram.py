"""What style is in numbers, worked out as one does it on paper: Gram matrices, their distance, and the way downhill.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576, equations 3, 4 and 6.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from explorer.maths.worked import Worked, power

Features = tuple[tuple[float, ...], ...]
"""(N, M): what each of N channels answers at each of M places."""

SHRINK = 0.5
"""A step that would lead uphill is tried again so many times as far."""
TRIES = 40


def worked_gram(f: Features, i: int, j: int, letter: str = "F") -> Worked:
    """G_ij = Σ_k F_ik·F_jk: how much channels i and j, counted from 0, fire together; where does not matter."""
    products = (
        Worked(f"{letter}_{i + 1}{k}", x) * Worked(f"{letter}_{j + 1}{k}", y)
        for k, (x, y) in enumerate(zip(f[i], f[j], strict=True), 1)
    )
    return reduce(add, products)


def gram(f: Features) -> tuple[tuple[float, ...], ...]:
    """All of G, (N, N); its numbers alone, for painting and steps need many."""
    return tuple(tuple(float(sum(x * y for x, y in zip(a, b, strict=True))) for b in f) for a in f)


def worked_distance(f: Features, style: Features) -> Worked:
    """S = Σ (G_ij − A_ij)², where A is the Gram matrix of the style's features."""
    g, a = gram(f), gram(style)
    squares = (
        power(Worked(f"G_{i + 1}{j + 1}", g[i][j]) - Worked(f"A_{i + 1}{j + 1}", a[i][j]), 2)
        for i in range(len(f))
        for j in range(len(f))
    )
    return reduce(add, squares)


def worked_cost(f: Features, style: Features) -> Worked:
    """E = S / (4·N²·M²)."""
    return Worked("S", worked_distance(f, style)) / (4 * _numbers_squared(f))


def worked_slope(f: Features, style: Features, i: int, k: int) -> Worked:
    """∂E/∂F_ik = Σ_j (G_ij − A_ij)·F_jk / (N²·M²): equation 6, without its case for answers of 0, which a rectified
    layer cannot lower."""
    g, a = gram(f), gram(style)
    terms = (
        (Worked(f"G_{i + 1}{j + 1}", g[i][j]) - Worked(f"A_{i + 1}{j + 1}", a[i][j]))
        * Worked(f"F_{j + 1}{k + 1}", f[j][k])
        for j in range(len(f))
    )
    return reduce(add, terms) / _numbers_squared(f)


def _numbers_squared(f: Features) -> Worked:
    return power(Worked("N", len(f)), 2) * power(Worked("M", len(f[0])), 2)


def stepped(f: Features, style: Features, rate: float) -> Features:
    """One step downhill from F, each number against its slope, `rate` times as far as it is steep and never below 0;
    shorter where that would lead uphill, and F itself where every way does."""
    slopes = [[float(worked_slope(f, style, i, k)) for k in range(len(f[0]))] for i in range(len(f))]
    cost = float(worked_cost(f, style))
    for _ in range(TRIES):
        other = tuple(
            tuple(max(0.0, x - rate * slope) for x, slope in zip(row, down, strict=True))
            for row, down in zip(f, slopes, strict=True)
        )
        if float(worked_cost(other, style)) < cost:
            return other
        rate *= SHRINK
    return f


def turned(f: Features, side: int) -> Features:
    """The maps of all channels, side × side, turned by 90° clockwise: the same answers at other places."""
    order = [(side - 1 - k % side) * side + k // side for k in range(side * side)]
    return tuple(tuple(row[k] for k in order) for row in f)
