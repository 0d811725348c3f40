"""Ways downhill, told step by step: whoever goes them computes the cost and its slope, and may stop at any time.

A way is a generator. It yields a `Try`, a point whose cost it wants to know, and is sent a `Known`; once it has found
a point that is a step, it yields a `Step`, and is sent nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import torch
from torch import Tensor

from explorer.engine.device import doubled

SUFFICIENT, CURVATURE = 1e-4, 0.9
"""c₁ and c₂ of the strong Wolfe conditions (Nocedal & Wright 2006, equation 3.7)."""
EVALUATIONS = 20
"""That a line search may take."""
FIRST = 0.02
"""Root of the mean square that the first step changes the numbers by, which go from 0 to 1."""
WORSE = 10.0
"""Times the best cost so far from which on Adam is lost."""
TRIES = 5
"""How often Adam may turn back."""


@dataclass(frozen=True, eq=False)
class Known:
    """The cost of a point, its slope there (as the point is shaped), and whatever else belongs to it."""

    cost: float
    slope: Tensor
    detail: Any = None


@dataclass(frozen=True, eq=False)
class Try:
    """What does this point cost?"""

    point: Tensor


@dataclass(frozen=True, eq=False)
class Step:
    """A step leads here. evaluations: how many points were tried for it. note: what went wrong on the way, "" if
    nothing; last: there is no way further down from here."""

    point: Tensor
    known: Known
    evaluations: int
    note: str = ""
    last: bool = False


Way = Generator[Try | Step, Known | None, None]


def adam(start: Tensor, rate: float) -> Way:
    """Kingma & Ba 2015, arXiv:1412.6980, with their β₁ = 0.9, β₂ = 0.999. Each step is one point further.

    Where a cost is no number, or above both the first and ten times the best so far, it goes on from the best point
    with half the rate.
    """
    point, taken, note, turned = start, 0, "", 0
    mean, square = torch.zeros_like(start), torch.zeros_like(start)
    best: tuple[Tensor, Known] | None = None
    known = yield from _tried(point)
    _check(known)
    evaluations, first = 1, known.cost
    while True:
        if best is not None and not (sound(known) and known.cost <= max(first, WORSE * best[1].cost)):
            turned += 1
            point, known = best
            rate, taken = rate / 2, 0
            mean, square = torch.zeros_like(start), torch.zeros_like(start)
            note = f"The cost grew out of bounds, so it went back to the best picture, with half the rate: {rate:g}."
            if turned > TRIES:
                note = f"The cost grew out of bounds {turned} times: it ended with the best picture; lower the rate."
                yield Step(point, known, evaluations, note, last=True)
                return
        if best is None or known.cost <= best[1].cost:
            best = point, known
        taken += 1
        mean = torch.lerp(known.slope, mean, 0.9)
        square = torch.lerp(known.slope.square(), square, 0.999)
        change = (mean / (1 - 0.9**taken)) / ((square / (1 - 0.999**taken)).sqrt() + 1e-8)
        point = point - rate * change
        known = yield from _tried(point)
        if sound(known) and known.cost <= max(first, WORSE * best[1].cost):
            yield Step(point, known, evaluations, note)
            evaluations, note = 1, ""
        else:
            evaluations += 1


def lbfgs(start: Tensor, memory: int = 20) -> Way:
    """L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5): each step lowers the cost.

    memory: how many steps are remembered. Where the search along its direction finds nothing, what it remembers is
    forgotten, and the slope itself tried; where that does not go down either, it is the last step.
    """
    point = start
    known = yield from _tried(point)
    _check(known)
    pairs: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=memory)
    evaluations = 0
    while True:
        direction = _direction(known.slope, pairs)
        down = _dot(direction, known.slope)
        length = 1.0 if pairs else FIRST / (float(direction.square().mean().sqrt()) or 1.0)
        found = None
        if down < 0:
            found, count = yield from _search(point, known, direction, down, length)
            evaluations += count
        if found is None:
            if pairs:
                pairs.clear()
                continue
            yield Step(point, known, evaluations, "No step lowers the cost any more.", last=True)
            return
        further, there = found
        s, y = further - point, there.slope - known.slope
        bent = _dot(s, y)
        if bent > 1e-10 * _dot(y, y):
            pairs.append((s, y, bent))
        point, known = further, there
        yield Step(point, known, evaluations)
        evaluations = 0


def sound(known: Known) -> bool:
    """Whether cost and slope are numbers: a ReLU may make 0 of what is none, and then only the slope tells."""
    return isfinite(known.cost) and bool(torch.isfinite(known.slope).all())


def _check(known: Known) -> None:
    if not sound(known):
        raise FloatingPointError("the cost or its slope is no number")


def _tried(point: Tensor) -> Generator[Try | Step, Known | None, Known]:
    known = yield Try(point)
    assert known is not None
    return known


def _direction(slope: Tensor, pairs: deque[tuple[Tensor, Tensor, float]]) -> Tensor:
    """−H · slope by the two loops of algorithm 7.4."""
    q = -slope
    shares = []
    for s, y, bent in reversed(pairs):
        share = _dot(s, q) / bent
        shares.append(share)
        q = torch.add(q, y, alpha=-share)
    if pairs:
        _, y, bent = pairs[-1]
        q = q * (bent / _dot(y, y))
    for (s, y, bent), share in zip(pairs, reversed(shares), strict=True):
        q = torch.add(q, s, alpha=share - _dot(y, q) / bent)
    return q


def _search(
    point: Tensor, known: Known, direction: Tensor, down: float, length: float
) -> Generator[Try | Step, Known | None, tuple[tuple[Tensor, Known] | None, int]]:
    """A point along a direction that meets the strong Wolfe conditions, and how many were tried (algorithms 3.5, 3.6).

    Where none is found in time, the lowest that is low enough; None where there is none of these either. down: the
    slope along the direction, below 0.
    """
    low: tuple[float, float, float] = (0.0, known.cost, down)  # length, cost, slope along
    high: tuple[float, float, float] | None = None
    best: tuple[Tensor, Known] | None = None
    for count in range(1, EVALUATIONS + 1):
        there = torch.add(point, direction, alpha=length)
        at = yield from _tried(there)
        cost = at.cost if sound(at) else inf
        along = _dot(at.slope, direction) if isfinite(cost) else inf
        enough = cost <= known.cost + SUFFICIENT * length * down and cost < known.cost
        if enough and (best is None or cost < best[1].cost):
            best = there, at
        if not enough or (cost >= low[1] and low[0] > 0):
            high = length, cost, along
        elif abs(along) <= -CURVATURE * down:
            return (there, at), count
        elif high is None and along < 0:
            low = length, cost, along
            length *= 4
            continue
        else:
            if along * ((high[0] if high else inf) - low[0]) >= 0:
                high = low
            low = length, cost, along
        assert high is not None
        if abs(high[0] - low[0]) < 1e-9 * max(high[0], low[0]):
            return best, count
        length = _between(low, high)
    return best, EVALUATIONS


def _between(low: tuple[float, float, float], high: tuple[float, float, float]) -> float:
    """The lowest place of the cubic through both ends (equation 3.59), a tenth of the way from either at least."""
    (a, cost_a, slope_a), (b, cost_b, slope_b) = low, high
    nearest, farthest = min(a, b), max(a, b)
    room = farthest - nearest
    if not isfinite(cost_b) or not isfinite(slope_b):
        return a + 0.1 * (b - a)
    first = slope_a + slope_b - 3 * (cost_a - cost_b) / (a - b)
    under = first * first - slope_a * slope_b
    place = (a + b) / 2
    if under >= 0:
        second = under**0.5 * (1 if b > a else -1)
        below = slope_b - slope_a + 2 * second
        if below:
            place = b - (b - a) * (slope_b + second - first) / below
    return min(max(place, nearest + 0.1 * room), farthest - 0.1 * room)


def _dot(a: Tensor, b: Tensor) -> float:
    """Added up in double precision: near the end of the way costs differ in their last digits."""
    return float(torch.dot(doubled(a.flatten()), doubled(b.flatten())))
