"""How the patches of many channels lie beside each other: a block of squares for each channel, blocks in rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt

GAP = 8
"""Pixels between blocks, and around them."""


@dataclass(frozen=True)
class Blocks:
    """The patches of C channels, `count` of each, squares of `side` pixels; `columns` blocks beside each other, and
    `caption` pixels above each."""

    channels: int
    count: int
    side: int
    columns: int
    caption: int = 14

    @cached_property
    def across(self) -> int:
        """Patches beside each other in a block."""
        return ceil(sqrt(self.count))

    @cached_property
    def block(self) -> tuple[int, int]:
        """Pixels from one block to the next, across and down."""
        down = ceil(self.count / self.across)
        return self.across * (self.side + 1) + GAP, down * (self.side + 1) + GAP + self.caption

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of all."""
        width, height = self.block
        return self.columns * width + GAP, ceil(self.channels / self.columns) * height + GAP

    def corner(self, channel: int, rank: int | None = None) -> tuple[int, int]:
        """Left and top of a channel's caption, or of its patch of this rank, from 0."""
        (width, height), (row, column) = self.block, divmod(channel, self.columns)
        left, top = GAP + column * width, GAP + row * height
        if rank is None:
            return left, top
        down, right = divmod(rank, self.across)
        return left + right * (self.side + 1), top + self.caption + down * (self.side + 1)

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """Channel and rank of the patch under a pixel; None between patches."""
        width, height = self.block
        column, row = (x - GAP) // width, (y - GAP) // height
        channel = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= channel < self.channels):
            return None
        left, top = self.corner(channel, 0)
        right, down = (x - left) // (self.side + 1), (y - top) // (self.side + 1)
        rank = down * self.across + right
        inside = (x - left) % (self.side + 1) < self.side and (y - top) % (self.side + 1) < self.side
        return (channel, rank) if inside and 0 <= right < self.across and 0 <= rank < self.count else None

    def between(self, top: int, bottom: int) -> range:
        """The channels that have something between two heights."""
        height = self.block[1]
        first, last = max(0, (top - GAP) // height), max(0, (bottom - GAP) // height)
        return range(min(self.channels, first * self.columns), min(self.channels, (last + 1) * self.columns))


def about_square(channels: int, count: int, side: int) -> Blocks:
    """Blocks in as many columns as make the whole about as wide as high."""
    width, height = Blocks(channels, count, side, 1).block
    return Blocks(channels, count, side, max(1, min(channels, round(sqrt(channels * height / width)))))
