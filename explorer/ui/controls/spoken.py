"""What a layer and a group are in one sentence: canvas and outline say the same to screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.network.ablation import told
from explorer.network.analysis import Facts, totals
from explorer.network.conventions import Conventions
from explorer.ui.controls.words import counted, sums_in_words

if TYPE_CHECKING:
    from explorer.network.digest import Digest
    from explorer.network.folding import Folding

MOST = 12
"""Parts of a group whose numbers are added up one by one."""


def layer_spoken(
    kind: str, id: str, shape: str, parameters: int, problem: str, factors: Sequence[float] = (),
    answer: bool = False, bypassed: bool = False,
) -> str:  # fmt: skip
    """A layer, by what is written about it. factors: of channels that are switched off or scaled."""
    name = f"{kind} {id}{', bypassed' if bypassed else ''}"
    if problem:
        return f"{name}, {problem}"
    said = f"{name}, output {shape}, {parameters:,} parameters"
    said += f", {told(factors)}" if factors else ""
    return f"{said}, the network's answer" if answer else said


def group_spoken(name: str, found: Digest, conventions: Conventions, state: str) -> str:
    """A group; state: closed or open."""
    return ", ".join((f"Group {name}", state, *group_lines(found, conventions)))


def group_lines(found: Digest, conventions: Conventions) -> tuple[str, ...]:
    """What there is to say of a group besides its name, one thing after the other."""
    count = (counted(found.layers, "layer"), *([f"{found.times} equal groups"] if found.times > 1 else []))
    if found.facts.problem:
        return *count, found.facts.problem
    return *count, kinds_in_words(found), shapes_in_words(found, conventions), *sums(found, conventions)


def kinds_in_words(found: Digest) -> str:
    """What is in a group: 3 Conv2d · 2 ReLU · Add."""
    return " · ".join(kind if count == 1 else f"{count:,} {kind}" for kind, count in found.kinds)


def shapes_in_words(found: Digest, conventions: Conventions) -> str:
    """What enters and what leaves a group: 64×56×56 → 256×56×56."""
    enters = ", ".join(conventions.shape(shape) for shape in found.enters)
    leaves = conventions.shape(found.facts.shape) if found.facts.shape is not None else ""
    return " → ".join(filter(None, (enters, leaves)))


def sums(found: Digest, conventions: Conventions) -> tuple[str, str]:
    """Parameters and work of a group."""
    return sums_in_words(found.facts, conventions)


def additions(
    folding: Folding, facts: Mapping[str, Facts], id: str, found: Digest, conventions: Conventions
) -> tuple[str, str]:
    """How the sums of a group come about: its parts, or where these are many its kinds, with what each has.

    4,096 (conv1) + 128 (bn1) = 4,224 parameters.
    """
    groups, nodes, name = folding.groups, folding.network.nodes, folding.groups.groups[id].name
    parts: dict[str, list[str]] = {}
    for part in groups.parts(id):
        called = groups.groups[part].name if part in groups.groups else part
        parts[called.removeprefix(f"{name}.")] = list(groups.nodes(part) if part in groups.groups else (part,))
    if len(parts) > MOST:
        parts = {}
        for node in groups.nodes(id):
            parts.setdefault(nodes[node].layer.kind, []).append(node)
    at = {node.id: number for number, node in enumerate(folding.network.order)}  # none on a loop
    parts = dict(sorted(parts.items(), key=lambda part: min(at.get(id, len(at)) for id in part[1])))
    sums = {called: totals({node: facts[node] for node in inside}) for called, inside in parts.items()}
    parameters = [(called, conventions.parameters(f)) for called, f in sums.items()]
    work = [(called, conventions.cost(f)) for called, f in sums.items()]
    total = conventions.parameters(found.facts), conventions.cost(found.facts)
    return (
        f"{_addition(parameters, total[0], found.times)} parameters",
        f"{_addition(work, total[1], found.times)} {conventions.work}s for one picture",
    )


def _addition(values: Sequence[tuple[str, int]], total: int, times: int) -> str:
    some = [f"{value:,} ({name})" for name, value in values if value]
    if times > 1:
        return f"{times} × {total // times:,} = {total:,}"
    return f"{' + '.join(some)} = {total:,}" if len(some) > 1 else f"{total:,}"
