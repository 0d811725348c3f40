"""`cnn-explorer facts NAME|FILE`: every layer's output shape, parameters, work and receptive field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.cli import sources
from explorer.cli.manners import plain
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.conventions import Conventions
from explorer.network.network import Network
from explorer.network.receptive_field import ReceptiveFields
from explorer.network.summary import NUMBERS, summary


def facts(name: str, conventions: Conventions, as_json: bool) -> str:
    """The command's output. Counted Keras's way, a name means the network as Keras builds it, where that differs."""
    network = sources.described(name, conventions.counting).network
    known = analyse(network)
    return json.dumps(record(network, known, conventions)) if as_json else table(network, known, conventions)


def record(network: Network, known: Mapping[str, Facts], conventions: Conventions) -> dict[str, Any]:
    """What --json prints. A layer with a problem has no shape, and says its problem."""
    fields = ReceptiveFields(network, known)
    layers = []
    for id, fact in known.items():
        field = fields[id]
        layer = {
            "id": id,
            "kind": network.nodes[id].layer.kind,
            "shape": None if fact.shape is None else list(conventions.sizes(fact.shape)),
            **sums(fact, conventions),
            "buffers": fact.buffers,
            "receptive_field": None if field is None else list(field.size),
            "jump": None if field is None else list(field.jump),
            "start": None if field is None else list(field.start),
        }
        layers.append({**layer, "problem": fact.problem} if fact.problem else layer)
    return {"layers": layers, "totals": sums(totals(known), conventions)}


def sums(facts: Facts, conventions: Conventions) -> dict[str, int]:
    """`macs` are always MACs; who counts FLOPs gets these besides."""
    counts = {"parameters": conventions.parameters(facts), "macs": facts.macs}
    return counts if conventions.work == "MAC" else {**counts, "flops": conventions.cost(facts)}


def table(network: Network, known: Mapping[str, Facts], conventions: Conventions) -> str:
    """What people read."""
    return aligned([tuple(map(plain, row)) for row in summary(network, known, conventions)], NUMBERS)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows as a table: columns as wide as their longest cell, those in `right` set right; lines around the body."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    def line(row: Sequence[str]) -> str:
        cells = enumerate(zip(row, widths, strict=True))
        return "  ".join(cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in cells).rstrip()

    head, *body, last = map(line, rows)
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([head, rule, *body, rule, last])
