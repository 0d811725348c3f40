"""How good a detector is: precision at each recall, average precision and recall of each class, over many pictures.

Sources as in `box_matching`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.maths.box_matching import OVERLAPS, SIZES, Flags, Found, Truth, as_coco, as_voc

RECALLS = np.linspace(0, 1, 101)
"""At which precision is looked up."""
MOST = (1, 10, 100)
"""Boxes of a class that count in each picture, the best ones."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scores:
    """K classes of which there is a thing. classes: their numbers, rising; things (K,): how many there are, without
    those to be ignored; found (K,): boxes; precision (K, T, 101) float32 at each of OVERLAPS and RECALLS;
    precisions (K, S, T): average precision for each of SIZES and OVERLAPS; recalls (K, 3, T) with each of MOST boxes,
    and of_sizes (K, S, T) with the most; voc (K,): average precision by Pascal VOC's rule. NaN where there is no thing
    of that size."""

    classes: tuple[int, ...]
    things: NDArray[np.int64]
    found: NDArray[np.int64]
    precision: NDArray[np.float32]
    precisions: Numbers
    recalls: Numbers
    of_sizes: Numbers
    voc: Numbers

    @cached_property
    def summary(self) -> dict[str, float]:
        """COCO's twelve numbers by its names, and the mean of Pascal VOC's; NaN where there is nothing to count."""
        precisions = {f"AP {size}": mean(self.precisions[:, at]) for at, size in enumerate(SIZES) if at}
        recalls = {f"AR {size}": mean(self.of_sizes[:, at]) for at, size in enumerate(SIZES) if at}
        return {
            "AP": mean(self.precisions[:, 0]), "AP50": mean(self.precisions[:, 0, 0]),
            "AP75": mean(self.precisions[:, 0, 5]), **precisions,
            **{f"AR{most}": mean(self.recalls[:, at]) for at, most in enumerate(MOST)}, **recalls,
            "VOC": mean(self.voc),
        }  # fmt: skip


@dataclass(eq=False)
class _Boxes:
    """What is known of a class so far, picture by picture."""

    pictures: list[NDArray[np.int64]] = field(default_factory=list)
    scores: list[Numbers] = field(default_factory=list)
    right: list[Flags] = field(default_factory=list)  # [D, S, T]
    neither: list[Flags] = field(default_factory=list)
    voc: list[Flags] = field(default_factory=list)  # [D, 2]
    things: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(SIZES), np.int64))
    in_voc: int = 0


class Tally:
    """Counts picture by picture; what comes out does not depend on their order."""

    def __init__(self) -> None:
        self._classes: dict[int, _Boxes] = defaultdict(_Boxes)

    def add(self, picture: int, truth: Truth, found: Found) -> None:
        """Hold what was found in a picture, by its number, against what is there."""
        for number in np.union1d(truth.classes, found.classes).tolist():
            of_class, there = found.of_class(number, MOST[-1]), truth.of_class(number)
            boxes = self._classes[number]
            right, neither, _ = as_coco(of_class, there)
            boxes.right.append(right)
            boxes.neither.append(neither)
            boxes.voc.append(np.stack(as_voc(of_class, there), 1))
            boxes.scores.append(of_class.scores)
            boxes.pictures.append(np.full(len(of_class.scores), picture))
            for at, (low, high) in enumerate(SIZES.values()):
                boxes.things[at] += int((~there.ignored & (there.areas >= low) & (there.areas <= high)).sum())
            boxes.in_voc += int((~there.ignored).sum())

    def scores(self) -> Scores:
        """What comes out for the pictures so far."""
        some = {number: boxes for number, boxes in sorted(self._classes.items()) if boxes.things[0]}
        parts = [_of_class(boxes) for boxes in some.values()]
        shapes = ((len(OVERLAPS), len(RECALLS)), (len(SIZES), len(OVERLAPS)), (len(MOST), len(OVERLAPS)))
        together = [
            np.stack([part[at] for part in parts]) if parts else np.zeros((0, *shape))
            for at, shape in enumerate((*shapes, shapes[1], ()))
        ]
        return Scores(
            tuple(some),
            np.array([boxes.things[0] for boxes in some.values()], np.int64),
            np.array([sum(map(len, boxes.scores)) for boxes in some.values()], np.int64),
            together[0].astype(np.float32),
            *together[1:],
        )


def _of_class(boxes: _Boxes) -> tuple[NDArray[np.floating], ...]:
    """As `Scores` has them, for one class."""
    scores, pictures = np.concatenate(boxes.scores), np.concatenate(boxes.pictures)
    rank = np.concatenate([np.arange(len(part)) for part in boxes.scores])
    order = np.lexsort((rank, pictures, -scores))
    right, neither = np.concatenate(boxes.right)[order], np.concatenate(boxes.neither)[order]
    curve = np.zeros((len(OVERLAPS), len(RECALLS)), np.float32)
    precisions = np.full((len(SIZES), len(OVERLAPS)), np.nan)
    of_sizes = np.full_like(precisions, np.nan)
    hits, misses = np.cumsum(right, 0), np.cumsum(~right & ~neither, 0)
    for size, things in enumerate(boxes.things.tolist()):
        for overlap in range(len(OVERLAPS) if things else 0):
            hit = hits[:, size, overlap]
            recall, precision = hit / things, hit / np.maximum(hit + misses[:, size, overlap], np.spacing(1))
            looked_up = looked_up_at(recall, precision)
            precisions[size, overlap] = looked_up.mean()
            of_sizes[size, overlap] = recall[-1] if len(recall) else 0.0
            if not size:
                curve[overlap] = looked_up
    first = rank[order, None] < np.array(MOST)  # [D, 3]
    recalls = (right[:, None, 0] & first[:, :, None]).sum(0) / boxes.things[0]
    voc = np.concatenate(boxes.voc)[order]
    return curve, precisions, recalls, of_sizes, np.array(_whole_area(voc, boxes.in_voc))


def looked_up_at(recall: Numbers, precision: Numbers) -> Numbers:
    """(101,): at each of RECALLS the best precision at this recall or a higher one; 0 where none is reached."""
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    return np.append(best, 0.0)[places]


def _whole_area(flags: Flags, things: int) -> float:
    """The area under the curve of best precisions, as Pascal VOC has it since 2010. flags (D, 2): right, and neither,
    the highest score first."""
    if not things:
        return float("nan")
    right, neither = flags.T
    hits, misses = np.cumsum(right), np.cumsum(~right & ~neither)
    precision = hits / np.maximum(hits + misses, 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best * right).sum() / things)


def mean(values: Numbers) -> float:
    """Of those that are known; NaN where none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
