"""Where the units of a figure lie: one behind the other along the flow, branches side by side.

Along is the way that the flow runs, across is at right angles to it; who draws decides which of them is down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.maths.drawing import Point
from explorer.network.direction import Direction
from explorer.network.figures.rows import marks, spans
from explorer.network.figures.units import Plan, Unit
from explorer.network.layout import arranged
from explorer.network.network import Network, Node

PITCH, STEP = Direction.TOP_DOWN.pitch, Direction.TOP_DOWN.step
"""Of the grid on which `arranged` puts cards."""
CLEAR = 3.0
"""Least room between a line and a unit it passes, points."""
LANE = 5.0
"""From one line beside the units to the next, points."""
MARKED = 9.0
"""The same where letters stand at the lines' ends."""


@dataclass(frozen=True)
class Room:
    """What a unit takes: along the flow, and across to both sides of its middle line, points.

    ports: where its lines end and begin, along, from where it begins.
    """

    along: float
    before: float
    after: float
    ports: tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A link. ends: whether it begins and ends at a unit, or where the row does.

    mark: a letter where it does, if several links go on in other rows.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    ends: tuple[bool, bool] = (True, True)
    mark: str = ""


@dataclass
class Row:
    """A piece of the flow. places: where each unit begins along, and its middle line across."""

    places: dict[str, Point] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    length: float = 0.0


def flow(
    plan: Plan, rooms: Mapping[str, Room], gaps: tuple[float, float], longest: float, side: int, anywhere: bool = False
) -> list[Row]:
    """Rows of units, with the lines between them; see `spans` for where they are cut.

    gaps: between units along, and across. side: −1 for lines that pass units before them, 1 for after.
    """
    units = plan.units
    rank, lane = _grid(units)
    last = max(rank.values())
    members: list[list[str]] = [[] for _ in range(last + 1)]
    for id, number in rank.items():
        members[number].append(id)
    lengths = [max((rooms[id].along for id in ids), default=0.0) for ids in members]
    abreast = [id for ids in members if len(ids) > 1 for id in ids]
    pitch = gaps[1] + max((rooms[id].before for id in abreast), default=0.0)
    pitch += max((rooms[id].after for id in abreast), default=0.0)
    across: dict[str, float] = {id: lane[id] * pitch for id in units}
    cut = spans(plan, rank, lengths, gaps[0], longest, anywhere)
    letters = marks(units, rank, cut) if anywhere else {}
    rows = []
    for first, end in cut:
        row, at = Row(), 0.0
        starts: dict[int, float] = {}
        for number in range(first, end):
            starts[number] = at
            for id in members[number]:
                row.places[id] = at + (lengths[number] - rooms[id].along) / 2, across[id]
            at += lengths[number] + gaps[0]
        row.length = at - gaps[0]
        row.lines = _Lines(units, rooms, rank, row, across, starts, gaps[0], side, letters).all(first, end - 1)
        rows.append(row)
    return rows


def _grid(units: Mapping[str, Unit]) -> tuple[dict[str, int], dict[str, float]]:
    """How many units along, and how many across, each lies."""
    places = arranged(Network({id: Node(id, unit.head.layer, unit.inputs) for id, unit in units.items()}))
    levels = {y: number for number, y in enumerate(sorted({y for _, y in places.values()}))}
    assert all(y % Direction.TOP_DOWN.step == 0 for y in levels)
    return {id: levels[y] for id, (_, y) in places.items()}, {
        id: x / Direction.TOP_DOWN.pitch for id, (x, _) in places.items()
    }


