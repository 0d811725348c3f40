"""What is said of two networks and their layers, in a terminal and in the window."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

from explorer.maths.weight_records import WeightChange
from explorer.network.conventions import TORCH, Conventions
from explorer.network.diff import Diff, Pair
from explorer.network.network import Node
from explorer.network.receptive_field import ReceptiveField

COLUMNS = ("", "layer", "kind", "settings", "output", "parameters", "work", "receptive field")
NUMBERS = (5, 6, 7)
"""Columns that are set right."""
MARKS = {"added": "+", "removed": "−", "changed": "~", "with other weights": "≠"}
"""In the first column; what is only affected, or the same, has none."""
ARROW = " → "
AND = "; "
"""Between two things said in one cell."""

T = TypeVar("T")


def headings(conventions: Conventions = TORCH) -> tuple[str, ...]:
    """What stands above the columns: work has the name of its unit."""
    return tuple(f"{conventions.work}s" if name == "work" else name for name in COLUMNS)


def cells(diff: Diff, row: Pair, conventions: Conventions = TORCH) -> tuple[str, ...]:
    """The columns of a row, all but the last."""
    nodes = diff.nodes(row)
    return (
        MARKS.get(row.state, ""),
        arrow([row.old or None, row.new or None]),
        arrow(both(nodes, lambda node: node.layer.kind)),
        _settings(row, nodes),
        arrow(both(row.facts, lambda fact: fact.problem or conventions.shape(fact.shape or ()))),
        arrow(both(row.facts, lambda fact: f"{conventions.parameters(fact):,}")),
        arrow(both(row.facts, lambda fact: f"{conventions.cost(fact):,}")),
    )


def seen(diff: Diff, row: Pair) -> str:
    """The last column, which is not told in `cells` as it takes a hundred times as long."""
    nodes, fields = diff.nodes(row), diff.receptive_fields(row)
    return arrow([_size(field) if node else None for node, field in zip(nodes, fields, strict=True)])


def equality(diff: Diff, new: str, old: str, conventions: Conventions = TORCH) -> str:
    """What is said where no layer differs, and no weight, the new network first."""
    return " ".join(filter(None, (alike(diff, new, old, conventions), weighing(diff, old, new))))


def alike(diff: Diff, one: str, other: str, conventions: Conventions = TORCH) -> str:
    """What is said of layers in which nothing differs."""
    besides = " but for their layers' names" if any(row.old != row.new for row in diff.rows) else ""
    sums = diff.totals[0]
    are = "are" if diff.equal else "differ, but not in their layers, which are"
    return (
        f"{one} and {other} {are} equal{besides}: {_layers(len(diff.rows))}, "
        f"{conventions.parameters(sums):,} parameters, {conventions.cost(sums):,} {conventions.work}s."
    )


def weighing(diff: Diff, old: str, new: str) -> str:
    """What is said of the weights of networks whose layers are equal; "" where neither has trained ones."""
    if all(diff.weighed):
        return "Their trained weights are the same, number by number."
    lacking = old if diff.weighed[1] else new
    return f"Their weights were not compared: {lacking} has no trained ones." if any(diff.weighed) else ""


def counts(diff: Diff) -> str:
    """How many layers there are, and what became of them."""
    old, new = (len(network.nodes) for network in diff.networks)
    layers = f"{_layers(old)} in both" if old == new else f"{old:,}{ARROW}{_layers(new)}"
    states = [row.state for row in diff.rows]
    told = [f"{states.count(state)} {state}" for state in (*MARKS, "affected") if state in states]
    return f"{layers}: {', '.join(told) or 'none differs'}."


def costs(diff: Diff, conventions: Conventions = TORCH) -> str:
    """What all layers together cost, and the difference."""
    before, after = diff.totals
    sums = ("parameters", conventions.parameters), (f"{conventions.work}s", conventions.cost)
    told = [
        f"{count(before):,} {name} in both"
        if count(before) == count(after)
        else f"{name} {became(count(before), count(after))}"
        for name, count in sums
    ]
    least = "at least, as layers have problems: " if before.problem or after.problem else ""
    text = least + "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def total(diff: Diff, conventions: Conventions = TORCH) -> tuple[str, ...]:
    """All columns of the line below the rows."""
    before, after = diff.totals
    numbers = {mark: sum(row.state == state for row in diff.rows) for state, mark in MARKS.items()}
    return (
        "",
        "at least" if before.problem or after.problem else "total",
        arrow([_layers(len(network.nodes)) for network in diff.networks]),
        " ".join(f"{mark}{number}" for mark, number in numbers.items() if number),
        "",
        became(conventions.parameters(before), conventions.parameters(after)),
        became(conventions.cost(before), conventions.cost(after)),
        "",
    )


def became(old: int, new: int) -> str:
    """A number that became another, and the difference."""
    sign = "+" if new > old else "−"
    return f"{old:,}" if old == new else f"{old:,}{ARROW}{new:,} ({sign}{abs(new - old):,})"


def both(pair: tuple[T | None, T | None], says: Callable[[T], Any]) -> list[Any]:
    """What is said of each, None of what is not there."""
    return [None if one is None else says(one) for one in pair]


def arrow(pair: list[str | None]) -> str:
    """Old and new where they differ, and only what is there."""
    return ARROW.join(dict.fromkeys(text for text in pair if text is not None))


def _settings(row: Pair, nodes: tuple[Node | None, Node | None]) -> str:
    """Those that differ, and the inputs if these do; where one kind became another, what is said of both."""
    old, new = nodes
    if old and new and type(old.layer) is type(new.layer) and row.change == "changed":
        parts = [f"{name} {_value(a)}{ARROW}{_value(b)}" for name, a, b in row.settings]
    else:
        parts = [arrow(both(nodes, lambda node: node.layer.brief()))]
    if row.rewired:
        parts.append("inputs " + arrow(both(nodes, lambda node: ", ".join(node.inputs) or "none")))
    if row.weights is not None and not row.weights.same:
        parts.append(_other_weights(row.weights))
    return AND.join(part for part in parts if part)


def _other_weights(change: WeightChange) -> str:
    if change.lacking:
        return f"weights: none in the {change.lacking} one"
    apart = f"at most by {change.largest:.3g}" if isfinite(change.largest) else "some not finite"
    return f"weights: {change.differing:,} of {change.count:,} differ{AND}{apart}"


def _size(field: ReceptiveField | None) -> str:
    return "×".join(map(str, field.size)) if field else "none"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if not isinstance(value, tuple):
        return str(value)
    pair = len(value) == 2 and not isinstance(value[0], tuple)
    return ("×" if pair else ", ").join(map(_value, value))


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count:,} layers"
