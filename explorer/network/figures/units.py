"""What of a network is drawn as one: a layer with the activation behind it, and a block for all its repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.network.analysis import Facts
from explorer.network.layer import Layer, Shape
from explorer.network.network import Network, Node

FOLLOWERS = ("Activation", "Norm", "Shape")
"""Groups whose layers are drawn with the one before them, or behind."""
LONGEST = 8
"""Units between which one can cut, in the longest block that is looked for."""

NAMES = {
    "Conv2d": "conv", "ConvTranspose2d": "up-conv", "MaxPool2d": "max pool", "AvgPool2d": "avg pool",
    "AdaptiveAvgPool2d": "avg pool", "GlobalAvgPool": "global avg pool", "Linear": "fc", "Input": "input",
    "BatchNorm2d": "BN", "LayerNorm": "LN", "GroupNorm": "GN", "LocalResponseNorm": "LRN", "Concat": "concat",
    "Add": "add", "Multiply": "multiply", "Upsample": "upsample", "CenterCrop": "crop", "Flatten": "flatten",
    "Dropout": "dropout", "Softmax": "softmax", "Sigmoid": "sigmoid", "Tanh": "tanh", "Yolo": "YOLO",
}  # fmt: skip
"""What papers call the kinds."""


@dataclass(frozen=True)
class Unit:
    """Nodes drawn as one. head: the one that it is about; shape: what that puts out, None with a problem.

    inputs: ids of other units, which go by their first node. times: how often it is there, one behind the other.
    """

    nodes: tuple[Node, ...]
    head: Node
    shape: Shape | None
    inputs: tuple[str, ...]
    trained: bool
    times: int = 1

    @property
    def id(self) -> str:
        return self.nodes[0].id

    @property
    def name(self) -> str:
        """The operation as papers write it: “7×7 conv, /2”."""
        return operation(self.head.layer)

    @property
    def others(self) -> str:
        """The operations drawn with it: “BN · ReLU”."""
        return " · ".join(operation(node.layer) for node in self.nodes if node is not self.head)


@dataclass(frozen=True)
class Plan:
    """The units by id, each behind its inputs but on a loop, and the blocks of several units that stand for repeats."""

    units: Mapping[str, Unit]
    repeats: tuple[tuple[frozenset[str], int], ...] = ()


def operation(layer: Layer) -> str:
    """A layer's name with its window and stride, without its channels."""
    kernel, name = _pair(getattr(layer, "kernel", None)), named(layer)
    stride = _pair(getattr(layer, "stride", 1)) if kernel else ""
    return f"{kernel} {name}".strip() + (f", /{stride.partition('×')[0]}" if stride not in ("", "1×1") else "")


def named(layer: Layer) -> str:
    """What papers call a layer, without any numbers."""
    groups = getattr(layer, "groups", 1) if layer.kind == "Conv2d" else 1
    if groups > 1:
        return "depthwise conv" if groups == getattr(layer, "channels", 0) else "grouped conv"
    return NAMES.get(layer.kind, layer.kind.removesuffix("2d"))


def _pair(value: Any) -> str:
    if isinstance(value, int):
        return f"{value}×{value}"
    return "×".join(map(str, value)) if isinstance(value, tuple) else ""


def plan(network: Network, facts: Mapping[str, Facts], abbreviate: str) -> Plan:
    """What is drawn of a network. abbreviate: "no" for every layer by itself, "activations", or "repeats" besides."""
    if abbreviate == "repeats":
        network = _chained(network)
    units = _joined(network, facts, fold=abbreviate != "no")
    return _repeated(units) if abbreviate == "repeats" and not network.looped else Plan(units)


def _chained(network: Network) -> Network:
    """Concatenations that begin as another one does take that one: a dense block becomes a chain of equal parts."""
    made: dict[tuple[Layer, tuple[str, ...]], str] = {}
    nodes = dict(network.nodes)
    for node in network.order:
        if node.layer.kind != "Concat":
            continue
        for length in range(len(node.inputs) - 1, 1, -1):
            if before := made.get((node.layer, node.inputs[:length])):
                nodes[node.id] = replace(node, inputs=(before, *node.inputs[length:]))
                break
        made[node.layer, node.inputs] = node.id
    return Network(nodes)


