"""One small picture for each node of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.maths.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Of each of N nodes one channel, made small: all in one array, so that they cross to the window in one piece.

    pixels: (N, S, S) uint8, of which `sizes` (rows, columns) are in use. channels: which one is shown, None for all
    numbers of a vector, laid out in rows. signed: whether 128 means zero, else 0 is the least number.
    """

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8]
    sizes: tuple[tuple[int, int], ...]
    channels: tuple[int | None, ...]
    signed: tuple[bool, ...]
