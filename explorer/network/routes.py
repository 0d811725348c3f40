"""How links run around the cards: straight where they can, else by a lane beside what is in the way.

In the flow's axes, see `direction`: places are turned before they come here, and routes after that. Cards are as large
as `card` says, across and along; by itself as where links run down.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from functools import reduce
from itertools import pairwise
from operator import or_

from explorer.maths.steps import at_once
from explorer.network.direction import CARD
from explorer.network.network import PART, Network
from explorer.network.obstacles import Obstacles, Point
from explorer.network.project import Place
from explorer.network.ranking import forward, ranks

Link = tuple[str, str, int]
"""Source id, target id, and which input of the target it is."""
Route = tuple[Point, ...]

PORTS = 24.0  # between a join's inputs, where its edge has the room
STUB = 24.0  # how far along a link swings from its port to its lane
HIGHEST = 192.0  # of an S
BESIDE, APART = 12.0, 10.0  # first lane from the cards, and lane from lane
CLEAR = 6.0  # least room beside a lane
LANES = 64  # places looked at for a lane before a link walks around cards one by one


def outlet(place: Place, card: Place = CARD) -> Point:
    """Where the links of a node at `place` leave: the middle of its last edge."""
    return place[0] + card[0] / 2, place[1] + card[1]


def inlet(place: Place, index: int = 0, inputs: int = 1, card: Place = CARD) -> Point:
    """Where a node's input number `index` arrives: a join spreads its inputs along its first edge, in order."""
    apart = min(PORTS, card[0] / (inputs + 1))
    return place[0] + card[0] / 2 + (index - (inputs - 1) / 2) * apart, place[1]


def routes(
    network: Network, places: Mapping[str, Place], only: Collection[str] | None = None, card: Place = CARD
) -> dict[Link, Route]:
    """The points of each link from outlet to inlet, so that none passes through a card it does not belong to.

    Two points are to be joined by an S with upright ends inside the box they span; more points by straight
    pieces with rounded corners; both ends are upright. `only` leaves out links that touch none of these
    nodes; their lanes do not depend on it. The output of a node is one wire: its links may share a lane,
    those of different nodes do not where there is room beside the cards. Nodes without a place are left
    out. Only where cards lie on top of each other may a link cross one.
    """
    if only is None:
        targets = network.nodes.keys()
    else:
        targets = {user: None for id in only if id in network.nodes for user in (id, *network.users[id])}.keys()
    obstacles = Obstacles((places[id] for id in network.nodes if id in places), card)
    taken = lanes(network)
    found: dict[Link, Route] = {}
    for target in targets:
        inputs = network.nodes[target].inputs
        if target in places:
            for index, source in enumerate(inputs):
                if source in places and (only is None or target in only or source in only):
                    cards = places[source], places[target]
                    ends = outlet(cards[0], card), inlet(cards[1], index, len(inputs), card)
                    found[source, target, index] = _route(obstacles, *cards, ends, taken.get(source, 0))
    return found


def lanes(network: Network) -> dict[str, int]:
    """Which lane beside the cards each node's longer links take, counted outwards: short links inside long ones.

    It follows from the network alone, so that moving one node moves no other link.
    """
    return at_once(finding_lanes(network))


def finding_lanes(network: Network) -> Generator[int, None, dict[str, int]]:
    """The same step by step; each step says how much work that was, as `Routing.following` does."""
    rank = yield from _depths(network)
    spans: dict[str, tuple[int, int]] = {}
    for done, (id, node) in enumerate(network.nodes.items()):
        if done % PART == PART - 1:
            yield PART // 2
        here = rank[id]
        for source in node.inputs:
            above = rank[source]
            if here - above != 1:
                low, high = spans.get(source, (above, above))
                spans[source] = min(low, here), max(high, here)
    taken = [0] * (max(rank.values(), default=0) + 1)  # by rank, one bit for each lane
    found = {}
    for done, (source, (low, high)) in enumerate(sorted(spans.items(), key=lambda item: item[1][1] - item[1][0])):
        if done % PART == PART - 1:
            yield PART // 2
        free = ~reduce(or_, taken[low:high], 0)
        bit = free & -free
        found[source] = bit.bit_length() - 1
        for i in range(low, high):
            taken[i] |= bit
    return found


