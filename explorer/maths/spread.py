"""How numbers are spread that come bit by bit, in ranges that widen as they need to."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import frexp, isfinite

import numpy as np
from numpy.typing import NDArray

BINS = 64
"""Ranges at most; they fill at least half of them."""
FINEST, WIDEST = -60, 128
"""The exponents of the narrowest range, and of one that is wider than any number in float32."""


@dataclass(eq=False)
class Spread:
    """Counts of numbers in ranges [i·2^exponent, (i + 1)·2^exponent), the first from i = `first` on.

    Two narrow ranges become a wide one, always the same two: the counts are those of all numbers at once, in
    whatever order and parts they came. counts (BINS,) int64.
    """

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    exponent: int = FINEST
    first: int = 0

    def add(self, numbers: NDArray[np.float32]) -> None:
        """Count more numbers, of any shape; those that are not finite are left out."""
        flat = numbers.reshape(-1)
        if not flat.size:
            return
        low, high = float(flat.min()), float(flat.max())
        if not (isfinite(low) and isfinite(high)):  # which it is not where any number is not
            flat = flat[np.isfinite(flat)]
            if not flat.size:
                return
            low, high = float(flat.min()), float(flat.max())
        if self.counts.any():
            width = 2.0**self.exponent
            low, high = min(low, self.first * width), max(high, self._last * width)
        exponent = max(self.exponent, _fitting(low, high))
        self._widen(exponent, int(np.floor(low * 2.0**-exponent)))
        place = np.multiply(flat, 2.0**-exponent, dtype=np.float64)
        whole = np.floor(place, out=place).astype(np.int64)
        whole -= self.first
        self.counts += np.bincount(whole, minlength=BINS)

    def ranges(self) -> tuple[list[int], float, float]:
        """The counts from the first to the last range that holds a number, and where these begin and end."""
        there = np.nonzero(self.counts)[0]
        if not len(there):
            return [0], 0.0, 0.0
        start, end, width = int(there[0]), int(there[-1]) + 1, 2.0**self.exponent
        return self.counts[start:end].tolist(), (self.first + start) * width, (self.first + end) * width

    @property
    def _last(self) -> int:
        return self.first + int(np.nonzero(self.counts)[0][-1])

    def _widen(self, exponent: int, first: int) -> None:
        """Have ranges of this width from this one on, which all numbers so far fit into."""
        there = np.nonzero(self.counts)[0]
        moved = np.zeros(BINS, np.int64)
        shift = min(exponent - self.exponent, 62)  # beyond, only 0 and −1 are left
        np.add.at(moved, ((there + self.first) >> shift) - first, self.counts[there])
        self.counts, self.exponent, self.first = moved, exponent, first


def _fitting(low: float, high: float) -> int:
    """The exponent of the narrowest ranges of which BINS reach from low to high."""
    exponent = max(FINEST, frexp(max(high - low, abs(low) * 2.0**-32, abs(high) * 2.0**-32))[1] - 7)
    while np.floor(high * 2.0**-exponent) - np.floor(low * 2.0**-exponent) >= BINS:
        exponent += 1
    return exponent
