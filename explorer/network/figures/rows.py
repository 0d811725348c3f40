"""Where a long figure is cut into rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from explorer.network.figures.units import Plan, Unit

Span = tuple[int, int]
"""A row's first rank, and the one after its last."""


def spans(
    plan: Plan, rank: Mapping[str, int], lengths: Sequence[float], gap: float, longest: float, anywhere: bool
) -> list[Span]:
    """As few rows at most `longest` as can be, and then as equal as can be.

    lengths: of each rank. They are cut where one link alone goes on, or `anywhere`, but in no repeated block; what
    cannot be cut may be longer.
    """
    cuts = [0, *_cuts(plan, rank, len(lengths), anywhere), len(lengths)]
    pieces = [sum(lengths[a:b]) + gap * (b - a) for a, b in pairwise(cuts)]
    high = max(longest + gap, *pieces)
    ends = _filled(pieces, high)
    low = max(pieces)
    for _ in range(20):  # the least length that needs no more rows
        middle = (low + high) / 2
        if len(better := _filled(pieces, middle)) <= len(ends):
            high, ends = middle, better
        else:
            low = middle
    return list(pairwise([0, *(cuts[end] for end in ends)]))


def marks(units: Mapping[str, Unit], rank: Mapping[str, int], rows: Sequence[Span]) -> dict[str, str]:
    """A letter for each unit whose links go on in another row."""
    row_of = {number: i for i, (first, end) in enumerate(rows) for number in range(first, end)}
    going = dict.fromkeys(
        source for id, unit in units.items() for source in unit.inputs if row_of[rank[source]] != row_of[rank[id]]
    )
    return {id: _letters(number) for number, id in enumerate(going)}


def _cuts(plan: Plan, rank: Mapping[str, int], last: int, anywhere: bool) -> list[int]:
    """The ranks that a row may begin with."""
    over: list[set[str]] = [set() for _ in range(last)]  # whose links cross into each rank
    for id, unit in plan.units.items():
        for source in unit.inputs:
            low, high = sorted((rank[source], rank[id]))
            for number in range(low + 1, high + 1):
                over[number].add(source)
    inside: set[int] = set()
    for ids, _ in plan.repeats:
        ranks = [rank[id] for id in ids]
        inside.update(range(min(ranks) + 1, max(ranks) + 1))
    alone = (len(sources) == 1 and all(rank[source] == at - 1 for source in sources) for at, sources in enumerate(over))
    return [at for at, free in enumerate(alone) if at and (free or anywhere) and at not in inside]


def _filled(pieces: Sequence[float], longest: float) -> list[int]:
    """After which piece each row ends when every row takes as many as it can."""
    ends, length = [], 0.0
    for number, piece in enumerate(pieces):
        if length and length + piece > longest:
            ends.append(number)
            length = 0.0
        length += piece
    return [*ends, len(pieces)]


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …"""
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)
