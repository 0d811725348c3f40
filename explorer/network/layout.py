"""Where nodes lie when nobody has placed them: along the flow, the longest path straight, nothing overlapping.

The layered method (Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical
system structures"): longest-path ranks, barycentre sweeps for the order within a rank, then each node
as near as its neighbours allow to the median of what it is linked with. Only links that no longer path
implies take part; the others, such as a residual network's shortcuts, run in lanes beside the cards.
`routes` draws them all. `ranking` has the ranks, `layered` the drawing of one part.

All of it is reckoned in the flow's axes, see `direction`: x runs across it, y along it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from itertools import accumulate
from math import isqrt

from explorer.maths.steps import at_once
from explorer.network.direction import Direction
from explorer.network.layered import LayeredPart, Room
from explorer.network.network import Network
from explorer.network.project import Place
from explorer.network.ranking import forward

WALKS = 3  # how often each node is looked at until it is known in which order all run


def arranged(
    network: Network, rooms: Mapping[str, Room] | None = None, direction: Direction = Direction.TOP_DOWN
) -> dict[str, Place]:
    """Where every node begins across and along the flow; the same network always gets the same places.

    Links run along the flow, except one of each loop. Parts that are not linked lie side by side, nodes
    without any link in a block after them. rooms: of nodes that take more than a card.
    """
    return at_once(arranging(network, rooms, direction))


def arranging(
    network: Network, rooms: Mapping[str, Room] | None, direction: Direction
) -> Generator[int, None, dict[str, Place]]:
    """The same step by step; each says how much it was, in nodes looked at once."""
    given, plain = rooms or {}, Room(0.0, 0.0, direction.card[1])
    parts: dict[int, dict[str, list[str]]] = {}
    yield from network.finding_order()
    part_of = _parts(network)
    yield len(network.nodes)
    above = forward(network)
    yield len(network.nodes)
    for id, inputs in above.items():
        parts.setdefault(part_of[id], {})[id] = inputs
    yield len(network.nodes)
    places, left = dict[str, Place](), 0.0
    for part in (parts[number] for number in sorted(parts) if len(parts[number]) > 1):
        takes = [given.get(id, plain) for id in part]
        drawing = LayeredPart(part, takes, direction.pitch)
        yield from drawing.ranking()
        middles = yield from drawing.middles()
        yield len(part)
        tops = _tops(drawing.rank, takes, direction.gap[1])
        first = min(x - room.before for x, room in zip(middles, takes, strict=True))
        for id, x, rank in zip(part, middles, drawing.rank, strict=False):
            places[id] = left + x - first, tops[rank]
        left += max(x + room.after for x, room in zip(middles, takes, strict=True)) - first + direction.pitch
    alone = [id for part in parts.values() if len(part) == 1 for id in part]
    takes = [given.get(id, plain) for id in alone]
    columns = isqrt(max(len(alone) - 1, 0)) + 1
    tops = _tops([i // columns for i in range(len(alone))], takes, direction.gap[1])
    aside = max((room.before for room in takes), default=0.0)
    pitch = direction.pitch + aside + max((room.after for room in takes), default=0.0)
    for i, id in enumerate(alone):
        places[id] = left + aside + i % columns * pitch, tops[i // columns]
    return {id: places[id] for id in network.nodes}


def _tops(rows: list[int], rooms: list[Room], gap: float) -> list[float]:
    """How far along each row begins: behind the longest of the one before."""
    longest = [0.0] * (max(rows, default=-1) + 1)
    for row, room in zip(rows, rooms, strict=False):
        longest[row] = max(longest[row], room.along)
    return list(accumulate((along + gap for along in longest), initial=0.0))


def _parts(network: Network) -> dict[str, int]:
    """For each node the number of the part it hangs together with."""
    part_of: dict[str, int] = {}
    for id in network.nodes:
        number, ahead = len(part_of), [id]
        while ahead:
            member = ahead.pop()
            if member not in part_of:
                part_of[member] = number
                ahead += (*network.nodes[member].inputs, *network.users[member])
    return part_of
