"""One connected part of a network, drawn by the layered method: the order within each rank, then where each node lies.

The later steps of the method, see `layout`: bends where a link passes a rank, barycentre sweeps, and each node as near
as its neighbours allow to the median of what it is linked with.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from itertools import pairwise
from math import floor, inf
from typing import NamedTuple

from explorer.network.direction import GRID
from explorer.network.ranking import ranks

LANE = 32.0  # room for a link that passes a rank
SWEEPS = 4
PART = 4000
"""Nodes that are looked at in one step."""

Steps = Generator[int, None, None]
"""Each says how many nodes were looked at."""


class Room(NamedTuple):
    """What a node takes, scene units: how far across the flow it reaches before and after a card in its place, and its
    extent along it."""

    before: float
    after: float
    along: float


class LayeredPart:
    """One connected part while it is drawn.

    Nodes are numbered, inputs first; higher numbers are bends: one for each rank that a link passes,
    so that room is kept for it. `up` and `down` hold what each is linked with one rank away.
    """

    def __init__(self, above: Mapping[str, list[str]], rooms: list[Room], pitch: int) -> None:
        self.rooms, self.pitch, self.nodes = rooms, pitch, len(above)
        self._above = above
        self.rank: list[int] = []
        self.slack: list[float] = []
        self.rows: list[list[int]] = []

    def ranking(self) -> Steps:
        """Find the rank of each node, and what is linked: first of all."""
        number = {id: i for i, id in enumerate(self._above)}
        inputs = [[number[i] for i in ids] for ids in self._above.values()]
        yield self.nodes
        kept = yield from _reducing(inputs)
        users: list[list[int]] = [[] for _ in kept]
        for v, sources in enumerate(kept):
            for u in sources:
                users[u].append(v)
        yield self.nodes
        self.rank = list(ranks(self._above).values())
        yield self.nodes
        for v in range(self.nodes):
            if not kept[v]:  # an input lies just above what it feeds
                self.rank[v] = min([self.rank[w] - 1 for w in users[v]], default=0)
        yield self.nodes
        late = [max(self.rank)] * self.nodes
        for v in reversed(range(self.nodes)):
            late[v] = min([late[w] - 1 for w in users[v]], default=late[v])
        self.slack = [float(b - a) for a, b in zip(self.rank, late, strict=True)]
        yield self.nodes
        yield from self._linking(kept)
        self.rows = [[] for _ in range(max(self.rank) + 1)]
        for v, rank in enumerate(self.rank):
            self.rows[rank].append(v)
        yield len(self.rank)

    def _linking(self, kept: list[list[int]]) -> Steps:
        self.up: list[list[int]] = [[] for _ in kept]
        self.down: list[list[int]] = [[] for _ in kept]
        spans = sorted(self.rank[v] - self.rank[u] - 1 for v, sources in enumerate(kept) for u in sources)
        room, longest = 8 * self.nodes, 0
        for span in spans:  # the longest links go without when bends would outnumber the nodes by far
            room -= span
            longest = span if room >= 0 else longest
        for v, sources in enumerate(kept):
            if v % PART == PART - 1:
                yield PART
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

    def middles(self) -> Generator[int, None, list[float]]:
        """Middle of each node, left to right; bends after them are left out."""
        for sweep in range(SWEEPS):
            self._order(downwards=sweep % 2 == 0)
            yield self.nodes
        x = [0.0] * len(self.rank)
        for row in self.rows:
            for before, v in pairwise(row):
                x[v] = x[before] + self._apart(before, v)
        liked_up = [self._straight(near) for near in self.up]
        yield self.nodes
        liked_down = [self._straight(near) for near in self.down]
        yield self.nodes
        for rows, near, liked, back in (
            (self.rows, self.up, liked_up, liked_down),
            (self.rows[::-1], self.down, liked_down, liked_up),
            (self.rows, self.up, liked_up, liked_down),
        ):
            for done, row in enumerate(rows, 1):
                if done % PART == 0:
                    yield PART
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


def _reducing(inputs: list[list[int]]) -> Generator[int, None, list[list[int]]]:
    """The transitive reduction: links that no longer path implies. Sets of nodes are bits of a number.

    A node with one input keeps it, so only the others have a bit; and what is reached from a node is forgotten once all
    that feeds it knows: numbers as long as the network, one for each node, would be its square.
    """
    users: list[list[int]] = [[] for _ in inputs]
    for v, sources in enumerate(inputs):
        for u in sources:
            users[u].append(v)
    yield len(inputs)
    joins = (v for v, sources in enumerate(inputs) if len(sources) > 1)
    bit = {v: 1 << place for place, v in enumerate(joins)}
    reach = dict[int, int]()
    kept: list[list[int]] = [[] for _ in inputs]
    forgotten: dict[int, list[int]] = {}  # by the first of the nodes that feed it
    for v, sources in enumerate(inputs):
        if sources:
            forgotten.setdefault(min(sources), []).append(v)
    for u in reversed(range(len(inputs))):
        implied = found = 0
        for v in users[u]:
            implied |= reach[v]
            found |= reach[v] | bit.get(v, 0)
        reach[u] = found
        for v in users[u]:
            if v not in bit or not implied & bit[v]:
                kept[v].append(u)
        for v in forgotten.pop(u, ()):
            del reach[v]
        if u % PART == 0:
            yield PART
    return [[u for u in sources if u in some] for sources, some in zip(inputs, kept, strict=True)]


def _median(ordered: list[float]) -> float:
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
