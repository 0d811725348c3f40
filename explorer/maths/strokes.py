"""A mask as it was painted: strokes of a round brush, and what they come to."""

from __future__ import annotations

from explorer.maths.values import dataclass

Point = tuple[float, float]
"""x and y, each from 0 to 1 of the picture's width and height."""


@dataclass(frozen=True)
class Stroke:
    """One stroke of the brush: width as a share of the picture's longer side. erase: it takes away.

    fill: no brush at all, the whole mask becomes full, or with `erase` empty; invert: it is turned round. png: it
    becomes this picture, a PNG of one channel as `formats.mask_files` has them.
    """

    points: tuple[Point, ...] = ()
    width: float = 0.1
    erase: bool = False
    fill: bool = False
    invert: bool = False
    png: bytes = b""


Strokes = tuple[Stroke, ...]
"""A mask, in the order it was painted on an empty one."""
