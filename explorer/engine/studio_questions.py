"""What the style studio asks of the worker about files; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.probes.style import StyleSheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class WriteStyled:
    """Write a picture (H, W, 3) uint8 with what it was made with, as PNG or TIFF. Answers: Exported."""

    path: str
    picture: NDArray[np.uint8]
    sheet: StyleSheet


@dataclass(frozen=True)
class ReadStyled:
    """What was a picture made with? Answers: StyleSheet, then the whole Picture."""

    path: str
