"""`cnn-explorer compare A B`: what was added, removed and changed from one network to another, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from explorer.cli import sources
from explorer.cli.facts import aligned
from explorer.cli.manners import plain
from explorer.network.diff import Diff, Pair, compare
from explorer.network.layer import described
from explorer.network.network import Node
from explorer.network.receptive_field import ReceptiveField

HEADINGS = ("", "layer", "kind", "settings", "output", "parameters", "MACs", "receptive field")
NUMBERS = (5, 6, 7)  # columns that are set right
MARKS = {"added": "+", "removed": "−", "changed": "~", "same": ""}

T = TypeVar("T")


def comparison(old: str, new: str, as_json: bool, whole: bool) -> str:
    """The command's output; `whole` shows the rows too in which nothing differs."""
    diff = compare(sources.described(old).network, sources.described(new).network)
    if as_json:
        return json.dumps(record(diff))
    return equality(diff, old, new) if diff.equal and not whole else table(diff, whole)


def record(diff: Diff) -> dict[str, Any]:
    """What --json prints: every layer, null where a network lacks it; inputs and problems only where they tell more."""
    layers = []
    for row in diff.rows:
        fields = diff.receptive_fields(row)
        layer = {
            "old": row.old or None,
            "new": row.new or None,
            "change": row.change,
            "kind": _both(diff.nodes(row), lambda node: node.layer.kind),
            "shape": _both(row.facts, lambda fact: fact.shape),
            "parameters": _both(row.facts, lambda fact: fact.parameters),
            "macs": _both(row.facts, lambda fact: fact.macs),
            "receptive_field": _both(fields, lambda field: field.size),
            "settings": {name: [a, b] for name, a, b in row.settings},
        }
        if row.rewired:
            layer["inputs"] = _both(diff.nodes(row), lambda node: node.inputs)
        problems = _both(row.facts, lambda fact: fact.problem)
        layers.append({**layer, "problem": problems} if any(problems) else layer)
    before, after = diff.totals
    sums = {"parameters": [before.parameters, after.parameters], "macs": [before.macs, after.macs]}
    return {"layers": layers, "totals": sums}


def equality(diff: Diff, old: str, new: str) -> str:
    """What people read where nothing differs."""
    besides = " but for their layers' names" if any(row.old != row.new for row in diff.rows) else ""
    sums = diff.totals[0]
    return (
        f"{plain(old)} and {plain(new)} are equal{besides}: {len(diff.rows)} layers, "
        f"{sums.parameters:,} parameters, {sums.macs:,} MACs."
    )


def table(diff: Diff, whole: bool) -> str:
    """What people read. A row without a mark is a layer that is the same, with other numbers."""
    rows = [_cells(diff, row) for row in diff.rows if whole or row.change != "same" or row.affected]
    counts = {mark: sum(row.change == change for row in diff.rows) for change, mark in MARKS.items() if mark}
    before, after = diff.totals
    last = (
        "",
        "at least" if before.problem or after.problem else "total",
        _arrow([f"{len(network.nodes)} layers" for network in diff.networks]),
        " ".join(f"{mark}{count}" for mark, count in counts.items() if count),
        "",
        _sum(before.parameters, after.parameters),
        _sum(before.macs, after.macs),
        "",
    )
    return aligned([HEADINGS, *rows, last], NUMBERS)


def _cells(diff: Diff, row: Pair) -> tuple[str, ...]:
    nodes, fields = diff.nodes(row), diff.receptive_fields(row)
    return (
        MARKS[row.change],
        _arrow([plain(id) or None for id in (row.old, row.new)]),
        _arrow(_both(nodes, lambda node: node.layer.kind)),
        _settings(row, nodes),
        _arrow(_both(row.facts, lambda fact: fact.problem or described(fact.shape or ()))),
        _arrow(_both(row.facts, lambda fact: f"{fact.parameters:,}")),
        _arrow(_both(row.facts, lambda fact: f"{fact.macs:,}")),
        _arrow([_size(field) if node else None for node, field in zip(nodes, fields, strict=True)]),
    )


def _settings(row: Pair, nodes: tuple[Node | None, Node | None]) -> str:
    """Those that differ, and the inputs if these do; where one kind became another, what is said of both."""
    old, new = nodes
    if old and new and type(old.layer) is type(new.layer) and row.change == "changed":
        parts = [f"{name} {_value(a)} → {_value(b)}" for name, a, b in row.settings]
    else:
        parts = [_arrow(_both(nodes, lambda node: node.layer.brief()))]
    if row.rewired:
        parts.append("inputs " + _arrow(_both(nodes, lambda node: plain(", ".join(node.inputs)) or "none")))
    return "; ".join(part for part in parts if part)


def _size(field: ReceptiveField | None) -> str:
    return "×".join(map(str, field.size)) if field else "none"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ("×" if len(value) == 2 else ", ").join(map(str, value)) if isinstance(value, tuple) else str(value)


def _both(pair: tuple[T | None, T | None], says: Callable[[T], Any]) -> list[Any]:
    return [None if one is None else says(one) for one in pair]


def _arrow(pair: list[str | None]) -> str:
    return " → ".join(dict.fromkeys(text for text in pair if text is not None))


def _sum(old: int, new: int) -> str:
    sign = "+" if new > old else "−"
    return f"{old:,}" if old == new else f"{old:,} → {new:,} ({sign}{abs(new - old):,})"
