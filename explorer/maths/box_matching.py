"""Which of the boxes a detector found are of things that are there, in one picture and for one class.

Sources: Lin et al. 2014, Microsoft COCO, arXiv:1405.0312, and its evaluation (cocodataset.org, Detection
evaluation); Everingham et al. 2010, The Pascal visual object classes challenge, doi:10.1007/s11263-009-0275-4, section
4.4, and the challenge's VOCevaldet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OVERLAPS = np.linspace(0.5, 0.95, 10)
"""From which IoU a box is right: COCO counts each of these."""
SIZES = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
"""From which to which area in square pixels things of each size are."""
HALF = 0.5
"""The IoU from which Pascal VOC calls a box right."""

Boxes = NDArray[np.float64]
"""(N, 4): left, top, right, bottom in pixels."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truth:
    """G things that are in a picture. boxes (G, 4); classes (G,) int64; areas (G,) of their outlines in square pixels;
    crowd (G,): many in one box; ignored (G,): whether they are found counts neither for nor against, as of crowds."""

    boxes: Boxes
    classes: NDArray[np.int64]
    areas: NDArray[np.float64]
    crowd: Flags
    ignored: Flags

    def of_class(self, number: int) -> Truth:
        """Those of one class."""
        there = self.classes == number
        return Truth(self.boxes[there], self.classes[there], self.areas[there], self.crowd[there], self.ignored[there])


@dataclass(frozen=True, eq=False)
class Found:
    """D boxes that a detector found in a picture: boxes (D, 4), classes (D,) int64, scores (D,) float64."""

    boxes: Boxes
    classes: NDArray[np.int64]
    scores: NDArray[np.float64]

    def of_class(self, number: int, most: int) -> Found:
        """The best ones of a class, the highest score first, of equal ones those that came first."""
        there = np.nonzero(self.classes == number)[0]
        best = there[np.argsort(-self.scores[there], kind="stable")[:most]]
        return Found(self.boxes[best], self.classes[best], self.scores[best])


def overlaps(found: Boxes, truth: Boxes, crowd: Flags) -> NDArray[np.float64]:
    """(D, G): intersection over union; over the found box's own area where the thing is a crowd."""
    low, high = np.maximum(found[:, None, :2], truth[:, :2]), np.minimum(found[:, None, 2:], truth[:, 2:])
    both = np.maximum(high - low, 0).prod(2)
    sizes = areas(found)[:, None]
    union = np.where(crowd, sizes, sizes + areas(truth) - both)
    share: NDArray[np.float64] = np.divide(both, union, out=np.zeros_like(both), where=both > 0)
    return share


def areas(boxes: Boxes) -> NDArray[np.float64]:
    """(N,) in square pixels."""
    area: NDArray[np.float64] = np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(1)
    return area


def as_coco(found: Found, truth: Truth, sizes: tuple[str, ...] = tuple(SIZES)) -> tuple[Flags, Flags, Flags]:
    """Which boxes (D, S, T) are right, which count neither for nor against, and which things (S, T, G) are found, for
    S sizes and T overlaps.

    The boxes of one class come with the highest score first. Each takes the thing it overlaps most of those that are
    left, of equal ones the last; one that is to be ignored only where there is no other.
    """
    limits = np.array([SIZES[size] for size in sizes])
    own = areas(found.boxes)
    outside = (own[:, None] < limits[:, 0]) | (own[:, None] > limits[:, 1])  # [D, S]
    right = np.zeros((len(found.scores), len(sizes), len(OVERLAPS)), bool)
    neither = np.repeat(outside[:, :, None], len(OVERLAPS), 2)
    taken = np.zeros((len(sizes), len(OVERLAPS), len(truth.boxes)), bool)
    if not len(truth.boxes):
        return right, neither, taken
    shares = overlaps(found.boxes, truth.boxes, truth.crowd)
    ignored = (truth.areas < limits[:, :1]) | (truth.areas > limits[:, 1:]) | truth.ignored  # [S, G]
    least = np.minimum(OVERLAPS, 1 - 1e-10)
    last = len(truth.boxes) - 1
    of_size, of_overlap = np.ogrid[: len(sizes), : len(OVERLAPS)]
    for number, share in enumerate(shares):
        if share.max() < least[0]:
            continue
        enough = share >= least[:, None]  # [T, G]
        free = enough & (~taken | (ignored & truth.crowd)[:, None])  # [S, T, G]
        counted = free & ~ignored[:, None]
        usable = np.where(counted.any(2, keepdims=True), counted, free)
        best = last - np.where(usable, share, -1.0)[:, :, ::-1].argmax(2)  # [S, T]
        hit = usable.any(2)
        is_ignored = ignored[of_size, best]
        taken[of_size, of_overlap, best] |= hit
        right[number] = hit & ~is_ignored
        neither[number] = np.where(hit, is_ignored, neither[number])
    return right, neither, taken


def as_voc(found: Found, truth: Truth) -> tuple[Flags, Flags]:
    """Which boxes (D,) are right by Pascal VOC's rule, and which count neither for nor against.

    The boxes of one class come with the highest score first. Each belongs to the thing it overlaps most, whether that
    is taken or not; the second one for a thing is wrong.
    """
    right, neither = np.zeros(len(found.scores), bool), np.zeros(len(found.scores), bool)
    if not len(truth.boxes):
        return right, neither
    shares = overlaps(found.boxes, truth.boxes, truth.crowd)
    taken = np.zeros(len(truth.boxes), bool)
    for number, best in enumerate(shares.argmax(1)):
        if shares[number, best] >= HALF:
            neither[number] = truth.ignored[best]
            right[number] = not truth.ignored[best] and not taken[best]
            taken[best] = True
    return right, neither
