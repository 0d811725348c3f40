"""`cnn-explorer compare A B`: what was added, removed and changed from one network to another, and what it costs."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from explorer.cli import sources
from explorer.cli.facts import aligned, sums
from explorer.cli.manners import finished, plain
from explorer.engine import own_files
from explorer.engine.weight_changes import compared
from explorer.maths.weight_records import WeightChange
from explorer.network.analysis import Facts
from explorer.network.besides import in_sentences
from explorer.network.conventions import Conventions
from explorer.network.diff import Diff
from explorer.network.diff_words import NUMBERS, alike, both, cells, headings, seen, total, weighing
from explorer.network.fed import Fed, in_words


def comparison(old: str, new: str, conventions: Conventions, as_json: bool, whole: bool) -> str:
    """The command's output; `whole` shows the rows too in which nothing differs. Counted Keras's way, a name means the
    network as Keras builds it, where that differs."""
    was, now = (sources.described(name, conventions.counting) for name in (old, new))
    diff = finished(compared(was, now))
    assert isinstance(diff, Diff)
    if as_json:
        return json.dumps(record(diff, conventions))
    same = diff.alike and not whole
    equal = f"{alike(diff, old, new, conventions)} {_weighing(diff, old, new)}".rstrip()
    layers = plain(equal) if same else table(diff, conventions, whole)
    return "\n".join(filter(None, (layers, plain(in_sentences(diff.besides)))))


def _weighing(diff: Diff, old: str, new: str) -> str:
    """What is said of the weights; a name means its layers alone, also where there are trained weights for it."""
    lacking = old if diff.weighed[1] else new
    if sum(diff.weighed) == 1 and own_files.has(lacking):
        return (
            f"Their weights were not compared: {lacking} is its layers alone here; “cnn-explorer convert {lacking} "
            f"{lacking}.cnnx” writes the trained network, which can be compared."
        )
    return weighing(diff, old, new)


def record(diff: Diff, conventions: Conventions) -> dict[str, Any]:
    """What --json prints: every layer, null where a network lacks it; inputs and problems only where they tell more."""
    layers = []
    for row in diff.rows:
        fields = diff.receptive_fields(row)
        layer = {
            "old": row.old or None,
            "new": row.new or None,
            "change": row.change,
            "kind": both(diff.nodes(row), lambda node: node.layer.kind),
            "shape": both(row.facts, lambda fact: fact.shape and conventions.sizes(fact.shape)),
            **_sums(row.facts, conventions),
            "receptive_field": both(fields, lambda field: field.size),
            "settings": {name: [a, b] for name, a, b in row.settings},
        }
        if row.rewired:
            layer["inputs"] = both(diff.nodes(row), lambda node: node.inputs)
        problems = both(row.facts, lambda fact: fact.problem)
        if row.weights is not None:
            layer["weights"] = _weights(row.weights)
        layers.append({**layer, "problem": problems} if any(problems) else layer)
    besides = {each.name: [each.old, each.new] for each in diff.besides}
    told = {"besides": {name: [_listed(one) for one in pair] for name, pair in besides.items()}} if besides else {}
    return {"layers": layers, "totals": _sums(diff.totals, conventions), **told}


def _listed(value: Any) -> Any:
    """As JSON has it; what an Input is fed in words."""
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return in_words(value) if isinstance(value, Fed) else value


def _weights(change: WeightChange) -> dict[str, Any]:
    """Of a layer's trained numbers; "largest" is null where no finite number tells how far apart they are."""
    if change.lacking:
        return {"lacking": change.lacking}
    largest = change.largest if isfinite(change.largest) else None
    return {"count": change.count, "differing": change.differing, "largest": largest}


def _sums(pair: tuple[Facts | None, Facts | None], conventions: Conventions) -> dict[str, list[int | None]]:
    """Old and new of each, None of what is not there."""
    told = both(pair, lambda fact: sums(fact, conventions))
    names = next(one for one in told if one)
    return {name: [one and one[name] for one in told] for name in names}


def table(diff: Diff, conventions: Conventions, whole: bool) -> str:
    """What people read. A row without a mark is a layer that is the same, with other numbers."""
    shown = [row for row in diff.rows if whole or row.state != "same"]
    rows = [[plain(cell) for cell in (*cells(diff, row, conventions), seen(diff, row))] for row in shown]
    return aligned([headings(conventions), *rows, total(diff, conventions)], NUMBERS)
