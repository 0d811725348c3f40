"""What an attribution method says about each pixel, and how it is drawn as one map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.records import Place

CLIPPED = 0.01
"""Share of the pixels that are drawn at full colour: else a single bright one leaves all others pale."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """How a method shares out one number of the network among the picture.

    method: its title. values: (C, h, w) float32, as the method defines them; h and w are the input's, or those of the
    node `at`, whose maps were weighed. picture: (H, W, 3) uint8, the part of the picture that the network got.
    place: the number; score: what it is. check: what the values should add up to, and do, where the method promises
    a sum. done: False for a result that still gets better.
    """

    method: str
    values: NDArray[np.float32]
    picture: NDArray[np.uint8]
    place: Place
    score: float
    signed: bool
    at: str = ""
    check: tuple[float, float] | None = None
    done: bool = True


def heat(values: NDArray[np.float32], signed: bool) -> NDArray[np.float32]:
    """One number for each pixel: (C, H, W) → (H, W), from −1 to 1 where `signed`, else from 0 to 1.

    Signed contributions of a pixel's colours are added; of slopes the largest counts. Zero stays zero, and the
    strongest hundredth is drawn at full colour.
    """
    import numpy as np

    flat = values.sum(0) if signed else np.abs(values).max(0)
    flat = np.nan_to_num(flat, nan=0.0, posinf=0.0, neginf=0.0)
    reach = float(np.quantile(np.abs(flat), 1 - CLIPPED)) or float(np.abs(flat).max())
    scaled: NDArray[np.float32] = np.clip(flat / reach, -1, 1) if reach else flat
    return scaled
