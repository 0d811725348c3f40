"""What is told while a network learns to paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Taught:
    """One step: its number, from 1, and J_content, J_style, J_variation and J of its batch.

    preview: (H, W, 3) uint8, what the network now makes of the picture to look at, where a new one was painted.
    seconds: that the step took. note: what went wrong and was mended, "" if nothing.
    """

    step: int
    content: float
    style: float
    smoothness: float
    total: float
    seconds: float = 0.0
    preview: NDArray[np.uint8] | None = None
    note: str = ""
