"""The table of a network's layers in words, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.network.analysis import Facts, totals
from explorer.network.conventions import Conventions
from explorer.network.network import Network
from explorer.network.receptive_field import ReceptiveFields

NUMBERS = (4, 5, 6)
"""Columns that are set right."""


def summary(network: Network, known: Mapping[str, Facts], conventions: Conventions) -> list[tuple[str, ...]]:
    """A line of headings, one for each layer, and one of totals. A problem stands where a shape would."""
    fields = ReceptiveFields(network, known)

    def figures(facts: Facts) -> tuple[str, str]:
        return f"{conventions.parameters(facts):,}", f"{conventions.cost(facts):,}"

    rows: list[tuple[str, ...]] = [
        ("layer", "kind", "settings", "output", "parameters", f"{conventions.work}s", "sees")
    ]
    for id, fact in known.items():
        layer, field = network.nodes[id].layer, fields[id]
        shape = fact.problem or conventions.shape(fact.shape or ())
        sees = "×".join(map(str, field.size)) if field else ""
        rows.append((id, layer.kind, layer.brief(), shape, *figures(fact), sees))
    sums = totals(known)
    return [*rows, ("at least" if sums.problem else "total", f"{len(known)} layers", "", "", *figures(sums), "")]
