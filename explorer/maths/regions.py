"""The second stage of Faster R-CNN: which regions are looked at, of which map each is cut out, what becomes of it.

Source: Ren et al. 2015, Faster R-CNN, arXiv:1506.01497, section 3; Lin et al. 2017, Feature pyramid networks,
arXiv:1612.03144, equation 1; what is rounded, cut off and left out is as in torchvision 0.29, whose weights are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.anchored import sides_of, within
from explorer.maths.box_records import Offsets, Spot
from explorer.maths.suppression import suppressors
from explorer.maths.yolo import Candidates

Floats = NDArray[np.floating[Any]]

WHOLE = 224
"""Side of a region that is cut out of the map with one number for every 16 pixels: of ImageNet's pictures."""
ITS_LEVEL = 4
"""Halvings of the picture up to that map."""
SMALLEST, SMALLEST_REGION = 1e-2, 1e-3
"""Sides in pixels below which a box, and a region, is none."""
NEARLY = np.float32(1e-6)


def chosen(
    regions: Sequence[Floats], chances: Sequence[Floats], least: float, overlap: float, most: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The regions (N, 4) that are looked at and their chances (N,), the best first.

    regions and chances: of each map, (M, 4) in pixels and (M,). A better one drops others of its own map only.
    """
    boxes, sure = [np.zeros((0, 4), np.float32)], [np.zeros(0, np.float32)]
    for some, their in zip(regions, chances, strict=True):
        sizes = some[:, 2:] - some[:, :2]
        kept = (sizes >= SMALLEST_REGION).all(1) & (their >= least)
        some, their = some[kept].astype(np.float32), their[kept].astype(np.float32)
        stay = suppressors(some, their, overlap) == np.arange(len(some))
        boxes.append(some[stay])
        sure.append(their[stay])
    together, all_sure = np.concatenate(boxes), np.concatenate(sure)
    order = np.argsort(-all_sure, kind="stable")[:most]
    return together[order], all_sure[order]


def levels(regions: Floats, finest: int, coarsest: int) -> NDArray[np.int64]:
    """(N,) of which map each region (N, 4) is cut out: by its size, in halvings of the picture."""
    sides = np.sqrt((regions[:, 2:] - regions[:, :2]).astype(np.float32).prod(1))
    with np.errstate(divide="ignore"):
        wanted = np.floor(np.float32(ITS_LEVEL) + np.log2(sides / np.float32(WHOLE)) + NEARLY)
    found: NDArray[np.int64] = np.clip(wanted, finest, coarsest).astype(np.int64)
    return found


def blend(size: int, start: float, end: float, count: int, samples: int) -> Floats:
    """(count, size): what part each of `size` numbers along an axis has in `count` numbers between two places on it.

    Each is the mean of `samples` points, blended of the two numbers beside it; RoIAlign is this along both axes.
    Source: He et al. 2017, arXiv:1703.06870, section 3.
    """
    step = max(end - start, 1.0) / count
    places = start + (np.arange(count * samples) + 0.5) * step / samples
    there = (places >= -1) & (places <= size)
    places = np.clip(places, 0, size - 1)
    weights = np.maximum(1 - np.abs(places[:, None] - np.arange(size)), 0) * there[:, None]
    found: Floats = weights.reshape(count, samples, size).mean(1)
    return found


@dataclass(frozen=True, eq=False)
class Looked:
    """What a RegionHead made of the regions of a picture.

    regions: (P, 4) left, top, right, bottom in pixels of the input; proposed: (P,) how sure the first stage was;
    t: (P, K) the scores' numbers and offsets: (P, K, 4), as they came.
    """

    node: str
    rule: Offsets
    regions: NDArray[np.float32]
    proposed: NDArray[np.float32]
    t: NDArray[np.float32]
    offsets: NDArray[np.float32]
    anchors: tuple[tuple[float, float], ...] = ()
    grid = False
    owns = False

    @property
    def cells(self) -> tuple[int, int]:
        """One row, with a column for each region."""
        return 1, len(self.regions)

    @property
    def classes(self) -> int:
        """How many kinds of things it tells apart, that of nothing included."""
        return int(self.t.shape[1])

    @property
    def slots(self) -> int:
        """Boxes of each region: one for each class."""
        return self.classes

    @property
    def objectness(self) -> NDArray[np.float32]:
        """(K, 1, P): the chance of each class."""
        return shares(self.t).T[:, None]

    def anchor_at(self, spot: Spot, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """The middle, across and down, and the sides of a box's region, in pixels of the input."""
        left, top, right, bottom = self.regions[spot.column].tolist()
        return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top


def shares(t: NDArray[np.float32]) -> NDArray[np.float32]:
    """(…, K): the softmax over the classes, where that of nothing is none that anything can be."""
    grown = np.exp(t - t.max(-1, keepdims=True, initial=-np.inf))
    found: NDArray[np.float32] = grown / grown.sum(-1, keepdims=True)
    found[..., 0] = 0
    return found


class LookedGrid:
    """All boxes of a RegionHead, decoded; the class is counted as the anchor. size: (height, width) of the input;
    inside: (width, height) of the picture in it."""

    def __init__(self, head: Looked, size: tuple[int, int], inside: tuple[float, float]) -> None:
        regions = head.regions.astype(np.float64)
        anchors = np.concatenate(((regions[:, :2] + regions[:, 2:]) / 2, regions[:, 2:] - regions[:, :2]), 1)
        boxes = within(sides_of(anchors[:, None], head.offsets.astype(np.float64), head.rule), inside)  # [P, K, 4]
        self._large = (boxes[..., 2:] - boxes[..., :2] >= SMALLEST).all(-1).T.ravel()
        self.boxes = (boxes / np.array(size[::-1] * 2)).astype(np.float32).swapaxes(0, 1)[:, None]  # [K, 1, P, 4]
        self.objectness = head.objectness

    @property
    def best(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The class of each box, and its score, flat."""
        kinds = np.repeat(np.arange(len(self.objectness)), self.objectness.shape[2])
        return kinds, self.objectness.ravel()

    def score(self, at: tuple[int, int, int], index: int) -> float:
        """Of a class at a region; at: whatever class, 0, the region."""
        return float(self.objectness[(index, *at[1:])])

    def candidates(self, least: float) -> Candidates:
        """What scores above `least`, the best first."""
        kinds, scores = self.best
        at = np.flatnonzero((scores > least) & self._large)
        at = at[np.argsort(-scores[at], kind="stable")]
        found = Candidates(self.boxes.reshape(-1, 4)[at], kinds[at], scores[at], at)
        return found.taken(np.flatnonzero(np.isfinite(found.boxes).all(1)))
