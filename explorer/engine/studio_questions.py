"""What the style studio asks of the worker besides pictures; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.engine.questions import PictureSource
from explorer.network.project import Project
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


@dataclass(frozen=True)
class GramOf:
    """How much do each two channels of a node go together for a picture? Answers: Progress …, then GramMatrix.

    pair: the channels that are taken apart; those that go beyond the last one become it.
    """

    project: Project
    source: PictureSource
    node: str
    pair: tuple[int, int] = (0, 0)
    device: str = "cpu"
