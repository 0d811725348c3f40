"""What the page of figures says: a row for each goal, read out of the JSON lines that the benchmarks print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Measured = dict[str, Any]
"""A benchmark's line, with the command, the date, the machine and the load before it."""


@dataclass(frozen=True)
class Goal:
    """most or least: of the figure itself, or of ours divided by a peer's where one is named."""

    most: float | None = None
    least: float | None = None
    over: str = ""


@dataclass(frozen=True)
class Row:
    """One figure and its peers, as paths into the line's figures with “>” between the names."""

    what: str
    command: str
    ours: str
    unit: str = "ms"
    peers: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()


def found(figures: Any, path: str) -> float | None:
    """The number at a path; None where it is not there."""
    for name in path.split(">"):
        if not isinstance(figures, dict) or name not in figures:
            return None
        figures = figures[name]
    return float(figures) if isinstance(figures, int | float) else None


def verdict(goal: Goal, ours: float, peers: Mapping[str, float | None]) -> str:
    """What the goal asks for, what there is, and whether that is enough."""
    peer = peers.get(goal.over) if goal.over else 1.0
    if not peer:
        return ""
    value = ours / peer
    bound = goal.most if goal.most is not None else goal.least
    assert bound is not None
    met = value <= bound if goal.most is not None else value >= bound
    asked = f"{'at most' if goal.most is not None else 'at least'} {bound:g}"
    ratio = f" of {goal.over}: {value:.3g}" if goal.over else ""
    return f"{asked}{ratio}, {'met' if met else '**missed**'}"


def table(kept: Mapping[str, Measured]) -> str:
    """The rows as Markdown; those that were not measured yet say so."""
    lines = ["| what | measured | beside it | goal | when, load |", "|---|---|---|---|---|"]
    last = ""
    for row in ROWS:
        line = kept.get(row.command)
        name = f"{row.what} (`{row.command}`)" if row.command != last else f"… {row.what}"
        last = row.command
        ours = found(line["figures"], row.ours) if line else None
        if line is None or ours is None:
            lines.append(f"| {name} | not measured | | | |")
            continue
        peers = {peer: found(line["figures"], path) for peer, path in row.peers.items()}
        beside = ", ".join(f"{peer} {value:,.4g}" for peer, value in peers.items() if value is not None)
        goals = "; ".join(filter(None, (verdict(goal, ours, peers) for goal in row.goals)))
        lines.append(f"| {name} | {ours:,.4g} {row.unit} | {beside} | {goals} | {line['date']}, {line['load']} |")
    return "\n".join(lines)


ROWS: tuple[Row, ...] = ()