def _depths(network: Network) -> Generator[int, None, dict[str, int]]:
    """`ranks` of `forward`, more simply where there is no loop."""
    yield from network.finding_order()
    order = network.order
    if len(order) < len(network.nodes):
        return ranks(forward(network))
    rank: dict[str, int] = {}
    for done, node in enumerate(order):
        if done % PART == PART - 1:
            yield PART // 2
        inputs = node.inputs
        if len(inputs) == 1:
            rank[node.id] = rank[inputs[0]] + 1
        else:
            rank[node.id] = max([rank[i] + 1 for i in inputs], default=0)
    return rank


def straight(obstacles: Obstacles, start: Point, goal: Point) -> bool:
    """Whether a link needs no more points than its ends."""
    fall = goal[1] - start[1]
    return fall >= STUB and (fall <= HIGHEST or start[0] == goal[0]) and not obstacles.between(start, goal)


def around(obstacles: Obstacles, source: Place, target: Place, ends: tuple[Point, Point], lane: int) -> Route:
    """The way of a link that is not straight."""
    start, goal = ends
    way = _by_lane(obstacles, start, goal, BESIDE + APART * lane)
    if way is None:
        share = (1 + lane % 3) / 3
        below = start[0], start[1] + share * obstacles.margin(source)
        above = goal[0], goal[1] - share * obstacles.margin(target)
        way = [start, *obstacles.walk(below, above, share), goal]
    plain = _plain(way)
    if len(plain) == 2 and start[0] != goal[0]:  # level, between touching cards: not an S
        return start, ((start[0] + goal[0]) / 2, start[1]), goal
    return plain


def _route(obstacles: Obstacles, source: Place, target: Place, ends: tuple[Point, Point], lane: int) -> Route:
    return ends if straight(obstacles, *ends) else around(obstacles, source, target, ends, lane)


def _by_lane(obstacles: Obstacles, start: Point, goal: Point, beside: float) -> list[Point] | None:
    """Out of the port, over to a free lane, along it, and back to the port."""
    (sx, sy), (gx, gy) = start, goal
    falls = gy - sy >= 2 * STUB
    swing = STUB / 3 if falls else STUB
    for x in _free_lanes(obstacles, start, goal, beside):
        if not obstacles.between(start, (x, sy + STUB)) and not obstacles.between((x, gy - STUB), goal):
            return [start, (sx, sy + swing), (x, sy + STUB), (x, gy - STUB), (gx, gy - swing), goal]
    return None


def _free_lanes(obstacles: Obstacles, start: Point, goal: Point, beside: float) -> Iterator[float]:
    """Where nothing lies between the heights of two ports: straight below or above one, else beside the cards."""
    top, bottom = sorted((start[1] + STUB, goal[1] - STUB))
    in_the_way = {x: obstacles.lefts(x - CLEAR, top, x + CLEAR, bottom) for x in (start[0], goal[0])}
    yield from (x for x, lefts in in_the_way.items() if not lefts)
    for lefts in filter(None, in_the_way.values()):
        lanes = [
            lane for side in (1, -1) if (lane := _beside(obstacles, lefts, top, bottom, side * beside)) is not None
        ]
        yield from sorted(lanes, key=lambda x: abs(x - start[0]) + abs(x - goal[0]))


def _beside(obstacles: Obstacles, lefts: list[float], top: float, bottom: float, beside: float) -> float | None:
    """The first free lane right of the cards with these left edges; left of them where `beside` is negative."""
    for _ in range(LANES):
        x = beside + (max(lefts) + obstacles.card[0] if beside > 0 else min(lefts))
        lefts = obstacles.lefts(x - CLEAR, top, x + CLEAR, bottom)
        if not lefts:
            return x
    return None


def _plain(way: list[Point]) -> Route:
    """Without points that the line passes through anyway."""
    kept = way[:1]
    for point, after in pairwise(way[1:]):
        (ax, ay), (bx, by), (cx, cy) = kept[-1], point, after
        if point != kept[-1] and (bx - ax) * (cy - by) != (by - ay) * (cx - bx):
            kept.append(point)
    return (*kept, way[-1])
