"""The frames around open groups: how much room they take, and where they are while what lies in them moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from explorer.maths.differing import differing
from explorer.network.direction import CARD, GRID, Box, Direction
from explorer.network.groups import TOP, Groups
from explorer.network.project import Place

SIDE = 2 * GRID
"""Room between an open group's frame and what lies in it, left, right and below, scene units."""
HEAD = 3 * GRID
"""The same above, where its name stands."""


class Frame(NamedTuple):
    """A rectangle in scene units."""

    left: float
    top: float
    right: float
    bottom: float


class Axes(NamedTuple):
    """What things measure in the flow's axes: a card, and the room on four sides between a frame and what is in it."""

    direction: Direction
    card: Place
    room: Box

    def taken(self, place: Place) -> Frame:
        """By a card."""
        return Frame(place[0], place[1], place[0] + self.card[0], place[1] + self.card[1])

    def around(self, parts: Sequence[Box]) -> Frame:
        """By a group with these parts."""
        lefts, tops, rights, bottoms = zip(*parts, strict=True)
        left, top, right, bottom = self.room
        return Frame(min(lefts) - left, min(tops) - top, max(rights) + right, max(bottoms) + bottom)


def _room(direction: Direction) -> Box:
    """Between a frame and what lies in it, as the scene has it. Where links run to the right, those that pass above a
    row of cards do so below the name."""
    return SIDE, HEAD + (SIDE if direction.turns else 0.0), SIDE, SIDE


FEW = 0.25
"""Of all that is drawn: where more lies elsewhere, to tell which frames stay takes longer than to find them anew."""
NONE: Mapping[str, Frame] = {}
AXES = {one: Axes(one, one.card, one.boxed(_room(one))) for one in Direction}
SCENE = {one: Axes(Direction.TOP_DOWN, CARD, _room(one)) for one in Direction}
"""The same in the scene's axes, which are those of a flow that runs down."""


def frames(groups: Groups, places: Mapping[str, Place], direction: Direction = Direction.TOP_DOWN) -> dict[str, Frame]:
    """The frame around each open group that is seen, the outermost first; places: of all that is drawn."""
    return frames_in(groups, places, SCENE[direction])


def frames_in(
    groups: Groups, places: Mapping[str, Place], axes: Axes, around: str = TOP, known: Mapping[str, Frame] = NONE
) -> dict[str, Frame]:
    """The same in the axes of these places; around: only of this group and of those in it. known: those that are just
    so."""
    found: dict[str, Frame] = {}
    (width, height), room = axes.card, axes.room
    for id in reversed(_opened_in(groups, around) if around else groups.opened):
        if id in known:
            found[id] = known[id]
            continue
        left, top, right, bottom = inf, inf, -inf, -inf
        for part in groups.parts(id):
            if part in found:
                a, b, c, d = found[part]
            else:
                a, b = places[part]
                c, d = a + width, b + height
            left, right = a if a < left else left, c if c > right else right
            top, bottom = b if b < top else top, d if d > bottom else bottom
        found[id] = Frame(left - room[0], top - room[1], right + room[2], bottom + room[3])
    return dict(reversed(found.items()))


def _opened_in(groups: Groups, around: str) -> list[str]:
    """An open group and those in it that are seen."""
    inside = {around: None}
    for id in groups.opened:  # each behind the one it lies in
        if groups.groups[id].parent in inside:
            inside[id] = None
    return list(inside)


class Framing(NamedTuple):
    """The frames around the open groups of a network, and what they were found for."""

    groups: Groups
    places: Mapping[str, Place]
    direction: Direction
    frames: dict[str, Frame]

    def following(self, groups: Groups, places: Mapping[str, Place], direction: Direction) -> Framing:
        """The same for others: a frame is found anew only where something in it is another, or lies elsewhere."""
        if not groups:
            return Framing(groups, places, direction, {})
        known, other = {}, differing(self.places, places)
        if direction == self.direction and len(other) < len(places) * FEW:
            other |= groups.differing(self.groups)
            anew = {id for one in other for each in (self.groups, groups) for id in each.path(one)}
            known = {id: frame for id, frame in self.frames.items() if id not in anew}
        return Framing(groups, places, direction, frames_in(groups, places, SCENE[direction], known=known))
