"""What can be known about a network without running it."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

from explorer.maths.differing import differing
from explorer.maths.steps import at_once
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.network import PART, Network

BEHIND = "waits for the layer before it, which has a problem"
LOOP = "its links form a loop: take one of them away"
KEPT = 1 << 12
"""Figures of layers that are kept: the largest classic has 422 different, so undo finds those of nine sizes."""


@dataclass(frozen=True)
class Facts:
    """Output shape, trained parameters and multiply-accumulates of one node, or the problem it has.

    buffers: numbers it remembers from training without training them, such as moving means and variances.
    """

    shape: Shape | None = None
    parameters: int = 0
    macs: int = 0
    problem: str = ""
    buffers: int = 0


MOST = 10**15
"""Channels, features, rows or columns: more than any computer holds, and few enough to be written out and divided."""
BLANK = Facts(problem="not found yet")


def analyse(network: Network, old: Network | None = None, known: Mapping[str, Facts] | None = None) -> dict[str, Facts]:
    """Facts of every node. A mistake is a `problem`, not an exception: half-built graphs are normal.

    `known` are the facts of an `old` network, taken over where a node and what comes into it are the same.
    """
    if old is None or not known:
        return reanalysed(network, {}, set(network.nodes))[0]
    return reanalysed(network, known, differing(old.nodes, network.nodes))[0]


def reanalysed(
    network: Network, known: Mapping[str, Facts], changed: Collection[str]
) -> tuple[dict[str, Facts], set[str]]:
    """Facts of every node, those known of a network before taken over; and the ids whose facts are others, or gone.

    changed: ids of the nodes that the network before had otherwise, or not, and of those that it had and are gone.
    """
    return at_once(reanalysing(network, known, changed))


def reanalysing(
    network: Network, known: Mapping[str, Facts], changed: Collection[str]
) -> Generator[int, None, tuple[dict[str, Facts], set[str]]]:
    """The same step by step; each step says how many nodes it was."""
    yield from network.finding_order()
    nodes, order = network.nodes, network.running
    facts = dict(zip(order, map(known.get, order, repeat(BLANK)), strict=True))
    due, news = set(changed), {id for id in changed if id not in nodes and id in known}
    for done, id in enumerate(filter(due.__contains__, order)):  # which grows meanwhile, by what comes later
        if done % PART == PART - 1:
            yield PART
        node, was = nodes[id], facts[id]
        inputs = node.inputs
        x = (facts[inputs[0]].shape,) if len(inputs) == 1 else tuple([facts[i].shape for i in inputs])
        found = _facts(node.layer, x)
        if found is not was and (found.shape != was.shape or found != was):
            facts[id] = found
            news.add(id)
            due.update(network.users[id])
    for id in nodes if len(facts) < len(nodes) else ():
        if id not in facts:
            # What lies behind a loop says what it says behind any other problem: it stays true where the loop is cut.
            behind = _facts(nodes[id].layer, (None,) * len(nodes[id].inputs))
            facts[id] = Facts(problem=LOOP) if id in network.looped else behind
            if facts[id] != known.get(id):
                news.add(id)
    return facts, news


def _facts(layer: Layer, x: tuple[Shape | None, ...]) -> Facts:
    wanted, have = layer.inputs, len(x)
    if wanted == 1 == have and x[0] is not None:  # as nearly all
        return _layer_facts(layer, x)
    if (have != wanted and wanted >= 0) or (wanted < 0 and have < 2):
        needs = {-1: "two or more inputs", 0: "no input", 1: "an input"}[wanted]
        has = {0: "none", 1: "one"}.get(have, str(have))
        return Facts(problem=f"needs {needs}, has {has}")
    if None in x:
        return Facts(problem=BEHIND)
    return _layer_facts(layer, x)


@lru_cache(KEPT)  # an edit leaves most layers of a large network as they were
def _layer_facts(layer: Layer, x: tuple[Shape, ...]) -> Facts:
    try:
        y = layer.output(*x)
        if max(y, default=0) > MOST:
            return Facts(problem=f"gives more than {MOST:,} numbers along one axis, which no computer holds")
        return Facts(y, int(layer.parameters(*x)), layer.macs(y, *x), buffers=layer.buffers(*x))
    except ShapeError as error:
        return Facts(problem=str(error))


def totals(facts: Mapping[str, Facts]) -> Facts:
    """Sums over these nodes; where there is a `problem` they are only what is known so far."""
    every = facts.values()
    parameters, macs = sum([f.parameters for f in every]), sum([f.macs for f in every])
    return Facts(None, parameters, macs, _counted_problems(facts), sum([f.buffers for f in every]))


def faulty(facts: Mapping[str, Facts]) -> list[str]:
    """The nodes that have a problem themselves; all others without a shape wait for these."""
    return [id for id, f in facts.items() if f.problem and f.problem != BEHIND]


def _counted_problems(facts: Mapping[str, Facts]) -> str:
    problems = [f.problem for f in facts.values() if f.problem]
    waiting = problems.count(BEHIND)
    faults = len(problems) - waiting
    parts = []
    if faults:
        parts.append("1 problem" if faults == 1 else f"{faults:,} problems")
    if waiting:
        cause = {0: "a layer with a problem", 1: "it"}.get(faults, "them")
        parts.append(f"{'1 layer waits' if waiting == 1 else f'{waiting:,} layers wait'} for {cause}")
    return " · ".join(parts)
