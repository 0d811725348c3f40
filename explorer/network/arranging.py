"""A project laid out anew, with links that run one way or the other; what lies beside the layers stays beside them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Generator, Mapping
from dataclasses import replace
from math import inf

from explorer.maths.steps import at_once
from explorer.network.annotations import FARTHEST, Annotation, Arrow
from explorer.network.direction import Direction, Pair
from explorer.network.project import Place, Project
from explorer.network.unfolding import laying_out

NOWHERE: Pair = (0.0, 0.0)


def rearranged(project: Project, direction: Direction) -> Project:
    """The project laid out anew, its links running this way.

    Notes, arrows and the middles of bookmarks keep their distance to the nearest card, on the side of it that they are
    on: where the way of the links changes, what was right of a card comes below it.
    """
    return at_once(rearranging(project, direction))


def rearranging(project: Project, direction: Direction) -> Generator[int, None, Project]:
    """The same step by step; see `arranging`."""
    places = yield from laying_out(project.network, project.groups, direction)
    after = replace(project.moved(places), direction=direction)
    before = {id: project.places[id] for id in places if id in project.places}
    if not before or not (project.annotations or project.bookmarks):
        return after
    carrier = _Carrier(before, places, project.direction, direction)
    notes = {id: carrier.annotation(each) for id, each in project.annotations.items()}
    views = {number: replace(view, middle=carrier.box(view.middle)) for number, view in project.bookmarks.items()}
    return replace(after, annotations=notes, bookmarks=views)


class _Carrier:
    """Takes things along with the cards that they lie beside."""

    def __init__(self, before: Mapping[str, Place], after: Mapping[str, Place], old: Direction, new: Direction) -> None:
        self._old, self._new, self._after = old, new, new.placed(after)
        self._before = sorted((place[::-1], id) for id, place in old.placed(before).items())  # along the flow

    def annotation(self, each: Annotation) -> Annotation:
        """An arrow's ends go each its own way."""
        if not isinstance(each, Arrow):
            return replace(each, place=self.box(each.place, each.size))
        x, y = self.box(each.place)
        tip = self.box((each.place[0] + each.size[0], each.place[1] + each.size[1]))
        return replace(each, place=(x, y), size=(_reachable(tip[0] - x), _reachable(tip[1] - y)))

    def box(self, place: Place, size: Pair = NOWHERE) -> Place:
        """Where a box of this size comes to lie, as the scene has it."""
        start, was, now = self._old.turned(place), self._old.turned(size), self._new.turned(size)
        id, corner = self._nearest(start, was)
        sides = zip(start, was, now, corner, self._old.card, self._after[id], self._new.card, strict=True)
        x, y = (_carried(*side) for side in sides)
        return self._new.turned((_reachable(x), _reachable(y)))

    def _nearest(self, start: Place, size: Pair) -> tuple[str, Place]:
        """The card with the least way to a box, of several that which begins where the box does, and where it was; in
        the flow's axes."""
        best, found = (inf, inf), ("", NOWHERE)
        at = bisect(self._before, ((start[1], start[0]), ""))
        for cards in (self._before[at:], reversed(self._before[:at])):
            for (y, x), id in cards:
                along = _gap(start[1], size[1], y, self._old.card[1])
                if along > best[0]:  # and so are all beyond
                    break
                way = along + _gap(start[0], size[0], x, self._old.card[0]), abs(start[1] - y)
                if way < best:
                    best, found = way, (id, (x, y))
        return found


def _gap(a: float, long: float, b: float, wide: float) -> float:
    return max(0.0, b - a - long, a - b - wide)


def _carried(start: float, was: float, now: float, card: float, old: float, after: float, new: float) -> float:
    """Where something begins on one axis that began at `start` and was so long, beside a card of the old extent, when
    that is of the new extent and elsewhere: behind it, before it, or in its range."""
    if (old, was) == (new, now):
        return start + (after - card)  # to the last bit where it stays
    if start >= card + old:
        return after + new + start - card - old
    if start + was <= card:
        return after - (card - start - was) - now
    return after + (start - card) * new / old


def _reachable(value: float) -> float:
    return max(-FARTHEST, min(FARTHEST, value))
