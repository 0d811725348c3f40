"""Switching channels off and on again, and scaling them: each is one edit of the document, with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from explorer.network.ablation import there
from explorer.workspace.document import Document


def factor_of(document: Document, node: str, channel: int) -> float:
    """What a channel is multiplied by; 1 where nobody changed it."""
    return document.project.factors.get(node, {}).get(channel, 1.0)


def factors_of(document: Document, node: str) -> dict[int, float]:
    """By channel, what those of a node are multiplied by that somebody changed, and that are there."""
    facts = document.facts.get(node)
    return there(document.project.factors.get(node, {}), facts.shape if facts else None)


def set_factors(document: Document, node: str, factors: Mapping[int, float], dragged: bool = False) -> None:
    """Multiply channels of a node by these from now on; 1 leaves one as it is.

    dragged: the next such edit of the same channels is undone together with this one.
    """
    factors = {i: factor for i, factor in factors.items() if factor != factor_of(document, node, i)}
    if not factors:
        return
    which = f"channel {next(iter(factors))}" if len(factors) == 1 else f"{len(factors):,} channels"
    values = set(factors.values())
    doing = {0.0: "Switch off", 1.0: "Switch on"}.get(values.pop() if len(values) == 1 else 2.0, "Scale")
    merge = f"factor {node} {sorted(factors)}" if dragged else ""
    document.edit(f"{doing} {which} of {node}", document.project.with_factors(node, factors), merge)


def toggle(document: Document, node: str, channels: tuple[int, ...]) -> None:
    """Switch channels off, or where all of them are off, on."""
    off = all(factor_of(document, node, i) == 0 for i in channels)
    set_factors(document, node, dict.fromkeys(channels, 1.0 if off else 0.0))


def clear(document: Document, node: str = "") -> None:
    """Let all channels of a node, or of the whole network, through as they are."""
    project = document.project
    kept = tuple(one for one in project.ablations if node and one.node != node)
    document.edit(f"Switch on all channels of {node or 'the network'}", replace(project, ablations=kept))
