"""The places where each channel answers most strongly, kept up while picture after picture is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NONE = -1
"""Stands for the picture and the place where a channel has fewer than are kept."""
ALL = slice(None)


@dataclass(eq=False)
class TopPlaces:
    """The `count` largest values of each channel so far, with where they are; memory does not grow with the pictures.

    values (C, count) float32, largest first, −∞ where there are fewer; pictures (C, count) int32 numbers of pictures;
    places (C, count) int32, row · width + column. Of equal values the earlier picture's comes first, then the upper
    one, then the one to the left, in whatever order the pictures are seen.
    Source of looking at them: Zeiler & Fergus 2013, arXiv:1311.2901, figure 2.
    """

    values: NDArray[np.float32]
    pictures: NDArray[np.int32]
    places: NDArray[np.int32]

    @classmethod
    def empty(cls, channels: int, count: int) -> TopPlaces:
        """For channels that have seen nothing."""
        shape = channels, count
        return cls(np.full(shape, -np.inf, np.float32), np.full(shape, NONE, np.int32), np.full(shape, NONE, np.int32))

    def part(self, first: int, end: int) -> TopPlaces:
        """The channels from `first` to before `end`; what changes there changes here."""
        return TopPlaces(self.values[first:end], self.pictures[first:end], self.places[first:end])

    def set(self, other: TopPlaces) -> None:
        """Take over all places of another one of the same shape."""
        self.values[:], self.pictures[:], self.places[:] = other.values, other.pictures, other.places

    def entering(
        self, values: NDArray[np.float32], pictures: NDArray[np.int32], channels: NDArray[np.int64] | slice = ALL
    ) -> NDArray[np.bool_]:
        """Whether values of these pictures and channels would be among the channel's largest; NaN never is.

        The three are broadcast to each other: values (N, C) of all channels go with pictures (N, 1).
        """
        least, last = self.values[channels, -1], self.pictures[channels, -1]
        entering: NDArray[np.bool_] = (values > least) | ((values == least) & (pictures < last))
        return entering

    def add(
        self,
        channels: NDArray[np.int64],
        values: NDArray[np.float32],
        pictures: NDArray[np.int32],
        places: NDArray[np.int32],
    ) -> None:
        """Take in M values, each (M,) array telling one thing of them.

        Equal ones of a channel and picture come in the order of their places, and all of a picture's at once.
        """
        if not len(channels):
            return
        order = np.argsort(channels, kind="stable")
        channels = channels[order]
        first = np.nonzero(np.diff(channels, prepend=-1))[0]  # of each channel's
        counts = np.diff(first, append=len(channels))
        rows, kept, most = channels[first], self.values.shape[1], int(counts.max())
        at = np.repeat(np.arange(len(rows)), counts), kept + np.arange(len(order)) - np.repeat(first, counts)
        both = TopPlaces.empty(len(rows), kept + most)
        for mine, old, new in (
            (both.values, self.values, values),
            (both.pictures, self.pictures, pictures),
            (both.places, self.places, places),
        ):
            mine[:, :kept] = old[rows]
            mine[at] = new[order]
        best = np.argsort(~_rank(both.values, both.pictures), axis=1, kind="stable")[:, :kept]
        every = np.arange(len(rows))[:, None]
        for old, mine in (
            (self.values, both.values),
            (self.pictures, both.pictures),
            (self.places, both.places),
        ):
            old[rows] = mine[every, best]


def _rank(values: NDArray[np.float32], pictures: NDArray[np.int32]) -> NDArray[np.int64]:
    """Whole numbers in the order of the values, and of equal values in that of the pictures, the earlier one larger.

    A float's bits, read as a whole number, rise with it where it is positive, and fall where it is negative.
    """
    bits = (values + np.float32(0)).view(np.int32)  # 0 for −0, which is as large
    rising = np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits).astype(np.int64)
    return (rising << 32) - pictures
