"""What a closer look at a box tells: which part of it the thing takes, and where its points are. Plain records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.maths.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explorer.maths.records import Guess


@dataclass(frozen=True)
class Mask:
    """How sure each of `side` × `side` equal parts of a box is of the thing in it.

    chances: float32 from 0 to 1, row by row, as bytes, so that masks can be compared.
    """

    side: int
    chances: bytes


@dataclass(frozen=True)
class Closer:
    """Of one box. points: each across and down in pixels of the picture, as a Guess has them; sure: of each of them."""

    points: tuple[tuple[float, float], ...] = ()
    sure: tuple[float, ...] = ()
    mask: Mask | None = None


def with_looks(guesses: Iterable[Guess], told: Mapping[int, Closer] | None) -> tuple[Guess, ...]:
    """The guesses with what was told of them, by their place."""
    looks = ((guess, told.get(guess.place) if told else None) for guess in guesses)
    return tuple(
        replace(guess, points=look.points, sure=look.sure, mask=look.mask) if look else guess for guess, look in looks
    )
