"""Non-maximum suppression: of boxes that show the same thing only the best stays, step by step.

Source: Girshick et al. 2014, Rich feature hierarchies, arXiv:1311.2524, section 2.3; with the distance of the
middles: Zheng et al. 2019, Distance-IoU loss, arXiv:1911.08287, section 3.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.yolo import Candidates

Numbers = NDArray[np.floating[Any]]
Boxes = Numbers
"""(N, 4): left, top, right, bottom."""

Measure = Callable[[Boxes, Boxes], Numbers]
"""How much a box (4,) shows the same as each of some others (N, 4)."""

BETA = 0.6
"""Darknet's power of the distance."""


@dataclass(frozen=True, eq=False)
class Round:
    """One step: the best box that is left, and what becomes of those left behind it.

    best: its index. rivals: (N,) indices of the others left, the best first. overlaps: (N,) measured with each.
    dropped: (N,) which of them go, true or false.
    """

    best: int
    rivals: NDArray[np.int64]
    overlaps: Numbers
    dropped: NDArray[np.bool_]


def ious(box: Boxes, boxes: Boxes) -> Numbers:
    """Intersection over union of a box (4,) with each of (N, 4): (N,) in [0, 1]; 0 where both are empty."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    both = np.maximum(high - low, 0).prod(1)
    sizes = np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(1)
    union = np.maximum(box[2:] - box[:2], 0).prod() + sizes - both
    found: Numbers = np.divide(both, union, out=np.zeros_like(union), where=union > 0)
    return found


def dious(box: Boxes, boxes: Boxes, beta: float = BETA) -> Numbers:
    """IoU − (d² / c²)^β: d from middle to middle, c across the smallest box around both; (N,) in [−1, 1].

    Darknet's greedynms; β = 1 is Zheng et al.'s own. Boxes side by side are then told apart from one thing seen twice.
    """
    between = (box[:2] + box[2:] - boxes[:, :2] - boxes[:, 2:]) / 2
    around = np.maximum(box[2:], boxes[:, 2:]) - np.minimum(box[:2], boxes[:, :2])
    distance, across = (between**2).sum(1), (around**2).sum(1)
    share: Numbers = np.divide(distance, across, out=np.zeros_like(across), where=across > 0)
    return ious(box, boxes) - share**beta


MEASURES: dict[str, Measure] = {"IoU": ious, "DIoU": dious}


def rounds(boxes: Boxes, scores: Numbers, limit: float, measure: Measure = ious) -> Iterator[Round]:
    """Take the best box, drop what overlaps it by more than `limit`, and so on; of equal scores the first is better."""
    left = np.argsort(-scores, kind="stable")
    while len(left):
        best, rivals = int(left[0]), left[1:]
        overlaps = measure(boxes[best], boxes[rivals])
        dropped = overlaps > np.float64(limit)  # as exactly as they are, else float32 rounds the limit
        yield Round(best, rivals, overlaps, dropped)
        left = rivals[~dropped]


def kept(found: Candidates, limit: float, measure: Measure = ious) -> Candidates:
    """What suppression, for each class by itself, leaves of candidates, the highest score first."""
    places: list[int] = []
    for kind in np.unique(found.classes):
        of_kind = np.nonzero(found.classes == kind)[0]
        places += [
            int(of_kind[step.best]) for step in rounds(found.boxes[of_kind], found.scores[of_kind], limit, measure)
        ]
    return found.taken(sorted(places))
