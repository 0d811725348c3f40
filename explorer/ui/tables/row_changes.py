"""Which rows of a tree come and go when it becomes another: what stays keeps its row, and nobody need ask for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile
from operator import eq
from typing import NamedTuple

from explorer.network.groups import TOP
from explorer.ui.row_runs import runs

Rows = Mapping[str, list[str]]
"""What lies in each group and at the TOP, row by row; each group behind the one it lies in."""
MOST = 32
"""Runs in one group above which all rows between the first and the last of them are made anew: that is faster then."""


class Run(NamedTuple):
    """Rows that follow each other in a group."""

    home: str
    first: int
    ids: list[str]


class RowChanges(NamedTuple):
    """What goes, from below in each group, and what comes after that, from above."""

    gone: list[Run]
    come: list[Run]

    def groups(self, after: Rows) -> list[str]:
        """The groups that come; some of them may have been there, and go before that."""
        ids = [id for run in self.come for id in run.ids if id in after]
        for id in ids:  # which grows meanwhile
            ids += [part for part in after[id] if part in after]
        return ids


def row_changes(before: Rows, after: Rows) -> RowChanges:
    """From one tree to another. A group that comes brings all that lies in it, and one that goes takes all along."""
    found, standing = RowChanges([], []), {TOP}
    for home, new in after.items():
        if home not in standing:
            continue
        old = before.get(home, [])
        standing.update(id for id in new if id in after)
        if old == new:
            continue
        start = _alike(old, new)
        end = _alike(reversed(old[start:]), reversed(new[start:]))
        was, now = old[start : len(old) - end], new[start : len(new) - end]
        kept = set(was).intersection(now)
        gone, come = _others(was, kept), _others(now, kept)
        if len(gone) + len(come) > MOST or [id for id in was if id in kept] != [id for id in now if id in kept]:
            gone, come = _others(was, ()), _others(now, ())
        found.gone.extend(Run(home, start + first, was[first : last + 1]) for first, last in reversed(gone))
        found.come.extend(Run(home, start + first, now[first : last + 1]) for first, last in come)
        standing.difference_update(id for first, last in come for id in now[first : last + 1])
    return found


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many are the same from the beginning."""
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))


def _others(ids: list[str], kept: Collection[str]) -> list[tuple[int, int]]:
    return runs(row for row, id in enumerate(ids) if id not in kept)
