"""What the page of figures says, made of the JSON lines that the benchmarks printed and the rows of
`benchmarks.rows`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Measured = dict[str, Any]
"""A benchmark's line, with the command, the date, the machine, the load before it and how many seconds it took."""


@dataclass(frozen=True)
class Goal:
    """most or least: of the figure itself, or of ours divided by a peer's where one is named."""

    most: float | None = None
    least: float | None = None
    over: str = ""


@dataclass(frozen=True)
class Row:
    """One figure and its peers, as paths into the line's figures with “>” between the names.

    times: what the figure is multiplied by before it is held against the goal and shown. why: the reason, with the
    floor, where the goal is missed or there is no figure; it is told only then.
    """

    area: str
    what: str
    command: str
    ours: str
    unit: str = "ms"
    peers: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    why: str = ""
    times: float = 1.0


def found(figures: Any, path: str) -> float | None:
    """The number at a path; None where it is not there."""
    for name in path.split(">"):
        if not isinstance(figures, dict) or name not in figures:
            return None
        figures = figures[name]
    return float(figures) if isinstance(figures, int | float) else None


def ours_of(row: Row, line: Measured | None) -> float | None:
    """The row's own figure."""
    value = found(line["figures"], row.ours) if line else None
    return None if value is None else value * row.times


def peers_of(row: Row, line: Measured) -> dict[str, float | None]:
    """Those of its peers; None where there is none."""
    return {peer: found(line["figures"], path) for peer, path in row.peers.items()}


def met(goal: Goal, ours: float, peers: Mapping[str, float | None]) -> bool | None:
    """Whether a goal is reached; None where its peer was not measured."""
    peer = _peer(goal, peers)
    if not peer:
        return None
    bound = goal.most if goal.most is not None else goal.least
    assert bound is not None
    return ours / peer <= bound if goal.most is not None else ours / peer >= bound


def _peer(goal: Goal, peers: Mapping[str, float | None]) -> float | None:
    return peers.get(goal.over) if goal.over else 1.0


def verdict(goal: Goal, ours: float, peers: Mapping[str, float | None]) -> str:
    """What the goal asks for, what there is, and whether that is enough."""
    reached, peer = met(goal, ours, peers), _peer(goal, peers)
    if reached is None or peer is None:
        return ""
    bound = goal.most if goal.most is not None else goal.least
    asked = f"{'at most' if goal.most is not None else 'at least'} {bound:g}"
    ratio = f" of {goal.over}: {ours / peer:.3g}" if goal.over else ""
    return f"{asked}{ratio}, {'met' if reached else '**missed**'}"


def beside(row: Row, line: Measured) -> str:
    """The peers' figures, and which of them are not installed, with the command that gets them."""
    told, absent = [], line["figures"].get("absent", {})
    for peer, value in peers_of(row, line).items():
        if value is not None:
            told.append(f"{peer} {number(value)}")
        elif str(absent.get(peer, "")).startswith("python "):
            told.append(f"{peer} is not installed: `{absent[peer]}`")
        elif peer in absent:
            told.append(f"{peer}: {absent[peer]}")
    return ", ".join(told)


def number(value: float) -> str:
    """As many digits as say something."""
    return f"{value:,.4g}" if value < 10_000 else f"{value:,.0f}"


def table(kept: Mapping[str, Measured], rows: Sequence[Row]) -> str:
    """The rows as Markdown, area by area; those that were not measured yet say so."""
    lines = ["| area | what | measured | beside it | goal | when, load |", "|---|---|---|---|---|---|"]
    area = ""
    for row in rows:
        first, area = ("" if row.area == area else f"**{row.area}**"), row.area
        line = kept.get(row.command)
        name, ours = f"{row.what} (`{row.command}`)", ours_of(row, line)
        if line is None or ours is None:
            lines.append(
                f"| {first} | {name} | {_none(line)} | {beside(row, line) if line else ''} | {_asked(row)} | |"
            )
            continue
        peers = peers_of(row, line)
        goals = "; ".join(filter(None, (verdict(goal, ours, peers) for goal in row.goals))) or _asked(row)
        unit = f" {row.unit}" if row.unit else ""
        lines.append(
            f"| {first} | {name} | {number(ours)}{unit} | {beside(row, line)} | {goals} | {line['date']}, "
            f"{line['load']} |"
        )
    return "\n".join(lines)


def _none(line: Measured | None) -> str:
    """Why there is no figure."""
    if line is None:
        return "not measured"
    return str(line["figures"].get("none", "not measured"))


def _asked(row: Row) -> str:
    """The goals where nothing can be said about them yet."""
    return "; ".join(
        f"{'at most' if goal.most is not None else 'at least'} {goal.most if goal.most is not None else goal.least:g}"
        f"{f' of {goal.over}' if goal.over else ''}"
        for goal in row.goals
    )


def missed(kept: Mapping[str, Measured], rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """The rows whose goal is missed, or whose figure there is not though the benchmark ran, each with what was
    missed."""
    for row in rows:
        line = kept.get(row.command)
        if line is None:
            continue
        ours = ours_of(row, line)
        if ours is None:
            if row.why:
                yield row, _none(line)
            continue
        peers = peers_of(row, line)
        short = [verdict(goal, ours, peers) for goal in row.goals if met(goal, ours, peers) is False]
        if short:
            yield row, "; ".join(short)


def reasons(kept: Mapping[str, Measured], rows: Sequence[Row]) -> str:
    """What is missed, and why, as Markdown."""
    lines = [
        f"- {row.area}, {row.what}: {short}. {row.why or 'Not explained yet.'}" for row, short in missed(kept, rows)
    ]
    return "\n".join(lines) or "Nothing."


def machines(kept: Mapping[str, Measured]) -> str:
    """On what, and when, all this was measured, and how long it took."""
    if not kept:
        return "Nothing was measured yet."
    which = sorted({line["machine"] for line in kept.values()})
    days = sorted({line["date"] for line in kept.values()})
    took = sum(line.get("seconds", 0.0) for line in kept.values())
    since = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"Measured {since} on {'; '.join(which)}; {took / 60:.0f} minutes in all."
