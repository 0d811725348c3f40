"""How filters are laid out on a sheet, and which number lies under a point of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize


@dataclass(frozen=True)
class Spot:
    """One number: of the filter in place `at` of the order, of which of its channels, where."""

    at: int
    channel: int
    row: int
    column: int


@dataclass(frozen=True)
class FilterTiling:
    """`count` filters of `each` tiles of height × width numbers, `cell` pixels wide; all lengths are pixels.

    A filter of several tiles has a row for itself, behind its number, `head` wide; one of a single tile stands beside
    others, as many as fit into `room`.
    """

    count: int
    each: int
    height: int
    width: int
    cell: int
    head: int
    room: int

    @property
    def gap(self) -> int:
        """Between tiles; the numbers of a matrix have none."""
        return 0 if self.each > 1 and self.height * self.width == 1 else 2

    @property
    def step(self) -> tuple[int, int]:
        """From one tile to the next, across and down."""
        return self.width * self.cell + self.gap, self.height * self.cell + self.gap

    @property
    def across(self) -> int:
        """Filters beside each other."""
        return 1 if self.each > 1 else max(1, (self.room - self.head + self.gap) // self.step[0])

    @property
    def size(self) -> QSize:
        """Of the whole sheet."""
        wide, high = self.step
        rows = -(-self.count // self.across)
        return QSize(self.head + self.each * self.across * wide - self.gap, rows * high - self.gap)

    def area(self, at: int) -> QRect:
        """Where the tiles of a filter lie."""
        row, column = divmod(at, self.across)
        wide, high = self.step
        return QRect(self.head + column * wide, row * high, self.each * wide - self.gap, high - self.gap)

    def square(self, spot: Spot) -> QRect:
        """Where a number lies."""
        corner, cell = self.area(spot.at).topLeft(), self.cell
        x = corner.x() + spot.channel * self.step[0] + spot.column * cell
        return QRect(x, corner.y() + spot.row * cell, cell, cell)

    def at(self, point: QPoint) -> Spot | None:
        """The number that lies there; None in a gap and outside."""
        wide, high = self.step
        x, y = point.x() - self.head, point.y()
        if x < 0 or y < 0 or x % wide >= self.width * self.cell or y % high >= self.height * self.cell:
            return None
        tile, row = x // wide, y // high
        at, channel = (row, tile) if self.each > 1 else (row * self.across + tile, 0)
        if at >= self.count or tile >= self.each * self.across:
            return None
        return Spot(at, channel, y % high // self.cell, x % wide // self.cell)

    def in_sight(self, seen: QRect) -> tuple[range, range]:
        """The rows and columns of tiles that reach into a part of the sheet; all columns where filters stand beside
        each other."""
        wide, high = self.step
        rows = range(max(0, seen.top() // high), min(-(-self.count // self.across), seen.bottom() // high + 1))
        if self.each == 1:
            return rows, range(self.across)
        left = max(0, (seen.left() - self.head) // wide)
        return rows, range(left, min(self.each, (seen.right() - self.head) // wide + 1))
