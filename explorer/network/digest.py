"""What several layers are together: what a closed group's card says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from explorer.maths.values import dataclass
from explorer.network.analysis import BEHIND, Facts, faulty, totals
from explorer.network.folding import Folding
from explorer.network.layer import Shape
from explorer.network.repeats import times


@dataclass(frozen=True)
class Digest:
    """layers: how many. kinds: how many of each, those that come first first. enters: shapes of the values that come
    from outside, each once. facts: sums, the shape of the value that leaves, and the problem there is inside. times:
    how many equal groups in a row it consists of, 1 where it does not."""

    layers: int
    kinds: tuple[tuple[str, int], ...]
    enters: tuple[Shape, ...]
    facts: Facts
    times: int = 1


def digest(folding: Folding, facts: Mapping[str, Facts], id: str) -> Digest:
    """Of a group."""
    network, held = folding.network, set(folding.groups.nodes(id))
    nodes = network.ordered(held)
    outside = dict.fromkeys(i for node in nodes for i in network.nodes[node].inputs if i not in held)
    shapes = dict.fromkeys(shape for i in outside if (shape := facts[i].shape) is not None)
    sums, problem = totals({node: facts[node] for node in nodes}), _problem(facts, nodes)
    shape = None if problem else facts[folding.outlet(id)].shape
    found = Facts(shape, sums.parameters, sums.macs, problem, sums.buffers)
    kinds = Counter(network.nodes[node].layer.kind for node in nodes)
    return Digest(len(nodes), tuple(kinds.items()), tuple(shapes), found, times(network, folding.groups, facts, id))


def _problem(facts: Mapping[str, Facts], nodes: Sequence[str]) -> str:
    """What is wrong inside: one layer's problem with its id, or how many have one."""
    broken = faulty({node: facts[node] for node in nodes})
    if not broken:
        return BEHIND if any(facts[node].problem for node in nodes) else ""
    first = f"{broken[0]}: {facts[broken[0]].problem}"
    return first if len(broken) == 1 else f"{len(broken)} problems inside, the first at {first}"
