"""From what a cascade's stages say to boxes: the sizes of a picture, what is cut out of it, and which boxes go on.

Source: Zhang et al. 2016, arXiv:1604.02878, section II; the rounding, the pixel that is added to a box's sides and
what becomes of boxes at the edge are those of the Python package mtcnn 1.0.0, whose weights are used here.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

ROWS = 512
"""Of overlaps held at once."""
GREY = 127.5
"""What lies outside of the picture."""
MOST = 5_000
"""Only so many boxes, the best, go on: a network with random weights proposes a million."""


def scales(size: tuple[int, int], window: int, smallest: int, factor: float) -> list[float]:
    """How much smaller a picture of `size` becomes, step by step, for a window to hold things from `smallest` pixels to
    about the whole picture."""
    least = min(size)
    count = round(-(log(least / window) / log(factor) + 1)) if least >= window else 0
    return [window / smallest * factor**step for step in range(count)]


def summed(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(H + 1, W, 3): the sums of all pixels (H, W, 3) above each edge between two rows, up to eight million of them."""
    sums = np.zeros((len(pixels) + 1, *pixels.shape[1:]), np.int32)
    np.cumsum(pixels, 0, np.int32, out=sums[1:])
    return sums


def averaged(sums: NDArray[np.int32], height: int, width: int) -> Floats:
    """The picture with these sums made smaller, (height, width, 3): each number is the mean of the area it covers,
    parts of pixels included."""
    rows = _means(sums, height)  # [height, W, 3]
    across = np.zeros((rows.shape[1] + 1, height, rows.shape[2]))
    np.cumsum(rows.swapaxes(0, 1), 0, out=across[1:])
    return _means(across, width).swapaxes(0, 1)


def _means(sums: NDArray[Any], count: int) -> Floats:
    """The means of `count` equal parts of what was summed along the first axis."""
    size = len(sums) - 1
    ends = np.arange(count + 1) * (size / count)
    whole = np.minimum(ends.astype(np.int64), size - 1)
    share = (ends - whole).reshape(-1, *(1 for _ in sums.shape[1:]))
    means: Floats = np.diff(sums[whole] * (1 - share) + sums[whole + 1] * share, axis=0) / (size / count)
    return means


def patches(pixels: NDArray[np.uint8], boxes: Floats, height: int, width: int) -> NDArray[np.float32]:
    """(N, height, width, 3): what is in boxes (N, 4), blended of four pixels each, the corners on the boxes' own."""
    high, wide = pixels.shape[:2]
    left, top, right, bottom = boxes.T[:, :, None]
    y = (top + (bottom - top) * np.linspace(0, 1, height)) * (high - 1) / high  # [N, height]
    x = (left + (right - left) * np.linspace(0, 1, width)) * (wide - 1) / wide
    inside = ((y >= 0) & (y <= high - 1))[:, :, None] & ((x >= 0) & (x <= wide - 1))[:, None]
    y, x = np.clip(y, 0, high - 1)[:, :, None, None], np.clip(x, 0, wide - 1)[:, None, :, None]
    above, before = y.astype(np.int64), x.astype(np.int64)
    below, after = np.minimum(above + 1, high - 1), np.minimum(before + 1, wide - 1)
    down, across = (y - above).astype(np.float32), (x - before).astype(np.float32)

    def at(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.uint8]:
        return pixels[rows[..., 0], columns[..., 0]]

    upper = at(above, before) * (1 - across) + at(above, after) * across
    lower = at(below, before) * (1 - across) + at(below, after) * across
    found: NDArray[np.float32] = np.where(inside[..., None], upper * (1 - down) + lower * down, np.float32(GREY))
    return found


def proposed(numbers: Floats, least: float, window: int, step: int) -> tuple[Floats, Floats]:
    """Boxes (N, 4) in pixels of what a network slid over, and their chances (N,), the highest first.

    numbers: (6, H, W), the chances of nothing and of something, and the sides; each unit sees window × window pixels,
    the next one `step` further.
    """
    rows, columns = np.nonzero(numbers[1] > least)
    chances = numbers[1, rows, columns]
    starts = np.stack((columns, rows, columns, rows), 1) * step + np.array([1, 1, window, window])
    boxes = starts + numbers[2:6, rows, columns].T * (window - 1)
    order = np.argsort(-chances, kind="stable")
    return boxes[order], chances[order]


def moved(boxes: Floats, sides: Floats) -> Floats:
    """Boxes (N, 4) whose sides go as far as a stage says, in parts of the box."""
    return boxes + sides * _sizes(boxes)


def placed(boxes: Floats, landmarks: Floats) -> Floats:
    """(N, L, 2): landmarks (N, 2·L), all across and then all down in parts of a box, in pixels of the picture."""
    points = landmarks.reshape(len(boxes), 2, landmarks.shape[1] // 2).swapaxes(1, 2)
    found: Floats = points * _sizes(boxes)[:, None, :2] + boxes[:, None, :2] - 1
    return found


def _sizes(boxes: Floats) -> Floats:
    """(N, 4): width and height, twice; the pixel at the end counts."""
    return np.tile(boxes[:, 2:] - boxes[:, :2] + 1, 2)


def squared(boxes: Floats) -> Floats:
    """Each box as the square around its middle that is as large as its longer side."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    half = sizes.max(1, keepdims=True) / 2
    middles = boxes[:, :2] + sizes / 2
    return np.concatenate((middles - half, middles + half), 1)


def unrivalled(boxes: Floats, limit: float, share: str = "both") -> NDArray[np.bool_]:
    """(N,): whether none of the boxes before it, which are better ones, overlaps a box by more than `limit`.

    Unlike in greedy suppression, a box that is dropped itself drops others. share: of what both boxes cover, or of the
    "smaller" one, in [0, 1].
    """
    kept = np.ones(len(boxes), np.bool_)
    sizes = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    for start in range(0, len(boxes), ROWS):
        some = boxes[start : start + ROWS]
        low = np.maximum(some[:, None, :2], boxes[None, :, :2])
        high = np.minimum(some[:, None, 2:], boxes[None, :, 2:])
        both = np.maximum(high - low, 0).prod(2)
        mine = sizes[start : start + ROWS, None]
        of = np.minimum(mine, sizes) if share == "smaller" else mine + sizes - both
        with np.errstate(divide="ignore", invalid="ignore"):
            rivals = both / of > limit
        kept[start : start + ROWS] = ~np.tril(rivals, start - 1).any(1)
    return kept
