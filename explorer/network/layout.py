"""Where nodes lie when nobody has placed them: along the flow, the longest path straight, nothing overlapping.

The layered method (Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical
system structures"): longest-path ranks, barycentre sweeps for the order within a rank, then each node
as near as its neighbours allow to the median of what it is linked with. Only links that no longer path
implies take part; the others, such as a residual network's shortcuts, run in lanes beside the cards.
`routes` draws them all.

All of it is reckoned in the flow's axes, see `direction`: x runs across it, y along it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from itertools import accumulate, pairwise
from math import floor, inf, isqrt
from typing import NamedTuple

from explorer.maths.steps import at_once
from explorer.network.direction import GRID, Direction
from explorer.network.network import Network
from explorer.network.project import Place

LANE = 32.0  # room for a link that passes a rank
SWEEPS = 4
WALKS = 3  # how often each node is looked at until it is known in which order all run, or where they lie


class Room(NamedTuple):
    """What a node takes, scene units: how far across the flow it reaches before and after a card in its place, and its
    extent along it."""

    before: float
    after: float
    along: float


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
    part_of = _parts(network)
    for id, inputs in forward(network).items():
        parts.setdefault(part_of[id], {})[id] = inputs
    yield WALKS * len(network.nodes)
    places, left = dict[str, Place](), 0.0
    for part in (parts[number] for number in sorted(parts) if len(parts[number]) > 1):
        takes = [given.get(id, plain) for id in part]
        drawing = _Layers(part, takes, direction.pitch)
        yield 2 * WALKS * len(part)
        middles = drawing.middles()
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


def forward(network: Network) -> dict[str, list[str]]:
    """Nodes in drawing order, each with its different inputs; of a loop, the link that closes it is left out."""
    placed = {node.id: list(dict.fromkeys(node.inputs)) for node in network.order}
    looped = [node for node in network.nodes.values() if node.id not in placed]
    waiting = {node.id: sum(i not in placed for i in node.inputs) for node in looped}
    ready: deque[str] = deque()
    rest = iter(waiting)
    stuck = ""
    while len(placed) < len(network.nodes):
        if not ready:
            while not stuck or stuck in placed:
                stuck = next(rest)
            ready.append(_entry(network, stuck, placed))
        id = ready.popleft()
        placed[id] = [i for i in dict.fromkeys(network.nodes[id].inputs) if i in placed]
        for user in network.users[id]:
            waiting[user] -= 1
            if waiting[user] == 0 and user not in placed:
                ready.append(user)
    return placed


def ranks(above: Mapping[str, list[str]]) -> dict[str, int]:
    """How many links the longest path to each node of `forward` has."""
    rank: dict[str, int] = {}
    for id, inputs in above.items():
        rank[id] = max([rank[i] + 1 for i in inputs], default=0)
    return rank


def _entry(network: Network, id: str, placed: Mapping[str, object]) -> str:
    """Where to cut the loop that `id` is on or behind: best where the rest of the network enters it."""
    way: dict[str, None] = {}
    while id not in way:
        way[id] = None
        id = next(i for i in network.nodes[id].inputs if i not in placed)
    loop = list(way)[list(way).index(id) :]
    return next((i for i in loop if any(j in placed for j in network.nodes[i].inputs)), id)


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


class _Layers:
    """One connected part while it is drawn.

    Nodes are numbered, inputs first; higher numbers are bends: one for each rank that a link passes,
    so that room is kept for it. `up` and `down` hold what each is linked with one rank away.
    """

    def __init__(self, above: Mapping[str, list[str]], rooms: list[Room], pitch: int) -> None:
        self.rooms, self.pitch = rooms, pitch
        number = {id: i for i, id in enumerate(above)}
        inputs = [[number[i] for i in ids] for ids in above.values()]
        self.nodes = len(inputs)
        kept = _reduced(inputs)
        users: list[list[int]] = [[] for _ in kept]
        for v, sources in enumerate(kept):
            for u in sources:
                users[u].append(v)
        self.rank = list(ranks(above).values())
        for v in range(self.nodes):
            if not kept[v]:  # an input lies just above what it feeds
                self.rank[v] = min([self.rank[w] - 1 for w in users[v]], default=0)
        late = [max(self.rank)] * self.nodes
        for v in reversed(range(self.nodes)):
            late[v] = min([late[w] - 1 for w in users[v]], default=late[v])
        self.slack = [float(b - a) for a, b in zip(self.rank, late, strict=True)]
        self._link(kept)
        self.rows: list[list[int]] = [[] for _ in range(max(self.rank) + 1)]
        for v, rank in enumerate(self.rank):
            self.rows[rank].append(v)

    def _link(self, kept: list[list[int]]) -> None:
        self.up: list[list[int]] = [[] for _ in kept]
        self.down: list[list[int]] = [[] for _ in kept]
        spans = sorted(self.rank[v] - self.rank[u] - 1 for v, sources in enumerate(kept) for u in sources)
        room, longest = 8 * self.nodes, 0
        for span in spans:  # the longest links go without when bends would outnumber the nodes by far
            room -= span
            longest = span if room >= 0 else longest
        for v, sources in enumerate(kept):
            for u in sources:
                span = self.rank[v] - self.rank[u] - 1
                if span > longest:
                    continue
                for rank in range(self.rank[u] + 1, self.rank[v]):
                    bend = len(self.rank)
                    self.rank.append(rank)
                    self.slack.append(inf)
                    self.up.append([u])
                    self.down.append([])
                    self.down[u].append(bend)
                    u = bend
                self.down[u].append(v)
                self.up[v].append(u)

    def middles(self) -> list[float]:
        """Middle of each node, left to right; bends after them are left out."""
        for sweep in range(SWEEPS):
            self._order(downwards=sweep % 2 == 0)
        x = [0.0] * len(self.rank)
        for row in self.rows:
            for before, v in pairwise(row):
                x[v] = x[before] + self._apart(before, v)
        liked_up = [self._straight(near) for near in self.up]
        liked_down = [self._straight(near) for near in self.down]
        for rows, near, liked, back in (
            (self.rows, self.up, liked_up, liked_down),
            (self.rows[::-1], self.down, liked_down, liked_up),
            (self.rows, self.up, liked_up, liked_down),
        ):
            for row in rows:
                wishes = []
                for v in row:
                    u = liked[v]
                    wish = x[u] if u >= 0 else _median(sorted([x[w] for w in near[v]])) if near[v] else x[v]
                    wishes.append((wish, u >= 0 and back[u] == v))
                self._settle(row, wishes, x)
        return x[: self.nodes]

    def _order(self, downwards: bool) -> None:
        """One barycentre sweep: sort each row by the mean position of what it is linked with."""
        rows, near = (self.rows, self.down) if downwards else (self.rows[::-1], self.up)
        for before, row in pairwise(rows):
            if len(row) == 1:
                continue
            sums = {v: [0.0, 0] for v in row}
            for position, u in enumerate(before):
                share = len(near[u])
                for port, v in enumerate(near[u]):  # a join's inputs lie in the order of its ports
                    entry = sums[v]
                    entry[0] += position + (port + 0.5) / share - 0.5
                    entry[1] += 1
            means = {v: sums[v][0] / sums[v][1] if sums[v][1] else i for i, v in enumerate(row)}
            row.sort(key=means.__getitem__)

    def _straight(self, near: list[int]) -> int:
        """Which neighbour a node lies in line with, or -1 for the middle of them.

        Of two, the one on the longer path: a residual block's main path is straight, its shortcut beside it.
        """
        if len(near) == 1:
            return near[0]
        if len(near) == 2 and self.slack[near[0]] != self.slack[near[1]]:
            return min(near, key=self.slack.__getitem__)
        return -1

    def _apart(self, a: int, b: int) -> float:
        more = (self.rooms[a].after if a < self.nodes else 0.0) + (self.rooms[b].before if b < self.nodes else 0.0)
        if a < self.nodes > b:
            return self.pitch + more
        return LANE if a >= self.nodes and b >= self.nodes else (self.pitch + LANE) / 2 + more

    def _settle(self, row: list[int], wishes: list[tuple[float, bool]], x: list[float]) -> None:
        """Put a row's nodes where they wish, kept apart; who is in line with its neighbour goes first.

        Isotonic regression by pooling adjacent violators: nodes that would overlap become a block,
        and a block lies at the median of its wishes.
        """
        if len(row) == 1:
            x[row[0]] = floor(wishes[0][0] / GRID + 0.5) * GRID
            return
        offset = 0.0
        offsets: list[float] = []
        blocks: list[tuple[float, list[float], list[float], int]] = []
        for i, (wish, firm) in enumerate(wishes):
            offset += self._apart(row[i - 1], row[i]) if i else 0.0
            offsets.append(offset)
            loose, tight = [wish - offset], [wish - offset] if firm else []
            middle, size = loose[0], 1
            while blocks and blocks[-1][0] > middle:
                _, others, firmer, count = blocks.pop()
                loose, tight, size = sorted(others + loose), sorted(firmer + tight), size + count
                middle = _median(tight or loose)
            blocks.append((middle, loose, tight, size))
        place = iter(zip(row, offsets, strict=True))
        for middle, _, _, size in blocks:
            start = floor(middle / GRID + 0.5) * GRID
            for _ in range(size):
                v, offset = next(place)
                x[v] = start + offset


def _reduced(inputs: list[list[int]]) -> list[list[int]]:
    """The transitive reduction: links that no longer path implies. Sets of nodes are bits of a number."""
    users: list[list[int]] = [[] for _ in inputs]
    for v, sources in enumerate(inputs):
        for u in sources:
            users[u].append(v)
    reach, implied = [0] * len(inputs), [0] * len(inputs)
    for u in reversed(range(len(inputs))):
        for v in users[u]:
            implied[u] |= reach[v]
            reach[u] |= reach[v] | 1 << v
    return [[u for u in sources if not implied[u] >> v & 1] for v, sources in enumerate(inputs)]


def _median(ordered: list[float]) -> float:
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
