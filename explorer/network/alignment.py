"""Which layers of two networks are the same ones, whatever they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from explorer.network.analysis import Facts
from explorer.network.layer import Layer
from explorer.network.network import Network

Side = tuple[Network, Mapping[str, Facts]]
"""A network and the facts of its nodes."""

Look = tuple[Layer, Facts]
"""By what a node is told from others: its layer, and as that comes again and again, what it makes in its place."""

EQUAL, KIND, GROUP, FACTS = 1000, 400, 50, 10
"""What speaks for two layers being one: equal settings; one kind, less at most a half for the settings that differ;
one group and equal facts; equal facts besides. Two pairs of unequal layers never outweigh one of equal layers."""


def align(old: Side, new: Side, known: Iterable[str]) -> dict[str, str]:
    """For ids of the old network those of the same layers in the new one.

    `known` ids name the same layer in both; layers behind one of these, up to the next, are told by what they are.
    """
    mates = {id: id for id in known}
    ahead = gaps(new[0], mates)
    for mate, ids in gaps(old[0], mates).items():
        others = ahead.get(mate, [])
        mates.update((ids[i], others[j]) for i, j in _aligned(_looks(old, ids), _looks(new, others)))
    return mates


def gaps(network: Network, mates: Mapping[str, str]) -> dict[str, list[str]]:
    """Ids without a mate, in order, by the mate of the last node before them that has one; by "" where none has."""
    found: dict[str, list[str]] = defaultdict(list)
    mate = ""
    for node in network.branches:
        if node.id in mates:
            mate = mates[node.id]
        else:
            found[mate].append(node.id)
    return found


def _looks(side: Side, ids: Iterable[str]) -> list[Look]:
    network, facts = side
    return [(network.nodes[id].layer, facts[id]) for id in ids]


def _aligned(a: Sequence[Look], b: Sequence[Look]) -> Iterator[tuple[int, int]]:
    """Pairs of places in both: what is equal at the ends, and between these what is weighed."""
    most = min(len(a), len(b))
    head = next((i for i in range(most) if a[i] != b[i]), most)
    tail = next((i for i in range(most - head) if a[-1 - i] != b[-1 - i]), most - head)
    yield from ((i, i) for i in range(head))
    yield from ((len(a) - i, len(b) - i) for i in range(1, tail + 1))
    inner = _weighed(a[head : len(a) - tail], b[head : len(b) - tail])
    yield from ((head + i, head + j) for i, j in inner)


def _weighed(a: Sequence[Look], b: Sequence[Look]) -> Iterator[tuple[int, int]]:
    """The pairs, in order in both, for which most speaks in all.

    Source: Needleman & Wunsch 1970, doi:10.1016/0022-2836(70)90057-4; a gap costs nothing.
    """
    weights = _weights(a, b)
    best = [[0] * (len(b) + 1)]  # [i][j]: what speaks for the best pairs of the first i and the first j
    for look in a:
        before, here, most = best[-1], [0], 0
        for weight, neither, without in zip(weights[look], before, before[1:], strict=False):
            paired = neither + weight
            if most < without:
                most = without
            if most < paired:
                most = paired
            here.append(most)
        best.append(here)
    i, j = len(a), len(b)
    while i and j:
        weight = weights[a[i - 1]][j - 1]
        if weight and best[i][j] == best[i - 1][j - 1] + weight:
            i, j = i - 1, j - 1
            yield i, j
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1


def _weights(a: Sequence[Look], b: Sequence[Look]) -> dict[Look, list[int]]:
    """What speaks for a look of `a` being each of `b`. Layers come again and again, so each two are asked once."""
    layers = {layer: i for i, layer in enumerate(dict.fromkeys(layer for layer, _ in b))}
    facts = {fact: i for i, fact in enumerate(dict.fromkeys(fact for _, fact in b))}
    others = [(layers[layer], facts[fact]) for layer, fact in b]
    alike = {layer: [_alike(layer, other) for other in layers] for layer in dict.fromkeys(layer for layer, _ in a)}
    weights = {}
    for layer, fact in dict.fromkeys(a):
        there = [weight + FACTS if weight else 0 for weight in alike[layer]]
        elsewhere = [weight if weight > GROUP else 0 for weight in alike[layer]]
        place = facts.get(fact)
        weights[layer, fact] = [(there if at == place else elsewhere)[i] for i, at in others]
    return weights


def _alike(a: Layer, b: Layer) -> int:
    if a == b:
        return EQUAL
    if type(a) is not type(b):
        return GROUP if a.group == b.group else 0
    settings = vars(a)
    equal: int = sum(value == vars(b)[name] for name, value in settings.items())
    return (KIND + KIND * equal // len(settings)) // 2
