"""Anchors from the shapes of boxes, by k-means with 1 − IoU as distance.

With the Euclidean distance large boxes would count more than small ones; IoU asks for likeness at any size.
Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242, section 2; the start: Arthur & Vassilvitskii 2007,
k-means++: the advantages of careful seeding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.maths.worked import Worked, least

Shapes = NDArray[np.float64]
"""(N, 2): width and height, both above 0."""

TRIES = 5
"""Searches from different starts; the best one counts."""


def likeness(shapes: Shapes, anchors: Shapes) -> NDArray[np.float64]:
    """IoU of each shape (N, 2) with each anchor (k, 2), their corners in one place: (N, k) in (0, 1]."""
    both = np.minimum(shapes[:, None], anchors).prod(2)  # [N, k]
    found: NDArray[np.float64] = both / (shapes.prod(1)[:, None] + anchors.prod(1) - both)
    return found


def owners(shapes: Shapes, anchors: Shapes) -> NDArray[np.int64]:
    """(N,): the anchor most alike to each shape, of equals the first."""
    found: NDArray[np.int64] = likeness(shapes, anchors).argmax(1)
    return found


def mean_iou(shapes: Shapes, anchors: Shapes) -> float:
    """Of every shape's IoU with the anchor most alike to it, the mean."""
    return float(likeness(shapes, anchors).max(1).mean())


def search(shapes: Shapes, count: int, seed: int = 0) -> tuple[Shapes, ...]:
    """The anchors (count, 2) from round to round of the best search, the smallest first; the last ones are the result.

    count: at most as many as there are different shapes.
    """
    random = np.random.default_rng(seed)
    found = [tuple(_rounds(shapes, _start(shapes, count, random))) for _ in range(TRIES)]
    best = max(found, key=lambda rounds: mean_iou(shapes, rounds[-1]))
    order = np.argsort(best[-1].prod(1), kind="stable")
    return tuple(anchors[order] for anchors in best)


def _rounds(shapes: Shapes, anchors: Shapes) -> Iterator[Shapes]:
    """Each anchor becomes the mean of the shapes most alike to it, as long as the mean IoU grows by that.

    It need not: the mean is nearest to its shapes by the Euclidean distance, not by 1 − IoU.
    """
    reached = mean_iou(shapes, anchors)
    while True:
        yield anchors
        own = owners(shapes, anchors)
        anchors = np.array([shapes[own == i].mean(0) if (own == i).any() else old for i, old in enumerate(anchors)])
        before, reached = reached, mean_iou(shapes, anchors)
        if reached <= before:
            return


def _start(shapes: Shapes, count: int, random: np.random.Generator) -> Shapes:
    """Shapes drawn one by one, those far from the ones before more likely; never one twice."""
    chosen = [int(random.integers(len(shapes)))]
    while len(chosen) < count:
        far = (1 - likeness(shapes, shapes[chosen]).max(1)).clip(0) ** 2
        chosen.append(int(random.choice(len(shapes), p=far / far.sum())))
    return shapes[chosen]


def worked_distance(shape: tuple[float, float], anchor: tuple[float, float]) -> dict[str, Worked]:
    """1 − IoU of a shape and an anchor with their corners in one place, and how it comes about."""
    wide, high = (
        (Worked(letter, own), Worked(f"{letter}_a", its)) for letter, own, its in zip("wh", shape, anchor, strict=True)
    )
    both = least(*wide) * least(*high)
    intersection = Worked("I", both)
    return {
        "overlap I": both,
        "distance": 1 - intersection / (wide[0] * high[0] + wide[1] * high[1] - intersection),
    }


def sample_shapes() -> Shapes:
    """(90, 2): widths and heights in shares of a picture, made up: as of people, cars and small things."""
    random = np.random.default_rng(7)
    kinds = ((0.18, 0.5, 0.25), (0.45, 0.27, 0.25), (0.14, 0.14, 0.5))
    drawn = [random.lognormal(np.log(kind[:2]), (kind[2], kind[2] * 0.8), (30, 2)) for kind in kinds]
    return np.concatenate(drawn).clip(0.02, 0.95).round(3)
