"""Routes from one drawing to the next: only links near a change are led anew, others move along with their cards.

In the flow's axes, as `routes`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import NamedTuple

from explorer.maths.steps import Found, at_once
from explorer.network.direction import CARD, Box
from explorer.network.network import Network
from explorer.network.obstacles import NOTHING, Obstacles, united
from explorer.network.project import Place
from explorer.network.routes import Link, Route, around, finding_lanes, inlet, outlet, straight

Shift = tuple[float, float]
"""How far right and down a card has moved, scene units."""
MOST = 8
"""Different shifts up to which it is worth while to look for what stays; people and layouts move things in blocks."""
STILL: Shift = (0.0, 0.0)
FAR = 2.0**40
"""Scene units within which whole numbers, and what is reckoned from them here, are exact."""
Steps = Generator[int, None, Found]
"""Work that can be left for a while: says after each step how much that was, in links that stay as they are."""
STEP, LED = 200, 12
"""How much work a step is; a link that is led anew takes as long as so many that stay."""
ANY = -1
"""In place of a lane's number: a straight link takes none."""


class _Led(NamedTuple):
    """A link's route, the box that no other card may enter or leave for it to stay so, and the lane it wanted."""

    route: Route
    near: Box
    lane: int


class Routing:
    """The routes of what is drawn now. As `routes` finds them, but for the last bit of a number."""

    def __init__(self, card: Place = CARD) -> None:
        """card: the extents of each across and along."""
        self._card = card
        self._network = Network()
        self._places: dict[str, Place] = {}
        self._lanes: dict[str, int] = {}
        self._led: dict[Link, _Led] = {}

    def follow(self, network: Network, places: Mapping[str, Place]) -> dict[Link, Route]:
        """The routes of a network; fast where it, and where its cards lie, is nearly what it was at the last call."""
        return at_once(self.following(network, places))

    def following(self, network: Network, places: Mapping[str, Place]) -> Steps[dict[Link, Route]]:
        """The same step by step; who does not go on to the end leaves everything as it was."""
        before, was = self._network, self._places
        now = {id: places[id] for id in network.nodes if id in places}
        yield len(now)
        shifts = {id: STILL if place == was[id] else _shift(was[id], place) for id, place in now.items() if id in was}
        yield len(now)
        taken = self._lanes
        if network is not before:
            taken = yield from finding_lanes(network)
        card = self._card
        crowded = _crowded(was, now, shifts, card)
        yield len(now)
        obstacles: Obstacles | None = None
        led: dict[Link, _Led] = {}
        work = 0
        for target, node in network.nodes.items():
            if target not in now:
                continue
            inputs, shift, old = node.inputs, shifts.get(target), before.nodes.get(target)
            boxes = crowded.get(shift) if old and len(old.inputs) == len(inputs) else None
            for index, source in enumerate(inputs):
                if source not in now:
                    continue
                link, lane = (source, target, index), taken.get(source, 0)
                known = self._led.get(link) if boxes is not None and shifts.get(source) == shift else None
                if known and known.lane in (ANY, lane) and boxes is not None and shift and _free(known.near, boxes):
                    led[link] = known if shift is STILL else _shifted(known, *shift)
                    work += 1
                else:
                    if obstacles is None:
                        obstacles = Obstacles((), card)
                        yield from obstacles.taking(now.values())
                    ends = outlet(now[source], card), inlet(now[target], index, len(inputs), card)
                    led[link] = _new(obstacles, now[source], now[target], ends, lane)
                    work += LED
            if work >= STEP:
                yield work
                work = 0
        self._network, self._places, self._lanes, self._led = network, now, taken, led
        return {link: one.route for link, one in led.items()}


def _shift(was: Place, now: Place) -> Shift | None:
    """None where shifting a route by it could differ in a bit from finding it anew."""
    (x, y), right, down = was, now[0] - was[0], now[1] - was[1]
    exact = not (x % 1 or y % 1 or right % 1 or down % 1) and max(abs(x) + abs(right), abs(y) + abs(down)) < FAR
    return (right, down) if exact else None


def _crowded(
    was: Mapping[str, Place], now: Mapping[str, Place], shifts: Mapping[str, Shift | None], card: Place
) -> dict[Shift | None, list[Box]]:
    """For each shift, where it meets cards that moved otherwise, came or went: boxes as seen before the shift. Nothing
    where there are too many."""
    if not now:
        return {}
    left: dict[Shift | None, list[Place]] = {}
    for id, place in was.items():
        left.setdefault(shifts.get(id), []).append(place)
    if len(left) > MOST:
        return {}
    boxes = {shift: _box(places, card) for shift, places in left.items()}
    came = _box([place for id, place in now.items() if shifts.get(id) is None], card)
    found: dict[Shift | None, list[Box]] = {}
    for shift in boxes:
        if shift is not None:
            right, down = shift
            others = [box for other, box in boxes.items() if other != shift]
            arrived = [_moved(box, *other) for other, box in boxes.items() if other is not None and other != shift]
            found[shift] = others + [_moved(box, -right, -down) for box in (*arrived, came)]
    return found


def _box(places: list[Place], card: Place) -> Box:
    """Around all cards at these places."""
    if not places:
        return NOTHING
    across, down = zip(*places, strict=True)
    return min(across), min(down), max(across) + card[0], max(down) + card[1]


def _free(near: Box, boxes: list[Box]) -> bool:
    left, top, right, bottom = near
    for a, b, c, d in boxes:  # noqa: SIM110  all() takes thrice as long, and every link is asked
        if left <= c and right >= a and top <= d and bottom >= b:
            return False
    return True


def _new(obstacles: Obstacles, source: Place, target: Place, ends: tuple[Place, Place], lane: int) -> _Led:
    (ax, ay), (bx, by) = ends
    span = min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
    if straight(obstacles, *ends):
        return _Led(ends, span, ANY)
    route, near = obstacles.watched(partial(around, obstacles, source, target, ends, lane))
    return _Led(route, united(span, near), lane)


def _shifted(led: _Led, right: float, down: float) -> _Led:
    return _Led(tuple([(x + right, y + down) for x, y in led.route]), _moved(led.near, right, down), led.lane)


def _moved(box: Box, right: float, down: float) -> Box:
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down
