"""A picture on its way to what a part of a network answers to most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.records import Place


@dataclass(frozen=True, eq=False)
class Dreamt:
    """picture: (H, W, 3) uint8 after `step` steps; height: what is made large, for the picture as it is shown."""

    place: Place
    picture: NDArray[np.uint8]
    step: int
    height: float
    done: bool = False
