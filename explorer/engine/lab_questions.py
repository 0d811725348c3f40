"""What the labs ask the worker. Questions are plain values: this module imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SlideWindows:
    """What does the course's network for 14×14 pixels say of every window of a picture? Answer: SlidWindows.

    pixels: (n, n, 3) uint8, n at least 14.
    """

    pixels: NDArray[np.uint8]
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class SlidePyramid:
    """What does MTCNN's P-Net propose in each size of a picture? Answers: Progress …, then a Pyramid.

    pixels: (H, W, 3) uint8. The others are settings of `explorer.layers.detection.Proposals`. The library has to have
    MTCNN already: nothing is fetched.
    """

    pixels: NDArray[np.uint8]
    smallest: int = 20
    factor: float = 0.709
    least: float = 0.6
    within: float = 0.5
    overlap: float = 0.7
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class SearchAnchors:
    """Which anchors suit these shapes of boxes? Answers: Progress … and an AnchorSearch for each k from 1 to `most`.

    shapes: (N, 2) widths and heights.
    """

    shapes: NDArray[np.float64]
    most: int = 10


@dataclass(frozen=True)
class TimeStages:
    """How long does each part of the R-CNN family take here? Answers: Progress and StageTimes, until all is measured.

    trunk: its title among `classics.stages.TRUNKS`. side: of the picture, in pixels. regions: of R-CNN and Fast R-CNN;
    few: those that a region proposal network leaves. all_crops: every region is run, and not some of them.
    """

    trunk: str
    side: int = 448
    regions: int = 2000
    few: int = 300
    all_crops: bool = False
    device: str = "cpu"


@dataclass(frozen=True)
class ReadShapes:
    """Which shapes have the boxes of a folder's labels? Answers: Progress …, then LabelShapes."""

    folder: str
