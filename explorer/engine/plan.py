"""In what order a network's values are computed, which of them in one call, and how much lies in memory at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.layers.activations import Dropout, Hardsigmoid, Hardswish, LeakyReLU, ReLU, ReLU6, Sigmoid, SiLU, Tanh
from explorer.layers.dense import Linear
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.network.analysis import Facts
from explorer.network.network import Network, Node

ACTIVATIONS = (ReLU, ReLU6, LeakyReLU, SiLU, Hardswish, Hardsigmoid, Sigmoid, Tanh)
"""Those that can be written over what they are computed from, and that oneDNN knows as the end of a convolution."""
FOLLOWERS: dict[type, tuple[tuple[type, ...], ...]] = {
    Conv2d: ((BatchNorm2d,), (Dropout,), (Add,), ACTIVATIONS),
    Linear: (ACTIVATIONS,),
    BatchNorm2d: (ACTIVATIONS,),
    Add: (ACTIVATIONS,),
}
"""What may be computed in one call behind a node of each kind, in this order; a Dropout does nothing here. Only kinds
whose own result is a fresh tensor are here, so that what follows can be written over it."""


@dataclass(frozen=True)
class Step:
    """One call for the nodes `chain`: it gives the value of the last; after it the values `free` are needed no more.

    over: it writes its value over that of its input, which saves memory, and the time to get it.
    """

    chain: tuple[str, ...]
    inputs: tuple[str, ...]
    free: tuple[str, ...] = ()
    over: bool = False

    @property
    def id(self) -> str:
        """The node whose value it gives."""
        return self.chain[-1]


@dataclass(frozen=True)
class Plan:
    """The steps from given values to the wanted ones, the nodes they go through, and how many numbers are in memory at
    once for each picture. entry: the Input, whose value is given; "" where those of other nodes are. fixed: nodes whose
    values are given beside it, as they follow from what further Inputs are fed."""

    entry: str
    fixed: frozenset[str]
    wanted: frozenset[str]
    steps: tuple[Step, ...]
    nodes: frozenset[str]
    numbers: int


def steps(
    part: Network, wanted: frozenset[str], kept: bool = True, apart: frozenset[str] = frozenset()
) -> tuple[Step, ...]:
    """A step for each chain of nodes that can be one call, where its last node stands in the order.

    A chain waits until there: by then every other value its addition needs has been computed.
    part: the nodes that lead to `wanted`, and no others; those without inputs are there already. kept: these are all
    needed after the last step, or each only when it comes. apart: no call goes on behind these, wanted or not.
    """
    ends: dict[str, Step] = {}
    swallowed: set[str] = set()
    for node in part.order:
        if node.inputs and node.id not in swallowed:
            chain = _chain(part, node, wanted | apart, swallowed)
            inside = {n.id for n in chain}
            swallowed |= inside
            others = tuple(i for n in chain[1:] if type(n.layer) is Add for i in n.inputs if i not in inside)
            ends[chain[-1].id] = Step(tuple(n.id for n in chain), node.inputs + others)
    todo = _freeing([ends[node.id] for node in part.order if node.id in ends], wanted if kept else frozenset())
    return tuple(replace(step, over=_written_over(part, step, ends)) for step in todo)


def uneven(part: Network, facts: Mapping[str, Facts]) -> frozenset[str]:
    """What enters an addition of unequal shapes, which cannot be the end of a convolution's call."""
    joins = [node.inputs for node in part.nodes.values() if type(node.layer) is Add and node.inputs]
    return frozenset(id for inputs in joins if len({facts[id].shape for id in inputs}) > 1 for id in inputs)


def peak(steps: Sequence[Step], given: Collection[str], sizes: Mapping[str, int]) -> int:
    """The largest sum of sizes that are in memory at once, from the values `given` to the last step.

    A value is there from the step that gives it, its inputs still beside it, until it is let go. What is only
    another view of its input, as Flatten's and Dropout's are, counts like any other: rather too much than too little.
    """
    most = now = sum(sizes[id] for id in given)
    for step in steps:
        now += sizes[step.id]
        most = max(most, now)
        now -= sum(sizes[id] for id in step.free)
    return most


def _chain(part: Network, node: Node, last: frozenset[str], swallowed: set[str]) -> list[Node]:
    """`node` and those behind it that can be computed with it in one call, none of them behind one of `last`."""
    chain = [node]
    for kinds in FOLLOWERS.get(type(node.layer), ()):
        users = part.users[chain[-1].id]
        if len(users) != 1 or chain[-1].id in last or users[0] in swallowed:
            break
        after = part.nodes[users[0]]
        if type(after.layer) in kinds and len(after.inputs) <= 2:
            chain.append(after)
    return chain


def _written_over(part: Network, step: Step, ends: Mapping[str, Step]) -> bool:
    """Whether an activation is the last that needs its input, and no other value is a view of that."""
    (id, *_), kinds = step.inputs, (*FOLLOWERS, *ACTIVATIONS)
    fresh = id in ends and type(part.nodes[id].layer) in kinds and len(part.users[id]) == 1
    return fresh and id in step.free and type(part.nodes[step.chain[0]].layer) in ACTIVATIONS


def _freeing(steps: list[Step], kept: frozenset[str]) -> tuple[Step, ...]:
    """The same steps, each letting go of what no later one needs."""
    needed = set(kept)
    ahead = []
    for step in reversed(steps):
        free = tuple(i for i in dict.fromkeys((*step.inputs, step.id)) if i not in needed)
        needed.update(step.inputs)
        ahead.append(replace(step, free=free))
    return tuple(ahead[::-1])
