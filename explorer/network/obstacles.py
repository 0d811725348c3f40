"""Cards as obstacles: which of them lie in an area, and how to walk around them; in the flow's axes, as `routes`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterable
from itertools import pairwise
from math import floor, inf
from typing import TypeVar

from explorer.maths.steps import at_once
from explorer.network.direction import CARD, Box
from explorer.network.network import PART
from explorer.network.project import Place

Point = tuple[float, float]
STRIPE = 128.0
MARGIN = 12.0
BEND = 40.0  # a corner is worth a detour of so many units
AHEAD = 8  # points of a walk that are looked at for a shorter way
FEW = 8  # cards that are looked at faster than the columns they stand in
ROUNDING = 1e-6
"""How much further apart frames stay than they need to: two that touched could overlap by the last bit."""


NOTHING: Box = (inf, inf, -inf, -inf)
"""A box around nothing."""
Way = TypeVar("Way")


def united(a: Box, b: Box) -> Box:
    """The box around two boxes."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


class Obstacles:
    """Cards in upright stripes, each sorted from top to bottom: a question costs what lies near its area."""

    def __init__(self, places: Iterable[Place], card: Place = CARD) -> None:
        """card: the extents of each across and along."""
        self.card = card
        self._stripes: dict[int, list[Place]] = {}
        self._columns: dict[int, dict[float, list[float]]] = {}  # by stripe, once asked for
        self._margins: dict[Place, float] = {}
        self._seen: Box | None = None
        at_once(self.taking(places))

    def taking(self, places: Iterable[Place]) -> Generator[int, None, None]:
        """Take more cards in, before anything is asked, step by step; each step says how many cards it was."""
        width = self.card[0]
        for done, (left, top) in enumerate(places):
            if done % PART == PART - 1:
                yield PART
            for number in range(floor(left / STRIPE), floor((left + width) / STRIPE) + 1):
                self._stripes.setdefault(number, []).append((top, left))
        for stripe in self._stripes.values():
            yield len(stripe) // 8  # sorting takes less for each
            stripe.sort()

    def watched(self, find: Callable[[], Way]) -> tuple[Way, Box]:
        """What `find` finds here, and the box around all areas it asks for: what lies outside does not change it."""
        self._seen = NOTHING
        try:
            return find(), self._seen
        finally:
            self._seen = None

    def within(self, left: float, top: float, right: float, bottom: float) -> list[Place]:
        """Cards whose inside meets this area, which may be a line or a point; a touched edge does not count.

        A card that lies in several stripes may be named several times.
        """
        if self._seen is not None:
            self._seen = united(self._seen, (left, top, right, bottom))
        found: list[Place] = []
        width, height = self.card
        numbers: Iterable[int] = range(floor(left / STRIPE), floor(right / STRIPE) + 1)
        if right - left > STRIPE * len(self._stripes):  # places may be light-years apart
            numbers = self._stripes
        for number in numbers:
            stripe = self._stripes.get(number)
            if stripe:
                first, last = bisect_right(stripe, (top - height, inf)), bisect_left(stripe, (bottom, -inf))
                found += [(x, y) for y, x in stripe[first:last] if left - width < x < right]
        return found

    def lefts(self, left: float, top: float, right: float, bottom: float) -> list[float]:
        """The left edges of the cards that `within` finds there, each once or more.

        Where cards stand in columns, as layouts have them, a question about a high and narrow area takes as long as
        there are columns, not cards: of a DenseNet's links thousands ask.
        """
        if self._seen is not None:
            self._seen = united(self._seen, (left, top, right, bottom))
        found: list[float] = []
        width, height = self.card
        for number in range(floor(left / STRIPE), floor(right / STRIPE) + 1):
            stripe = self._stripes.get(number, [])
            first, last = bisect_right(stripe, (top - height, inf)), bisect_left(stripe, (bottom, -inf))
            columns = self._standing(number) if last - first > FEW else {}
            if columns and len(columns) < last - first:
                found += [
                    x
                    for x, tops in columns.items()
                    if left - width < x < right and bisect_right(tops, top - height) < bisect_left(tops, bottom)
                ]
            else:
                found += [x for _, x in stripe[first:last] if left - width < x < right]
        return found

    def _standing(self, number: int) -> dict[float, list[float]]:
        """The tops of a stripe's cards by their left edge, each sorted."""
        columns = self._columns.get(number)
        if columns is None:
            columns = self._columns[number] = {}
            for y, x in self._stripes[number]:
                columns.setdefault(x, []).append(y)
        return columns

    def between(self, a: Point, b: Point, clear: float = 0.0) -> list[Place]:
        """Cards nearer than `clear` to the box that two points span."""
        (ax, ay), (bx, by) = a, b
        return self.within(min(ax, bx) - clear, min(ay, by) - clear, max(ax, bx) + clear, max(ay, by) + clear)

    def margin(self, card: Place) -> float:
        """Half the way to the nearest other card, at most MARGIN: frames so wide around all cards never overlap."""
        known = self._margins.get(card)
        left, top, right, bottom = self._frame(card, 2 * MARGIN)
        if known is not None and self._seen is not None:
            self._seen = united(self._seen, (left, top, right, bottom))
        if known is None:
            width, height = self.card
            gaps = [
                max(abs(x - card[0]) - width, abs(y - card[1]) - height)
                for x, y in self.within(left, top, right, bottom)
                if (x, y) != card
            ]
            known = self._margins[card] = max(min(gaps, default=2 * MARGIN) / 2 - ROUNDING, 0.0)
        return known

    def walk(self, start: Point, goal: Point, share: float) -> list[Point]:
        """A way of level and upright pieces that crosses no card, for ends on the frames of their own cards.

        It goes straight with one turn, and around the frame of every card that it meets (Lumelsky and
        Stepanov 1987, Path-planning strategies for a point mobile automaton). Frames do not overlap,
        so walking along one is always free; share: their width in margins, from 0 to 1.
        """
        ways = [
            self._shortened(self._around([start, turn, goal], share))
            for turn in ((start[0], goal[1]), (goal[0], start[1]))
        ]
        return min(ways, key=lambda way: _length(way, BEND))

    def _around(self, line: list[Point], share: float) -> list[Point]:
        """The line, led around the frame of each card that it runs into."""
        near = {card for a, b in pairwise(line) for card in self.between(a, b, MARGIN)}
        crossings = []
        for box in (self._frame(card, share * self.margin(card)) for card in near):
            inside = [(leg, ends) for leg, (a, b) in enumerate(pairwise(line)) if (ends := _clipped(a, b, box))]
            if inside:
                (first, (entry, _)), (last, (_, leaving)) = inside[0], inside[-1]
                crossings.append((first, _far(line[first], entry), last, box, entry, leaving))
        way, leg = line[:1], 0
        for first, _, last, box, entry, leaving in sorted(crossings):
            way += (*line[leg + 1 : first + 1], entry, *_along(box, entry, leaving), leaving)
            leg = last
        return [*way, *line[leg + 1 :]]

    def _shortened(self, way: list[Point]) -> list[Point]:
        """The same way without turns that a single one can stand for."""
        short, i = way[:1], 0
        while i < len(way) - 1:
            here = way[i]
            step, turn = i + 1, way[i + 1]
            for j in range(min(i + AHEAD, len(way) - 1), i + 1, -1):
                there = way[j]
                for corner in ((here[0], there[1]), (there[0], here[1])):
                    if not self.between(here, corner, MARGIN / 3) and not self.between(corner, there, MARGIN / 3):
                        step, turn = j, corner
                        break
                if step == j:
                    break
            short += (turn, way[step])
            i = step
        return short

    def _frame(self, card: Place, width: float) -> Box:
        (x, y), (across, along) = card, self.card
        return x - width, y - width, x + across + width, y + along + width


