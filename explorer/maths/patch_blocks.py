"""How the patches of many channels lie beside each other: a block of squares for each channel, blocks in rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, sqrt

GAP = 8
"""Pixels between blocks, and around them."""


@dataclass(frozen=True)
class Blocks:
    """The patches of C channels, `count` of each, squares of `side` pixels; `columns` blocks beside each other, and
    `caption` pixels above each.

    squares: how many each patch takes, beside each other. classes: into how many groups, one below the other, the
    patches of a channel fall; head: pixels before each group.
    """

    channels: int
    count: int
    side: int
    columns: int
    caption: int = 14
    squares: int = 1
    classes: int = 1
    head: int = 0

    @cached_property
    def each(self) -> int:
        """Patches of a group."""
        return self.count // self.classes

    @cached_property
    def across(self) -> int:
        """Patches beside each other in a block."""
        return ceil(sqrt(self.each))

    @cached_property
    def down(self) -> int:
        """Rows of patches of a group."""
        return ceil(self.each / self.across)

    @cached_property
    def wide(self) -> int:
        """Pixels across a patch, with what is beside it."""
        return self.squares * self.side

    @cached_property
    def block(self) -> tuple[int, int]:
        """Pixels from one block to the next, across and down."""
        down = self.classes * self.down
        return self.head + self.across * (self.wide + 1) + GAP, down * (self.side + 1) + GAP + self.caption

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
        group, place = divmod(rank, self.each)
        down, right = divmod(place, self.across)
        down += group * self.down
        return left + self.head + right * (self.wide + 1), top + self.caption + down * (self.side + 1)

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """Channel and rank of the patch under a pixel; None between patches."""
        width, height = self.block
        column, row = (x - GAP) // width, (y - GAP) // height
        channel = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= channel < self.channels):
            return None
        left, top = self.corner(channel, 0)
        (right, from_left), (down, from_top) = divmod(x - left, self.wide + 1), divmod(y - top, self.side + 1)
        group, row = divmod(down, self.down)
        place = row * self.across + right
        inside = from_left < self.wide and from_top < self.side and 0 <= right < self.across
        return (
            (channel, group * self.each + place) if inside and 0 <= group < self.classes and place < self.each else None
        )

    def between(self, top: int, bottom: int) -> range:
        """The channels that have something between two heights."""
        height = self.block[1]
        first, last = max(0, (top - GAP) // height), max(0, (bottom - GAP) // height)
        return range(min(self.channels, first * self.columns), min(self.channels, (last + 1) * self.columns))


def about_square(channels: int, count: int, side: int, classes: int = 1, head: int = 0) -> Blocks:
    """Blocks in as many columns as make the whole about as wide as high."""
    one = Blocks(channels, count, side, 1, classes=classes, head=head)
    width, height = one.block
    return replace(one, columns=max(1, min(channels, round(sqrt(channels * height / width)))))
