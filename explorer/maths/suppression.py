"""Non-maximum suppression: of boxes that show the same thing only the best stays.

Source: Girshick et al. 2014, Rich feature hierarchies, arXiv:1311.2524, section 2.3; with the distance of the
middles: Zheng et al. 2019, Distance-IoU loss, arXiv:1911.08287, section 3.4.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.box_records import Limits
from explorer.maths.suppression_pairs import stays
from explorer.maths.yolo import Candidates

Numbers = NDArray[np.floating[Any]]
Boxes = Numbers
"""(…, 4): left, top, right, bottom."""

Measure = Callable[[Boxes, Boxes], Numbers]
"""How much boxes (…, 4) show the same as others (…, 4), of which they are one or as many: (…)."""

BETA = 0.6
"""Darknet's power of the distance."""
BLOCK = 64
"""Boxes that are compared with all others at once."""
AMONG = 4
"""Among so many times as many boxes those that are wanted are looked for first."""


def ious(a: Boxes, b: Boxes) -> Numbers:
    """Intersection over union of boxes (…, 4) with (…, 4): (…) in [0, 1]; 0 where both are empty."""
    both = np.maximum(_shared(a, b, 0), 0)
    height = _shared(a, b, 1)
    both *= np.maximum(height, 0, out=height)
    union = np.add(_sizes(a), _sizes(b), out=height)
    union -= both
    np.divide(both, union, out=both, where=union > 0)  # else both are empty: 0
    return both


def dious(a: Boxes, b: Boxes, beta: float = BETA) -> Numbers:
    """IoU − (d² / c²)^β: d from middle to middle, c across the smallest box around both; (…) in [−1, 1].

    Darknet's greedynms; β = 1 is Zheng et al.'s own. Boxes side by side are then told apart from one thing seen twice.
    """
    between = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    around = np.maximum(a[..., 2:], b[..., 2:]) - np.minimum(a[..., :2], b[..., :2])
    distance, across = (between**2).sum(-1), (around**2).sum(-1)
    share: Numbers = np.divide(distance, across, out=np.zeros_like(across), where=across > 0)
    return ious(a, b) - share**beta


MEASURES: dict[str, Measure] = {"IoU": ious, "DIoU": dious}


def measured(limits: Limits) -> Measure:
    """How overlap is measured where these limits hold."""
    return partial(dious, beta=limits.beta) if limits.suppression == "DIoU" else MEASURES[limits.suppression]


def suppressors(
    boxes: Boxes, scores: Numbers, limit: float, measure: Measure = ious, kinds: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """(N,) the box that each is dropped for, itself for one that stays. kinds: (N,), if given, boxes drop only those of
    their own.

    The best box stays and drops what overlaps it by more than `limit`, and so does the best of what is left; of equal
    scores the first is better. Blocks of boxes take their turn together: within one, what each drops is a row of bits.
    """
    dropped_for = np.arange(len(boxes))
    left = np.argsort(-scores, kind="stable")
    exactly = np.float64(limit)  # else float32 rounds the limit
    while len(left):
        block, left = left[:BLOCK], left[BLOCK:]
        over = measure(boxes[block][:, None], boxes[block]) > exactly  # [B, B]
        if kinds is not None:
            over &= kinds[block][:, None] == kinds[block]
        rows = [int.from_bytes(row, "little") for row in np.packbits(over, 1, "little")]
        gone, stay = 0, []
        for place, row in enumerate(rows):
            if not gone >> place & 1:
                stay.append(place)
                gone |= row
        for_whom = block[stay][over[stay].argmax(0)]
        for_whom[stay] = block[stay]
        dropped_for[block] = for_whom
        if len(left):
            over = measure(boxes[block[stay]][:, None], boxes[left]) > exactly  # [stayed, left]
            if kinds is not None:
                over &= kinds[block[stay]][:, None] == kinds[left]
            goes = over.any(0)
            dropped_for[left[goes]] = block[stay][over[:, goes].argmax(0)]
            left = left[~goes]
    return dropped_for


def kept(found: Candidates, limit: float, measure: Measure = ious, most: int | None = None) -> Candidates:
    """What suppression, for each class by itself, leaves of candidates, the highest score first; the best `most`.

    The best are looked for among the best: what becomes of a box is decided by better ones alone.
    """
    if most is not None and len(found) > AMONG * most:
        best = kept(found.taken(range(AMONG * most)), limit, measure)
        if len(best) >= most:
            return best.taken(range(most))
    if len(found) <= BLOCK:  # all classes in one go: as a rule, of a video's frame
        dropped_for = suppressors(found.boxes, found.scores, limit, measure, found.classes)
        left = found.taken(np.flatnonzero(dropped_for == np.arange(len(found))))
        return left if most is None else left.taken(range(min(len(left), most)))
    order, boxes, scores, classes = np.arange(len(found)), found.boxes, found.scores, found.classes
    if (scores[1:] > scores[:-1]).any():
        order = np.argsort(-scores, kind="stable")
        boxes, scores, classes = boxes[order], scores[order], classes[order]
    if limit < 0:  # then boxes suppress each other that do not touch
        there, crowded = np.zeros(len(order), bool), list(set(classes.tolist()))
    else:
        there, crowded = stays(boxes, classes, limit, measure)
    for kind in crowded:
        of_kind = np.flatnonzero(classes == kind)
        dropped_for = suppressors(boxes[of_kind], scores[of_kind], limit, measure)
        there[of_kind] = dropped_for == np.arange(len(of_kind))
    left = found.taken(np.sort(order[there]))
    return left if most is None else left.taken(range(min(len(left), most)))


def _shared(a: Boxes, b: Boxes, axis: int) -> Numbers:
    """How far boxes overlap along an axis, below zero for how far they are apart; an array of its own."""
    found = np.atleast_1d(np.minimum(a[..., axis + 2], b[..., axis + 2]))
    found -= np.maximum(a[..., axis], b[..., axis])
    return found


def _sizes(boxes: Boxes) -> Numbers:
    sizes: Numbers = np.maximum(boxes[..., 2] - boxes[..., 0], 0) * np.maximum(boxes[..., 3] - boxes[..., 1], 0)
    return sizes
