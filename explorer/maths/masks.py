"""Which pixels of a picture a thing takes, as Mask R-CNN tells it: pasted into the picture, as outlines, and as COCO's
files have it.

Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3.1; what is padded and rounded is as in torchvision 0.29.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.maths.boxes import Box
from explorer.maths.mask_records import Mask

HALF = 0.5
"""Chance above which a pixel is of the thing."""
EDGES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)), 11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip
"""From which side of a square of four numbers the outline goes to which, by which of its corners are inside: 1, 2, 4, 8
for those from the upper left one on, clockwise; sides 0 to 3 from the upper one on."""
Outline = tuple[tuple[float, float], ...]
"""Corners of a closed line, across and down."""


def chances(mask: Mask) -> NDArray[np.float32]:
    """(S, S): how sure each part of the box is of the thing."""
    return np.frombuffer(mask.chances, np.float32).reshape(mask.side, mask.side)


def pasted(mask: Mask, box: Box, size: tuple[int, int]) -> tuple[int, int, NDArray[np.float32]]:
    """How sure each pixel of a picture of `size` (width, height) is of the thing in `box`.

    Left and top of the part that may be, and that part, which is empty where the box lies outside.
    """
    padded = np.pad(chances(mask), 1)
    (left, across), (top, down) = (
        _blend(len(padded), box[axis], box[axis + 2], mask.side, size[axis]) for axis in (0, 1)
    )
    return left, top, (down @ padded @ across.T).astype(np.float32, copy=False)


def _blend(count: int, low: float, high: float, side: int, whole: int) -> tuple[int, NDArray[np.float32]]:
    """The first pixel that a box with a margin has, of an axis with `whole`; and (P, count): what part each of `count`
    numbers has in each pixel."""
    middle, half = np.float32(low + high) * np.float32(0.5), np.float32(high - low) * np.float32(0.5)
    half *= np.float32(count / side)
    first, last = int(middle - half), int(middle + half)
    pixels = max(last - first + 1, 1)
    shown = np.arange(max(first, 0), min(last + 1, whole)) - first
    places = np.maximum((shown + 0.5) * (count / pixels) - 0.5, 0)
    weights = np.maximum(1 - np.abs(np.minimum(places, count - 1)[:, None] - np.arange(count)), 0)
    return max(first, 0), weights.astype(np.float32)


def taken(mask: Mask, box: Box, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(height, width): the pixels of a picture of `size` (width, height) that are of the thing."""
    found = np.zeros(size[::-1], bool)
    left, top, part = pasted(mask, box, size)
    found[top : top + len(part), left : left + part.shape[1]] = part > HALF
    return found


def counts(pixels: NDArray[np.bool_]) -> list[int]:
    """COCO's way to write pixels (H, W): how many are not of the thing, then how many are, and so on, column by
    column."""
    flat = pixels.T.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], changes, [len(flat)]])).tolist()
    return [0, *runs] if flat[:1].any() else runs


def coco_mask(pixels: NDArray[np.bool_]) -> dict[str, object]:
    """Pixels (H, W) as COCO's results have a segmentation: the runs compressed to letters."""
    return {"size": list(pixels.shape), "counts": letters(counts(pixels))}


def letters(runs: Sequence[int]) -> str:
    """COCO's runs as its results have them: each, from the fourth on what it is more than the one before the last, in
    five bits a letter, the lowest first; the sixth bit says that more follow. Source: rleToString of cocoapi."""
    told = []
    for number, run in enumerate(runs):
        rest, more = run - (runs[number - 2] if number > 2 else 0), True
        while more:
            bits, rest = rest & 31, rest >> 5
            more = rest != (-1 if bits & 16 else 0)
            told.append(chr(48 + bits + 32 * more))
    return "".join(told)


@lru_cache(maxsize=256)  # a picture is painted many times
def outlines(mask: Mask) -> tuple[Outline, ...]:
    """The lines around the thing, as shares of its box; a point is inside where an odd number of them goes around it.

    Between the middles of four parts each line runs straight (marching squares: Lorensen & Cline 1987).
    """
    numbers = np.pad(chances(mask), 1)
    inside = numbers > HALF
    corners = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    following: dict[tuple[int, int, bool], tuple[int, int, bool]] = {}
    for row, column in np.argwhere((corners > 0) & (corners < 15)).tolist():
        sides = (row, column, False), (row, column + 1, True), (row + 1, column, False), (row, column, True)
        for start, end in EDGES[int(corners[row, column])]:
            following[sides[start]] = sides[end]
    found = []
    while following:
        line, side = [], next(iter(following))
        while side in following:
            line.append(_crossing(numbers, side, mask.side))
            side = following.pop(side)
        found.append(tuple(line))
    return tuple(found)


def _crossing(numbers: NDArray[np.float32], side: tuple[int, int, bool], count: int) -> tuple[float, float]:
    """Where the chance is a half, between two parts below each other (True) or side by side."""
    row, column, down = side
    one, other = float(numbers[row, column]), float(numbers[row + down, column + (not down)])
    way = (HALF - one) / (other - one)
    x, y = column + (0 if down else way), row + (way if down else 0)
    return (x - 0.5) / count, (y - 0.5) / count
