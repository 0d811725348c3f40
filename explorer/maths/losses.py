"""What training makes small, worked out number by number, as one does it on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from explorer.maths.worked import Worked, power

Numbers = Sequence[int]
"""A code, an answer of a network, or a channel laid out as one row."""


def squared_distance(a: Numbers, b: Numbers) -> int:
    """‖a − b‖², of codes of equal length."""
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))


def triplet_loss(anchor: Numbers, positive: Numbers, negative: Numbers, margin: int) -> int:
    """max(‖A − P‖² − ‖A − N‖² + α, 0): 0 once the other person is farther away by the margin α.

    Source: Schroff et al. 2015, FaceNet, arXiv:1503.03832.
    """
    return max(squared_distance(anchor, positive) - squared_distance(anchor, negative) + margin, 0)


def chi_square(a: Numbers, b: Numbers) -> Fraction:
    """Σ (x − y)² / (x + y) of codes without negative numbers; where both are 0 nothing is added.

    Source: Taigman et al. 2014, DeepFace, section 4.1.
    """
    pairs = zip(a, b, strict=True)
    return sum((Fraction((x - y) ** 2, x + y) for x, y in pairs if x + y), Fraction(0))


def gram(channels: Sequence[Numbers]) -> list[list[int]]:
    """How strongly each two channels fire together, Σ F_ik·F_jk over all pixels k; (C, C), whatever the image's size.

    Source: Gatys et al. 2015, arXiv:1508.06576, equation 3.
    """
    return [[sum(x * y for x, y in zip(a, b, strict=True)) for b in channels] for a in channels]


def object_loss(truth: Numbers, answer: Numbers) -> int:
    """Squared differences of p_c, box and classes; of p_c alone where there is no object, p_c = 0."""
    counted = len(truth) if truth[0] else 1
    return squared_distance(truth[:counted], answer[:counted])


def worked_object_loss(truth: Sequence[float], answer: Sequence[float]) -> list[Worked]:
    """The terms of the same loss of real numbers, and how they come about: as many as count, one where p_c = 0.

    Source: the course; Redmon et al. 2016, You only look once, arXiv:1506.02640, equation 3, weighs them.
    """
    counted = len(truth) if truth[0] else 1
    pairs = zip(answer[:counted], truth[:counted], strict=True)
    return [
        power(Worked(f"ŷ_{number}", own) - Worked(f"y_{number}", wanted), 2)
        for number, (own, wanted) in enumerate(pairs, 1)
    ]


def descended(slope: Callable[[Fraction], Fraction], start: int, rate: Fraction, steps: int) -> Fraction:
    """Where gradient descent gets: each step goes against the slope, `rate` times as far as it is steep."""
    place = Fraction(start)
    for _ in range(steps):
        place -= rate * slope(place)
    return place
