"""Plain records of what the engine found for the labs; they cross from the worker process to the window as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.pyramid import Field, Proposed, Slid


@dataclass(frozen=True, eq=False)
class SlidWindows:
    """One network on all windows of a picture: each by itself, and all in one pass.

    alone: (R, C, classes) the scores of each window that was cut out. at_once: the same of the convolutional network.
    The milliseconds are those of all windows one after the other, and of the one pass.
    """

    alone: NDArray[np.float32]
    at_once: NDArray[np.float32]
    alone_milliseconds: float
    at_once_milliseconds: float

    @property
    def difference(self) -> float:
        """The largest between a score computed one way and the other."""
        return float(abs(self.alone - self.at_once).max())

    @property
    def speed_up(self) -> float:
        """How many times as fast the one pass is."""
        return self.alone_milliseconds / self.at_once_milliseconds


@dataclass(frozen=True, eq=False)
class Pyramid:
    """A sliding network on a picture in many sizes, the largest first.

    field: what a unit sees. sizes: what the network said; found: the boxes of each size; together: those that all
    sizes leave. macs: multiplications of one pass over each size; window_macs: over one window that was cut out.
    milliseconds: of all passes, with making the picture smaller.
    """

    field: Field
    sizes: tuple[Slid, ...]
    found: tuple[Proposed, ...]
    together: Proposed
    macs: tuple[int, ...]
    window_macs: int
    milliseconds: float

    @property
    def windows(self) -> tuple[int, ...]:
        """How many windows there are in each size."""
        return tuple(size.numbers[0].size for size in self.sizes)


@dataclass(frozen=True, eq=False)
class AnchorSearch:
    """Anchors found for some shapes of boxes. count: how many, k. rounds: the anchors (k, 2) from the start to the
    result; mean_ious: how alike the shapes are to them, on the mean, after each round."""

    count: int
    rounds: tuple[NDArray[np.float64], ...]
    mean_ious: tuple[float, ...]


@dataclass(frozen=True)
class StageTimes:
    """Milliseconds of what detectors are made of, as measured; None for what is not measured yet.

    crop: one region that was cut out, through the whole network. maps: the convolutions on the picture. heads: pooling
    and fully connected layers for all regions of Fast R-CNN. proposing: the region proposal network, with choosing
    among its boxes. few_heads: as heads, for the regions that it leaves. one_shot: a whole one-shot detector.
    crops: how many regions were run for the first.
    """

    crop: float | None = None
    maps: float | None = None
    heads: float | None = None
    proposing: float | None = None
    few_heads: float | None = None
    one_shot: float | None = None
    crops: int = 0

    @property
    def complete(self) -> bool:
        """Whether all is measured."""
        return None not in (self.crop, self.maps, self.heads, self.proposing, self.few_heads, self.one_shot)


@dataclass(frozen=True, eq=False)
class LabelShapes:
    """Widths and heights (N, 2) in shares of their pictures of a data set's boxes, or of some of them.

    boxes: how many it has, on so many pictures. problems: sentences on labels that were left out.
    """

    name: str
    shapes: NDArray[np.float64]
    boxes: int
    pictures: int
    problems: tuple[str, ...] = ()
