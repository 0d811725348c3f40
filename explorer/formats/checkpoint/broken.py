"""Weights with numbers that are none."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.maths.weight_records import Broken

PIECE = 1 << 20
"""Numbers that are looked at in a step."""


def broken_of(values: Mapping[str, NDArray[np.float32]]) -> Generator[int, None, tuple[Broken, ...]]:
    """The arrays that hold infinite numbers or NaN, in steps that say how many bytes were looked at."""
    found = []
    for name, value in values.items():
        flat, nan, infinite = value.reshape(-1), 0, 0
        for start in range(0, flat.size, PIECE):
            piece = flat[start : start + PIECE]
            if not np.isfinite(piece).all():
                nan, infinite = nan + int(np.isnan(piece).sum()), infinite + int(np.isinf(piece).sum())
            yield piece.nbytes
        if nan or infinite:
            found.append(Broken(name, nan, infinite))
    return tuple(found)
