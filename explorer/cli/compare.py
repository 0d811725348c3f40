"""`cnn-explorer compare A B`: what was added, removed and changed from one network to another, and what it costs."""

from __future__ import annotations

import json
from typing import Any

from explorer.cli import sources
from explorer.cli.facts import aligned
from explorer.cli.manners import plain
from explorer.network.diff import Diff, compare
from explorer.network.diff_words import COLUMNS, NUMBERS, both, cells, equality, seen, total


def comparison(old: str, new: str, as_json: bool, whole: bool) -> str:
    """The command's output; `whole` shows the rows too in which nothing differs."""
    diff = compare(sources.described(old).network, sources.described(new).network)
    if as_json:
        return json.dumps(record(diff))
    return plain(equality(diff, old, new)) if diff.equal and not whole else table(diff, whole)


def record(diff: Diff) -> dict[str, Any]:
    """What --json prints: every layer, null where a network lacks it; inputs and problems only where they tell more."""
    layers = []
    for row in diff.rows:
        fields = diff.receptive_fields(row)
        layer = {
            "old": row.old or None,
            "new": row.new or None,
            "change": row.change,
            "kind": both(diff.nodes(row), lambda node: node.layer.kind),
            "shape": both(row.facts, lambda fact: fact.shape),
            "parameters": both(row.facts, lambda fact: fact.parameters),
            "macs": both(row.facts, lambda fact: fact.macs),
            "receptive_field": both(fields, lambda field: field.size),
            "settings": {name: [a, b] for name, a, b in row.settings},
        }
        if row.rewired:
            layer["inputs"] = both(diff.nodes(row), lambda node: node.inputs)
        problems = both(row.facts, lambda fact: fact.problem)
        layers.append({**layer, "problem": problems} if any(problems) else layer)
    before, after = diff.totals
    sums = {"parameters": [before.parameters, after.parameters], "macs": [before.macs, after.macs]}
    return {"layers": layers, "totals": sums}


def table(diff: Diff, whole: bool) -> str:
    """What people read. A row without a mark is a layer that is the same, with other numbers."""
    shown = [row for row in diff.rows if whole or row.state != "same"]
    rows = [[plain(cell) for cell in (*cells(diff, row), seen(diff, row))] for row in shown]
    return aligned([COLUMNS, *rows, total(diff)], NUMBERS)
