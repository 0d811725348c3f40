"""What is told while a network learns to paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Taught:
    """One step: its number, from 1, and J_content, J_style, J_variation and J of its batch. In the first steps, which
    only learn to show the picture, J_content is how far pixels are apart, and the others are 0.

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


@dataclass(frozen=True)
class TrainingForecast:
    """What a training will take, before it begins.

    memory: bytes at most, beside what the program takes anyway; free: bytes there are, None where nobody knows.
    seconds: of all steps, and each: of one. fits: whether the memory is enough; largest: pixels of the sides of the
    squares that would fit, 0 where none would. sentence: the same for people.
    """

    memory: int
    free: int | None
    seconds: float
    each: float
    fits: bool
    largest: int
    sentence: str = ""