def _joined(network: Network, facts: Mapping[str, Facts], fold: bool) -> dict[str, Unit]:
    sound = {node.id for node in network.order}
    ordered = (*network.order, *(node for node in network.nodes.values() if node.id not in sound))
    chains: dict[str, list[Node]] = {}  # by first node
    chain_of: dict[str, str] = {}
    for node in ordered:
        first = chain_of.get(node.inputs[0], "") if fold and len(node.inputs) == 1 else ""
        if first and len(network.users[node.inputs[0]]) == 1 and _fits(chains[first], node):
            chains[first].append(node)
        else:
            first = node.id
            chains[first] = [node]
        chain_of[node.id] = first
    units = {}
    for first, nodes in chains.items():
        head = next((node for node in nodes if node.layer.group not in FOLLOWERS), nodes[0])
        inputs = tuple(dict.fromkeys(chain_of[i] for i in nodes[0].inputs))
        trained = any(facts[node.id].parameters for node in nodes)
        units[first] = Unit(tuple(nodes), head, facts[head.id].shape, inputs, trained)
    return units


def _fits(chain: Sequence[Node], node: Node) -> bool:
    """Whether a layer is drawn with those before it: it only follows, or they only lead to it."""
    return node.layer.group in FOLLOWERS or all(one.layer.group in FOLLOWERS for one in chain)


def _repeated(units: Mapping[str, Unit]) -> Plan:
    """The network with each run of equal blocks drawn once."""
    pieces = _pieces(units)
    marks = [_mark(units, piece) for piece in pieces]
    kept, repeats, instead = dict(units), [], {}
    at = 0
    while at < len(pieces):
        period, times = _run(marks, at)
        if times > 1:
            block, last = pieces[at : at + period], pieces[at + (times - 1) * period : at + times * period]
            ids = [id for piece in block for id in piece]
            for id, late in zip(ids, (id for piece in last for id in piece), strict=True):
                kept[id] = replace(kept[id], shape=units[late].shape, times=times if len(ids) == 1 else 1)
            instead[last[-1][-1]] = ids[-1]
            for piece in pieces[at + period : at + times * period]:
                for id in piece:
                    del kept[id]
            if len(ids) > 1:
                repeats.append((frozenset(ids), times))
        at += period * times
    linked = {
        id: replace(unit, inputs=tuple(dict.fromkeys(instead.get(i, i) for i in unit.inputs)))
        for id, unit in kept.items()
    }
    return Plan(linked, tuple(repeats))


def _pieces(units: Mapping[str, Unit]) -> list[list[str]]:
    """The units in order, cut wherever all that comes later depends on one unit only."""
    waiting: dict[str, int] = dict.fromkeys(units, 0)
    for unit in units.values():
        for source in unit.inputs:
            waiting[source] += 1
    pieces: list[list[str]] = [[]]
    ahead: set[str] = set()  # units that something later still needs
    for id, unit in units.items():
        pieces[-1].append(id)
        for source in unit.inputs:
            waiting[source] -= 1
            if not waiting[source]:
                ahead.discard(source)
        if waiting[id]:
            ahead.add(id)
        if ahead <= {id}:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _mark(units: Mapping[str, Unit], piece: Sequence[str]) -> object:
    """What is equal for equal pieces: layers, links inside, image sizes."""
    number = {id: i for i, id in enumerate(piece)}
    return tuple(
        (tuple(n.layer for n in units[id].nodes), tuple(number.get(i, -1) for i in units[id].inputs),
         (units[id].shape or ())[1:], bool(units[id].inputs) or id)
        for id in piece
    )  # fmt: skip


def _run(marks: Sequence[object], at: int) -> tuple[int, int]:
    """The period and number of repeats that begin at a piece and cover most; (1, 1) for none."""
    best = 1, 1
    for period in range(1, min(LONGEST, (len(marks) - at) // 2) + 1):
        times = 1
        while marks[at : at + period] == marks[at + times * period : at + (times + 1) * period]:
            times += 1
        if times > 1 and times * period > best[0] * best[1]:
            best = period, times
    return best
