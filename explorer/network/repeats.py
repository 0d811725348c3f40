"""Equal groups in a row, as the blocks of a residual network's stage are: they can be drawn as one card, ×N."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from explorer.network.analysis import Facts
from explorer.network.folding import scopes
from explorer.network.groups import TOP, Groups
from explorer.network.layer import Layer
from explorer.network.network import Network

Form = tuple[tuple[Layer, Facts, tuple[int, ...]], ...]
"""For each node in the order they run: its layer, what is known of it, and what feeds it: the number of a node here,
or below 0 of a value from outside. Equal forms compute the same but for their weights."""


def form(network: Network, facts: Mapping[str, Facts], nodes: tuple[str, ...]) -> Form:
    """What some nodes are whatever they are called."""
    ordered = network.ordered(set(nodes))
    numbers = {id: number for number, id in enumerate(ordered)}
    found = []
    for id in ordered:
        node = network.nodes[id]
        for source in node.inputs:
            numbers.setdefault(source, len(ordered) - len(numbers) - 1)
        found.append((node.layer, facts[id], tuple(numbers[source] for source in node.inputs)))
    return tuple(found)


def runs_of_repeats(
    network: Network, groups: Groups, facts: Mapping[str, Facts], around: str = TOP
) -> list[tuple[str, ...]]:
    """Each run of two or more equal groups, where each is fed by the one before it and by nothing else.

    around: only of those in this group.
    """
    inside = scopes(network, groups, around)
    forms = {
        id: form(network, facts, groups.nodes(id))
        for scope in inside.values()
        for id in scope.nodes
        if id in groups.groups
    }
    found = []
    for scope in inside.values():
        run: list[str] = []
        for before, after in pairwise([*scope.order, None]):
            if before is None or before.id not in forms:
                continue
            run.append(before.id)
            follows = (
                after is not None
                and after.inputs == (before.id,)
                and after.id in forms
                and forms[after.id] == forms[before.id]
            )
            if not follows:
                found += [tuple(run)] if len(run) > 1 else []
                run = []
    return found


def with_repeats(network: Network, groups: Groups, facts: Mapping[str, Facts]) -> Groups:
    """The groups, with a closed one around each run of equal groups that has none yet."""
    for run in runs_of_repeats(network, groups, facts):
        if set(run) != set(groups.parts(groups.groups[run[0]].parent)):
            nodes = [node for id in run for node in groups.nodes(id)]
            first, last = groups.groups[run[0]].name, groups.groups[run[-1]].name
            groups, _ = groups.grouped(f"{first} … {_end(first, last)}", nodes)
    return groups


def times(network: Network, groups: Groups, facts: Mapping[str, Facts], id: str) -> int:
    """Of how many equal groups in a row a group consists, 1 where it does not."""
    parts = groups.parts(id)
    alike = len({len(groups.nodes(part)) for part in parts if part in groups.groups}) == 1
    if len(parts) < 2 or not alike or parts[0] not in groups.groups:
        return 1
    return next((len(run) for run in runs_of_repeats(network, groups, facts, id) if len(run) == len(parts)), 1)


def _end(first: str, last: str) -> str:
    """The last name, without the path that both have."""
    path = first.rpartition(".")[0]
    return last.removeprefix(f"{path}.") if path else last
