"""Scale a picture by blending the four nearest pixels, without averaging, as several frameworks do."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = ("corners", "asymmetric")
"""Ways to scale that put the middles of the first pixels on each other."""
BLENDED = (*FIRST, "centres")
"""Ways to scale that blend the four nearest pixels, without averaging."""
BLOCK = 1 << 16
"""Numbers that are blended at once: arrays of more would be got from the system anew each time, page by page."""


def blended(
    pixels: NDArray[np.uint8], scaled: tuple[float, float], box: tuple[int, int, int, int], scaling: str = "corners"
) -> NDArray[np.float32]:
    """`box` out of pixels (H, W, …) scaled to `scaled` (width, height), black where it lies outside.

    Each number is blended of the four nearest pixels; the first of both sizes lie on each other, and with "corners" the
    last, too (torch's align_corners, Darknet's resize_image); with "centres" their edges. Nothing is averaged: of a
    much larger picture most pixels are passed over.
    """
    depth = prod(pixels.shape[2:])
    left, right, across, columns = _along_row(pixels.shape[1], scaled[0], scaling, box[0], box[2], depth)
    above, below, down, rows = _along_row(len(pixels), scaled[1], scaling, box[1], box[3], 1)
    down = down[:, None]
    lines = pixels.reshape(len(pixels), -1)
    found = np.empty((len(down), len(across)), np.float32)

    def along(near: NDArray[np.uint8]) -> NDArray[np.float32]:
        # No place lies outside: "wrap" saves looking at that a second time.
        first: NDArray[np.float32] = near.take(left, 1, mode="wrap").astype(np.float32)
        second = near.take(right, 1, mode="wrap").astype(np.float32)
        return _between(first, second, across, second)

    at_once = max(1, BLOCK // len(across))
    for start in range(0, len(down), at_once):
        part = slice(start, start + at_once)
        over, under = above[part], below[part]
        top, bottom = int(over[0]), int(under[-1]) + 1
        if bottom - top < 2 * len(over):  # as a rule, a line lies above one and below another
            shared = along(lines[top:bottom])
            upper, lower = shared[over - top], shared[under - top]
        else:
            upper, lower = along(lines[over]), along(lines[under])
        _between(upper, lower, down[part], found[part])
    if not (rows.all() and columns.all()):
        found[~rows], found[:, ~columns] = 0, 0
    return found.reshape(len(down), -1, *pixels.shape[2:])


def _between(
    first: NDArray[np.float32], second: NDArray[np.float32], share: NDArray[np.float32], into: NDArray[np.float32]
) -> NDArray[np.float32]:
    """first + (second - first) · share, which leaves what is even as it is; `second` is used up."""
    second -= first
    second *= share
    return np.add(first, second, out=into)


def step_between(scaling: str, size: int, scaled: float) -> float:
    """How many of a picture's pixels lie between two of the scaled one's."""
    return (size - 1) / max(scaled - 1, 1) if scaling == "corners" else size / scaled


@lru_cache(maxsize=8)  # the frames of a video are all of one size
def _along_row(size: int, scaled: float, scaling: str, start: int, end: int, depth: int) -> tuple[NDArray[Any], ...]:
    """As `_nearest`, for each of `depth` colours that lie beside each other in a row, as they do: number by number is
    many times as fast as pixel by pixel."""
    before, after, share, inside = _nearest(size, scaled, scaling, start, end)
    before, after = ((side[:, None] * depth + np.arange(depth)).ravel() for side in (before, after))
    found = before, after, np.repeat(share, depth), np.repeat(inside, depth)
    for one in found:
        one.flags.writeable = False
    return found


def _nearest(size: int, scaled: float, scaling: str, start: int, end: int) -> tuple[NDArray[Any], ...]:
    """For each place from start to end of a scaled axis: the pixel before and after it, the share of the one after
    it, and whether it is inside."""
    places, step = np.arange(start, end), step_between(scaling, size, scaled)
    position = places.astype(np.float32) * np.float32(step)
    if scaling == "centres":  # in torch's order, so that it rounds alike
        position = np.maximum((places.astype(np.float32) + np.float32(0.5)) * np.float32(step) - np.float32(0.5), 0)
    before = np.clip(position.astype(np.int64), 0, size - 1)
    share = np.clip(position - before.astype(np.float32), 0, 1)
    return before, np.minimum(before + 1, size - 1), share, (places >= 0) & (places < scaled)
