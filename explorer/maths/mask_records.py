"""Which part of a box a thing takes: a plain record."""

from __future__ import annotations

from explorer.maths.values import dataclass


@dataclass(frozen=True)
class Mask:
    """How sure each of `side` × `side` equal parts of a box is of the thing in it.

    chances: float32 from 0 to 1, row by row, as bytes, so that masks can be compared.
    """

    side: int
    chances: bytes