class _Lines:
    """The links of one row while they find their ways."""

    def __init__(
        self, units: Mapping[str, Unit], rooms: Mapping[str, Room], rank: Mapping[str, int], row: Row,
        across: Mapping[str, float], starts: Mapping[int, float], gap: float, side: int, marks: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.units, self.rooms, self.rank, self.row = units, rooms, rank, row
        self.across, self.starts, self.gap, self.side = across, starts, gap, side
        self.marks = marks
        self.outermost: dict[int, float] = {}  # by rank, the lane furthest out that goes on to the next one
        self.taken: dict[int, list[tuple[float, float]]] = {}  # by rank, from where to where its units lie across
        for id, (_, c) in row.places.items():
            self.taken.setdefault(rank[id], []).append((c - rooms[id].before, c + rooms[id].after))
        self.turns: dict[int, dict[str, int]] = {}  # by rank, who turns in the gap before it

    def all(self, first: int, last: int) -> list[Line]:
        """Short links first, so that long ones run around them. first, last: the ranks of the row."""
        places, rank = self.row.places, self.rank
        inner = [(s, id) for id in places for s in self.units[id].inputs if s in places]
        lines = [self._between(s, t) for s, t in sorted(inner, key=lambda link: rank[link[1]] - rank[link[0]])]
        leave = dict.fromkeys(s for id, u in self.units.items() if id not in places for s in u.inputs if s in places)
        lines += (self._leaving(source, last) for source in leave)
        enter = [(s, id) for id in places for s in self.units[id].inputs if s not in places]
        taken: dict[float, str] = {}
        for source, target in sorted(enter, key=lambda link: rank[link[1]]):
            lines.append(self._entering(source, target, first, taken))
        return lines

    def _leaving(self, source: str, last: int) -> Line:
        """The part of a link that leads to the end of the row."""
        start, rank = self._out(source), self.rank[source]
        lane = start[1] if self._free(rank + 1, last, start[1]) else self._aside(rank, last + 1)
        way = [start]
        if lane != start[1]:
            turn = self._turn(rank + 1, source)
            way += [(turn, start[1]), (turn, lane)]
        end = self.row.length + self.gap * 0.8, lane
        return Line(source, "", (*way, end), (True, False), self.marks.get(source, ""))

    def _entering(self, source: str, target: str, first: int, taken: dict[float, str]) -> Line:
        """The part of a link that comes from another row. taken: by lane, whose links come in there."""
        goal, rank = self._in(target), self.rank[target]
        level = goal[1]
        if taken.setdefault(level, source) != source or not self._free(first, rank - 1, level):
            level = self._aside(first - 1, rank)
        way = [(-self.gap * 0.8, level)]
        if not self.marks and level != self.across[source]:  # all come from one place
            way = [
                (-self.gap * 0.8, self.across[source]),
                (-self.gap * 0.4, self.across[source]),
                (-self.gap * 0.4, level),
            ]
        if level != goal[1]:
            turn = self._turn(rank, target)
            way += [(turn, level), (turn, goal[1])]
        return Line(source, target, (*way, goal), (False, True), self.marks.get(source, ""))

    def _out(self, id: str) -> Point:
        a, c = self.row.places[id]
        return a + self.rooms[id].ports[1], c

    def _in(self, id: str) -> Point:
        a, c = self.row.places[id]
        return a + self.rooms[id].ports[0], c

    def _between(self, source: str, target: str) -> Line:
        start, goal = self._out(source), self._in(target)
        first, last = self.rank[source], self.rank[target]
        if last <= first:  # the link that closes a loop
            first, last = last, first
        lane = next((c for c in (start[1], goal[1]) if self._free(first + 1, last - 1, c)), None)
        if lane is None:
            lane = self._aside(first, last)
        way = [start]
        if lane != start[1]:
            turn = self._turn(first + 1, source)
            way += [(turn, start[1]), (turn, lane)]
        if lane != goal[1]:
            turn = self._turn(last, target if len(self.units[target].inputs) > 1 else source)
            way += [(turn, lane), (turn, goal[1])]
        return Line(source, target, (*way, goal))

    def _turn(self, rank: int, owner: str) -> float:
        """Where lines turn in the gap before a rank: those that come together, or part, do so at one place."""
        taken = self.turns.setdefault(rank, {})
        number = taken.setdefault(owner, len(taken))
        return self.starts.get(rank, self.row.length + self.gap) - self.gap * (
            0.5 + (0.15 * ((number + 1) // 2) * (1 if number % 2 else -1))
        )

    def _free(self, first: int, last: int, across: float) -> bool:
        return not any(
            low - CLEAR < across < high + CLEAR
            for number in range(first, last + 1)
            for low, high in self.taken.get(number, ())
        )

    def _aside(self, first: int, last: int) -> float:
        """A lane beside all units between two ranks and those at both ends, outside of other such lanes there."""
        edges = [
            high if self.side > 0 else low
            for number in range(first, last + 1)
            for low, high in self.taken.get(number, ())
        ]
        edges += [self.outermost[number] for number in range(first, last) if number in self.outermost]
        step = self.side * (MARKED if self.marks else LANE)
        lane = (max(edges) if self.side > 0 else min(edges)) + step
        self.outermost.update(dict.fromkeys(range(first, last), lane))
        return lane
