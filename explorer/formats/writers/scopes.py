"""A network's layers as a tree of modules, read from their ids: `layer1.0.conv2` lies in `layer1.0`, in `layer1`."""

from __future__ import annotations

import heapq
import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from explorer.layers.dense import Input
from explorer.network.network import Network, Node

TAKEN = frozenset((
    "add_module", "append", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile", "cpu", "cuda",
    "double", "dump_patches", "eval", "extend", "extra_repr", "float", "forward", "get_buffer", "get_extra_state",
    "get_parameter", "get_submodule", "half", "insert", "ipu", "load_state_dict", "modules", "mtia", "named_buffers",
    "named_children", "named_modules", "named_parameters", "parameters", "pop", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_full_backward_pre_hook", "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_module", "register_parameter", "register_state_dict_post_hook", "register_state_dict_pre_hook",
    "requires_grad_", "self", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty",
    "train", "training", "type", "xpu", "zero_grad",
))  # fmt: skip
"""What an attribute of a torch module cannot be called."""


@dataclass(frozen=True)
class Leaf:
    """One layer, and the attribute it goes by in its module."""

    name: str
    node: Node


@dataclass(frozen=True)
class Scope:
    """A part of the network under one name: its items, each behind those it takes from.

    inputs: ids of the nodes outside whose values it takes, in the order of use. outputs: those of its own that are
    used outside, or are an end. sequential: a chain of modules called 0, 1, 2 …, or what no attribute can be called.
    """

    name: str
    items: tuple[Leaf | Scope, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sequential: bool = False

    @property
    def chain(self) -> bool:
        """Whether one value goes in, through every item in turn, and comes out."""
        if len(self.inputs) != 1 or len(self.outputs) != 1:
            return False
        came = self.inputs
        for item in self.items:
            takes = item.inputs if isinstance(item, Scope) else item.node.inputs
            gives = item.outputs if isinstance(item, Scope) else (item.node.id,)
            if takes != came or len(gives) != 1:
                return False
            came = gives
        return came == self.outputs


def tree(network: Network, modules: Collection[str]) -> Scope:
    """The network as one scope, its Inputs left out. A scope that could not be called as one module is dissolved.

    modules: ids of the nodes that become a module; the others are written into `forward`.
    """
    leaves = [(node.id.split("."), node) for node in network.nodes.values() if not isinstance(node.layer, Input)]
    return _named(_scope(network, "", [(tuple(path), node) for path, node in leaves]), modules)


def within(item: Leaf | Scope) -> list[Node]:
    """All nodes of an item."""
    return [item.node] if isinstance(item, Leaf) else [node for part in item.items for node in within(part)]


def paths(scope: Scope, before: str = "") -> dict[str, str]:
    """For each node the path of its module: `layer1.0.conv2`."""
    found: dict[str, str] = {}
    for item in scope.items:
        path = f"{before}{item.name}"
        found |= paths(item, f"{path}.") if isinstance(item, Scope) else {item.node.id: path}
    return found


Path = tuple[str, ...]


def _scope(network: Network, name: str, leaves: list[tuple[Path, Node]]) -> Scope:
    """The scope of these nodes, with what is left of their paths."""
    items: list[Leaf | Scope] = [Leaf(path[0], node) for path, node in leaves if len(path) == 1]
    deeper: dict[str, list[tuple[Path, Node]]] = {}
    for path, node in leaves:
        if len(path) > 1:
            deeper.setdefault(path[0], []).append((path[1:], node))
    items += (_scope(network, part, inside) for part, inside in deeper.items())
    ordered, stuck = _ordered(network, items)
    if stuck:  # scopes that feed each other both ways: their items are called one by one instead
        flat = [((f"{s.name}_{p[0]}", *p[1:]) if s else p, n) for p, n, s in _opened(leaves, stuck)]
        return _scope(network, name, flat)
    own = {node.id for _, node in leaves}
    inputs = dict.fromkeys(i for item in ordered for i in _takes(item) if i not in own)
    users = network.users
    outputs = (node.id for _, node in leaves if not users[node.id] or any(u not in own for u in users[node.id]))
    return Scope(name, tuple(ordered), tuple(inputs), tuple(outputs))


def _opened(leaves: list[tuple[Path, Node]], stuck: list[Scope]) -> Iterable[tuple[Path, Node, Scope | None]]:
    """Each node with its path, and the stuck scope that its path begins with, taken off."""
    where = {node.id: scope for scope in stuck for node in within(scope)}
    for path, node in leaves:
        scope = where.get(node.id)
        yield (path[1:], node, scope) if scope else (path, node, None)


def _takes(item: Leaf | Scope) -> tuple[str, ...]:
    return item.inputs if isinstance(item, Scope) else item.node.inputs


def _ordered(network: Network, items: list[Leaf | Scope]) -> tuple[list[Leaf | Scope], list[Scope]]:
    """The items behind what they take from, otherwise as their nodes were added; and the scopes that are on a loop."""
    position = {id: number for number, id in enumerate(network.nodes)}
    home = {node.id: number for number, item in enumerate(items) for node in within(item)}
    first = [min(position[node.id] for node in within(item)) for item in items]
    waits = [{home[i] for i in _takes(item) if i in home} for item in items]
    feeds: dict[int, list[int]] = {}
    for number, sources in enumerate(waits):
        for source in sources:
            feeds.setdefault(source, []).append(number)
    left = [len(sources) for sources in waits]
    ready = [(first[number], number) for number, count in enumerate(left) if not count]
    heapq.heapify(ready)
    ordered = []
    while ready:
        _, number = heapq.heappop(ready)
        ordered.append(items[number])
        for user in feeds.get(number, ()):
            left[user] -= 1
            if not left[user]:
                heapq.heappush(ready, (first[user], user))
    stuck = {number for number, count in enumerate(left) if count}
    while behind := {number for number in stuck if stuck.isdisjoint(feeds.get(number, ()))}:
        stuck -= behind  # these only wait for a loop
    return ordered, [items[number] for number in stuck if isinstance(items[number], Scope)]  # type: ignore[misc]


def _named(scope: Scope, modules: Collection[str], root: bool = True) -> Scope:
    """The same with names that Python and torch allow."""
    items = tuple(_named(item, modules, False) if isinstance(item, Scope) else item for item in scope.items)
    names = [item.name for item in items]
    chain = scope.chain and all(isinstance(item, Scope) or item.node.id in modules for item in items)
    numbered = names == [str(number) for number in range(len(names))]
    kept = not root and len(set(names)) == len(names) and all(re.fullmatch(r"[\w -]+", n) for n in names)
    if chain and (
        numbered or (kept and any(not name.isidentifier() for name in names) and not set(TAKEN) & set(names))
    ):
        return replace(scope, items=items, sequential=True)
    taken: set[str] = set()
    return replace(scope, items=tuple(replace(item, name=_free(attribute(item.name), taken)) for item in items))


def attribute(name: str) -> str:
    """A name as an attribute of a module."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or "layer"
    if plain[0].isdigit():
        plain = f"layer{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) or plain in TAKEN else plain


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def shared(scope: Scope, weightless: Mapping[str, bool]) -> dict[str, str]:
    """For nodes whose module another one of the scope is, the attribute of that: `relu_1` is `relu` once more.

    weightless: for each node whether it has no weights.
    """
    leaves = {item.name: item for item in scope.items if isinstance(item, Leaf)}
    found = {}
    for name, leaf in leaves.items():
        stem, _, number = name.rpartition("_")
        first = leaves.get(stem)
        if first and number.isdigit() and first.node.layer == leaf.node.layer and weightless[leaf.node.id]:
            found[leaf.node.id] = stem
    return found
