"""`cnn-explorer facts NAME|FILE`: every layer's output shape, parameters and multiply-accumulates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.cli import sources
from explorer.cli.manners import plain
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.layer import described
from explorer.network.network import Network

HEADINGS = ("layer", "kind", "settings", "output", "parameters", "MACs")
NUMBERS = (4, 5)  # columns that are set right


def facts(name: str, as_json: bool) -> str:
    """The command's output."""
    network = sources.described(name).network
    known = analyse(network)
    return json.dumps(record(network, known)) if as_json else table(network, known)


def record(network: Network, known: Mapping[str, Facts]) -> dict[str, Any]:
    """What --json prints. A layer with a problem has no shape, and says its problem."""
    sums = totals(known)
    layers = []
    for id, fact in known.items():
        layer = {
            "id": id,
            "kind": network.nodes[id].layer.kind,
            "shape": None if fact.shape is None else list(fact.shape),
            "parameters": fact.parameters,
            "macs": fact.macs,
        }
        layers.append({**layer, "problem": fact.problem} if fact.problem else layer)
    return {"layers": layers, "totals": {"parameters": sums.parameters, "macs": sums.macs}}


def table(network: Network, known: Mapping[str, Facts]) -> str:
    """What people read."""
    rows = []
    for id, fact in known.items():
        layer = network.nodes[id].layer
        shape = fact.problem or described(fact.shape or ())
        rows.append((plain(id), layer.kind, layer.brief(), shape, f"{fact.parameters:,}", f"{fact.macs:,}"))
    sums = totals(known)
    last = (
        "at least" if sums.problem else "total",
        f"{len(known)} layers",
        "",
        "",
        f"{sums.parameters:,}",
        f"{sums.macs:,}",
    )
    return aligned([HEADINGS, *rows, last], NUMBERS)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows as a table: columns as wide as their longest cell, those in `right` set right; lines around the body."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    def line(row: Sequence[str]) -> str:
        cells = enumerate(zip(row, widths, strict=True))
        return "  ".join(cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in cells).rstrip()

    head, *body, last = map(line, rows)
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([head, rule, *body, rule, last])