def _clipped(a: Point, b: Point, box: Box) -> tuple[Point, Point] | None:
    """Where a level or upright piece is inside a box: from and to; None where it only touches it."""
    (ax, ay), (bx, by) = a, b
    left, top, right, bottom = box
    if not (min(ax, bx) < right and max(ax, bx) > left and min(ay, by) < bottom and max(ay, by) > top):
        return None
    return (
        (min(max(ax, left), right), min(max(ay, top), bottom)),
        (min(max(bx, left), right), min(max(by, top), bottom)),
    )


def _along(box: Box, a: Point, b: Point) -> list[Point]:
    """The corners that the shorter way along a box's edge from `a` to `b` passes."""
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    clockwise, counter = _turned(corners, a, b), _turned(corners[::-1], a, b)
    return min(clockwise, counter, key=lambda way: _length([a, *way, b]))


def _turned(corners: list[Point], a: Point, b: Point) -> list[Point]:
    """The corners from `a` to `b` in this direction."""
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    start = next((i for i, edge in enumerate(edges) if _on(a, *edge)), 0)
    way: list[Point] = []
    for i in range(start, start + 5):
        p, q = edges[i % 4]
        if _on(b, p, q) and (i > start or _far(p, a) <= _far(p, b)):
            return way
        way.append(q)
    return way


def _on(point: Point, p: Point, q: Point) -> bool:
    return all(min(a, b) <= x <= max(a, b) for x, a, b in zip(point, p, q, strict=True))


def _length(way: list[Point], bend: float = 0.0) -> float:
    """How long a way is, to what the eye can tell: of two that are as long the first is taken wherever they lie, which
    the last bits of a sum would not do."""
    return round(sum(_far(a, b) + bend for a, b in pairwise(way)), 2)


def _far(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
