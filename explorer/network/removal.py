"""Layers taken away: the ends are joined again, but only where the shapes fit each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from explorer.network.analysis import Facts, reanalysed
from explorer.network.network import Network
from explorer.network.project import Project


def removed(project: Project, ids: Collection[str], facts: Mapping[str, Facts]) -> tuple[Project, str]:
    """The project without some nodes, and a sentence on what could not be joined, "" where all could.

    What a removed node with one input fed is fed by that input, unless its shape is one that the layer refuses: that
    link is left open, for a layer that is missing is easier to see than one that is fed with the wrong thing.
    facts: of the project's network.
    """
    known, gone, after = project.network.nodes, set(ids), project.network.without(ids)
    healed = [id for id, node in after.nodes.items() if node is not known[id] and not gone.isdisjoint(known[id].inputs)]
    new = {id: [i for i in after.nodes[id].inputs if i not in known[id].inputs] for id in healed}
    joined = [id for id in healed if new[id]]
    found = reanalysed(after, facts, {*gone, *healed})[0] if joined else {}
    wrong = [id for id in joined if _misfits(after, found, id) and not facts[id].problem]
    if not wrong:
        return project.rewired(after), ""
    opened = [replace(node, inputs=tuple(i for i in node.inputs if i not in new[node.id]))
              for node in (after.nodes[id] for id in wrong)]  # fmt: skip
    first, others = wrong[0], len(wrong) - 1
    more = f" Nor {'is' if others == 1 else 'are'} {others} more." if others else ""
    return project.rewired(after.with_nodes(opened)), (
        f"{first} is not joined to {new[first][0]}: {found[first].problem}.{more}"
    )


def _misfits(network: Network, facts: Mapping[str, Facts], id: str) -> bool:
    """Whether a layer has the inputs it needs, and refuses their shapes."""
    node = network.nodes[id]
    wanted, have = node.layer.inputs, len(node.inputs)
    enough = have == wanted if wanted >= 0 else have >= 2
    return enough and bool(facts[id].problem) and all(facts[i].shape is not None for i in node.inputs)
