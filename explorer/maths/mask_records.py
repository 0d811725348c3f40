"""What a closer look at a box tells: which part of it the thing takes, and where its points are. Plain records."""

from __future__ import annotations

from explorer.maths.values import dataclass


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
