"""The network as an immutable value: every edit returns a new one, so undo is keeping the old one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

from explorer.maths.steps import at_once
from explorer.network.layer import Layer

PART = 512
"""Nodes of one step, where work is done in steps."""


@dataclass(frozen=True)
class Node:
    """One layer in its place; `inputs` are node ids, in order. Its output goes by its own id."""

    id: str
    layer: Layer
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Nodes by id, in the order they were added. Links that form a loop are allowed, and a problem."""

    nodes: Mapping[str, Node] = field(default_factory=dict)

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """Nodes so that each comes after its inputs; those on or behind a loop are left out."""
        return tuple([self.nodes[id] for id in self.running])

    @cached_property
    def running(self) -> tuple[str, ...]:
        """The ids of `order`."""
        return at_once(self._run())

    def _run(self) -> Generator[int, None, tuple[str, ...]]:
        nodes, users = self.nodes, self.users
        waiting = {id: len(node.inputs) for id, node in nodes.items() if len(node.inputs) != 1}  # most have one
        yield len(nodes)
        ready = [id for id, count in waiting.items() if count == 0]
        done = 0
        while part := ready[done : done + PART]:  # which grows meanwhile
            for id in part:
                for user in users[id]:
                    if user in waiting:
                        waiting[user] -= 1
                        if waiting[user]:
                            continue
                    ready.append(user)
            done += len(part)
            yield len(part)
        return tuple(ready)

    def finding_order(self) -> Generator[int, None, None]:
        """Find `users` and `running` step by step, where they are not known; each step says how many nodes it was."""
        for name, find in (("users", self._use), ("running", self._run)):
            if name not in self.__dict__:
                self.__dict__[name] = yield from find()

    @cached_property
    def standing(self) -> dict[str, int]:
        """For each node which one it is in the network's own order."""
        return {id: number for number, id in enumerate(self.nodes)}

    def ordered(self, ids: Collection[str]) -> list[str]:
        """Some nodes so that each comes after those of its inputs that are among them; those on or behind a loop last.

        Unlike `order` this does not hang on anything outside of them.
        """
        stand = sorted(ids, key=self.standing.__getitem__)
        waiting = {id: sum(source in ids for source in self.nodes[id].inputs) for id in stand}
        ready = [id for id in stand if not waiting[id]]
        for id in ready:  # which grows meanwhile
            for user in self.users[id]:
                if user in waiting:
                    waiting[user] -= 1
                    if not waiting[user]:
                        ready.append(user)
        return ready if len(ready) == len(stand) else list(dict.fromkeys((*ready, *stand)))

    @cached_property
    def far(self) -> dict[str, int]:
        """For each node in `order`, how many layers the longest way to it has, it among them."""
        far: dict[str, int] = {}
        for id in self.running:
            inputs = self.nodes[id].inputs
            far[id] = 1 + (far[inputs[0]] if len(inputs) == 1 else max([far[i] for i in inputs], default=0))
        return far

    @cached_property
    def branches(self) -> tuple[Node, ...]:
        """All nodes, each behind its inputs (but on a loop), and a branch in one piece."""
        inputs = {node.id: node.inputs for node in self.nodes.values()}
        ends = (id for id, users in self.users.items() if not users)
        return tuple(self.nodes[id] for tree in _trees((*ends, *self.nodes), inputs) for id in tree)

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """For each node the ids of the nodes it feeds, once for each link."""
        return at_once(self._use())

    def _use(self) -> Generator[int, None, dict[str, list[str]]]:
        users: dict[str, list[str]] = {id: [] for id in self.nodes}
        yield len(users)
        nodes = iter(self.nodes.values())
        while part := list(islice(nodes, PART)):
            for node in part:
                for source in node.inputs:
                    users[source].append(node.id)
            yield len(part)
        return users

    def before(self, ids: Iterable[str]) -> set[str]:
        """These nodes and all that lead to them."""
        return _followed(ids, lambda id: self.nodes[id].inputs)

    def behind(self, ids: Iterable[str]) -> set[str]:
        """These nodes and all that they lead to."""
        return _followed(ids, lambda id: self.users[id])

    def reaches(self, start: str, goal: str) -> bool:
        """Whether following links from `start` comes to `goal`."""
        return goal in self.behind([start])

    @cached_property
    def looped(self) -> frozenset[str]:
        """Ids of the nodes that are on a loop, from two passes over the links.

        Source: Sharir 1981, A strong-connectivity algorithm, doi:10.1016/0898-1221(81)90008-0.
        """
        ends = [id for tree in _trees(self.nodes, self.users) for id in tree]
        inputs = {node.id: node.inputs for node in self.nodes.values()}
        together = _trees(reversed(ends), inputs)  # each tree: nodes that reach each other
        return frozenset(id for tree in together for id in tree if len(tree) > 1 or id in inputs[id])

    def fresh_id(self, kind: str) -> str:
        """An unused id for a new node of this kind: conv1, conv2, …"""
        return self.fresh_ids((kind,))[0]

    def fresh_ids(self, kinds: Iterable[str]) -> list[str]:
        """The same for several new nodes, each of a kind."""
        numbers: dict[str, int] = {}
        found: dict[str, None] = {}
        for kind in kinds:
            stem = kind.lower().removesuffix("2d")
            number = numbers.get(stem) or self._free_numbers.get(stem, 1)
            while (id := f"{stem}{number}") in self.nodes or id in found:
                number += 1
            self._free_numbers.setdefault(stem, number)
            numbers[stem], found[id] = number, None
        return list(found)

    @cached_property
    def _free_numbers(self) -> dict[str, int]:
        """By stem, the least number that no id has, once somebody has asked."""
        return {}

    def with_node(self, node: Node) -> Network:
        """Add a node, or put it in the place of the one with its id."""
        return self.with_nodes((node,))

    def with_nodes(self, nodes: Iterable[Node]) -> Network:
        """Add nodes, or put them in the places of those with their ids. What new ones leave as it was found stays."""
        new = {node.id: node for node in nodes}
        changed = Network({**self.nodes, **new})
        changed.__dict__["_free_numbers"] = dict(self._free_numbers)  # no lower ones become free
        if "users" in self.__dict__ and new.keys().isdisjoint(self.nodes):
            users = {**self.users, **{id: [] for id in new}}
            fed = {source for node in new.values() for source in node.inputs}
            users.update({source: list(users[source]) for source in fed})  # which the old network keeps
            for node in new.values():
                for source in node.inputs:
                    users[source].append(node.id)
            changed.__dict__["users"] = users
        return changed

    def with_settings(self, id: str, **settings: Any) -> Network:
        """Change settings of one layer. Raises SettingError."""
        return self.with_layer(id, replace(self.nodes[id].layer, **settings))

    def with_layer(self, id: str, layer: Layer) -> Network:
        """Put another layer into a node; its links stay, and with them all that was found out about these."""
        changed = self.with_node(replace(self.nodes[id], layer=layer))
        known = self.__dict__
        changed.__dict__.update({name: known[name] for name in ("users", "looped", "far", "running") if name in known})
        return changed

    def with_link(self, source: str, target: str, port: int | None = None) -> Network:
        """Feed `source` into `target`: a layer with one input swaps it; a join takes one more,
        or swaps input number `port`."""
        node = self.nodes[target]
        inputs = list(node.inputs)
        if node.layer.inputs == 1:
            inputs = [source]
        elif port is not None and port < len(inputs):
            inputs[port] = source
        else:
            inputs.append(source)
        return self.with_node(replace(node, inputs=tuple(inputs)))

    def without_link(self, source: str, target: str) -> Network:
        """Take away the links from `source` to `target`."""
        node = self.nodes[target]
        return self.with_node(replace(node, inputs=tuple(i for i in node.inputs if i != source)))

    def without(self, ids: Iterable[str]) -> Network:
        """Remove nodes. Where a removed node had one input, what it fed is fed by that input."""
        gone = set(ids)

        def heal(id: str) -> str | None:
            seen: set[str] = set()
            while id in gone and id not in seen:
                seen.add(id)
                inputs = self.nodes[id].inputs
                if len(inputs) != 1:
                    return None
                id = inputs[0]
            return None if id in gone else id

        def healed(node: Node) -> Node:
            if gone.isdisjoint(node.inputs):
                return node
            return replace(node, inputs=tuple(i for i in map(heal, node.inputs) if i is not None))

        return Network({node.id: healed(node) for node in self.nodes.values() if node.id not in gone})


def _followed(ids: Iterable[str], links: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(ids)
    while ahead:
        id = ahead.pop()
        if id not in found:
            found.add(id)
            ahead += links(id)
    return found


def _trees(starts: Iterable[str], ahead: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Depth first, from each start not met before: the ids it newly reaches, each behind all those reached through it.

    Without recursion: a chain may be longer than Python's stack.
    """
    trees: list[list[str]] = []
    met: set[str] = set()
    for start in starts:
        tree: list[str] = []
        path = [] if start in met else [(start, iter(ahead[start]))]
        met.add(start)
        while path:
            id, links = path[-1]
            fresh = next((link for link in links if link not in met), None)
            if fresh is None:
                tree.append(id)
                path.pop()
            else:
                met.add(fresh)
                path.append((fresh, iter(ahead[fresh])))
        trees.append(tree)
    return trees
