"""Groups of layers: a name for several nodes, which are drawn as one card while it is closed.

The network knows nothing of them: nodes keep their ids and links, and run as they did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from explorer.maths.differing import differing
from explorer.maths.values import dataclass
from explorer.network.network import Network

MARK = "\x1d"
"""ASCII's group separator begins the id of every group: ids of nodes are printable, so none is mistaken for another."""
TOP = ""
"""What everything lies in that lies in no group."""


@dataclass(frozen=True)
class Group:
    """name: as it is shown. parent: id of the group it lies in, or TOP. closed: drawn as one card."""

    name: str
    parent: str = TOP
    closed: bool = True


@dataclass(frozen=True)
class Groups:
    """All groups of a network, nested.

    groups: by id, each behind the one it lies in; none is without nodes. homes: by node, the innermost group around it.
    """

    groups: Mapping[str, Group] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.groups)

    def path(self, id: str) -> tuple[str, ...]:
        """The groups around a node or a group, the outermost first; a group's own id is the last."""
        return self._paths[id if id in self.groups else self.homes.get(id, TOP)]

    def home(self, id: str) -> str:
        """The group that a node or a group lies in, or TOP."""
        return self.groups[id].parent if id in self.groups else self.homes.get(id, TOP)

    def nodes(self, id: str) -> tuple[str, ...]:
        """All nodes in a group, those of its groups among them."""
        return self._nodes[id]

    def parts(self, id: str) -> tuple[str, ...]:
        """What lies directly in a group: nodes, and behind them groups."""
        return self._parts.get(id, ())

    def differing(self, other: Groups) -> set[str]:
        """The groups that only one of both has, or that have other nodes or groups in them; among them maybe TOP."""
        return differing(other._nodes, self._nodes) | differing(other._parts, self._parts)

    @cached_property
    def closed(self) -> tuple[str, ...]:
        """The groups that are drawn as cards: closed, and in no other closed one."""
        seen = {TOP, *self.opened}
        return tuple(id for id, group in self.groups.items() if group.closed and group.parent in seen)

    @cached_property
    def opened(self) -> tuple[str, ...]:
        """The groups whose parts are seen, each behind the one it lies in."""
        found: dict[str, None] = {TOP: None}
        for id, group in self.groups.items():
            if not group.closed and group.parent in found:
                found[id] = None
        return tuple(found)[1:]

    @cached_property
    def cards(self) -> dict[str, str]:
        """For each node in a closed group, the group as whose card it is drawn."""
        return {node: id for id in self.closed for node in self._nodes[id]}

    def around(self, nodes: Collection[str]) -> str:
        """The innermost group that all these nodes lie in, or TOP."""
        groups, homes = self.groups, self.homes
        around = set()
        for id in nodes if groups else ():
            if id not in groups and id not in homes:
                return TOP
            around.add(id if id in groups else homes[id])
        paths = {self._paths[id] for id in around}
        common = TOP
        for level in zip(*paths, strict=False):
            if len(set(level)) > 1:
                break
            common = level[0]
        return common

    def exactly(self, nodes: Collection[str]) -> str:
        """The outermost group that holds these nodes and no others, or ""."""
        home = self.around(nodes) if nodes else TOP
        wanted = set(nodes) if home != TOP else set()
        alike = (id for id in self._paths[home] if len(self._nodes[id]) == len(wanted))  # few are looked into
        return next((id for id in alike if wanted.issuperset(self._nodes[id])), "")

    def whole(self, nodes: Collection[str]) -> tuple[str, ...]:
        """The outermost groups all of whose nodes are among these."""
        chosen, found = set(nodes), dict.fromkeys(self.homes[node] for node in nodes if node in self.homes)
        held = {id for id in {id for home in found for id in self._paths[home]} if chosen.issuperset(self._nodes[id])}
        return tuple(id for id in self.groups if id in held and self.groups[id].parent not in held)

    def depth(self, id: str) -> int:
        """1 for a group in no other, 0 for TOP."""
        return len(self._paths[id])

    # Other groups

    def grouped(self, name: str, nodes: Collection[str], closed: bool = True) -> tuple[Groups, str]:
        """With one more group around these nodes (at least one), and its id. Groups among them that are whole stay
        groups, inside of it."""
        id, home, whole = _unused(self.groups), self.around(nodes), self.whole(nodes)
        if whole and set(self._nodes.get(home, ())) == set(nodes):  # around a whole group, not inside of it
            home = self.groups[whole[0]].parent
        held = {node for group in whole for node in self._nodes[group]}
        groups = {**self.groups, id: Group(name, home, closed)}
        groups.update({group: replace(groups[group], parent=id) for group in whole})
        homes = {**self.homes, **{node: id for node in nodes if node not in held}}
        return _tidy(groups, homes), id

    def ungrouped(self, ids: Collection[str]) -> Groups:
        """Without these groups; what lies in them lies in the groups around them."""

        def above(id: str) -> str:
            while id in ids:
                id = self.groups[id].parent
            return id

        groups = {id: replace(g, parent=above(g.parent)) for id, g in self.groups.items() if id not in ids}
        return _tidy(groups, {node: above(home) for node, home in self.homes.items()})

    def renamed(self, id: str, name: str) -> Groups:
        """With another name for a group."""
        return self._alike({**self.groups, id: replace(self.groups[id], name=name)})

    def folded(self, ids: Iterable[str], closed: bool) -> Groups:
        """With these groups closed, or open."""
        changed = {id: replace(self.groups[id], closed=closed) for id in ids}
        return self._alike({**self.groups, **changed})

    def to_level(self, level: int) -> Groups:
        """With the groups of so many levels open, and all deeper ones closed."""
        return self._alike({id: replace(group, closed=self.depth(id) > level) for id, group in self.groups.items()})

    def moved(self, nodes: Collection[str], groups: Collection[str], home: str) -> Groups:
        """With nodes and groups in another group, or in none (TOP)."""
        changed = {id: replace(group, parent=home) if id in groups else group for id, group in self.groups.items()}
        return _tidy(changed, {**self.homes, **dict.fromkeys(nodes, home)})

    def among(self, nodes: Collection[str]) -> Groups:
        """Only the groups all of whose nodes are among these."""
        tops = set(self.whole(nodes))
        kept = {id: group for id, group in self.groups.items() if tops and not tops.isdisjoint(self._paths[id])}
        groups = {id: replace(group, parent=TOP if id in tops else group.parent) for id, group in kept.items()}
        return Groups(groups, {node: home for node, home in self.homes.items() if home in kept})

    def with_copies(self, others: Groups, names: Mapping[str, str], home: str = TOP) -> tuple[Groups, dict[str, str]]:
        """With other groups of nodes in a group of these, or beside them (TOP), under fresh ids, and those by the old
        ones. names: what all their nodes are called here, where none of these has a home yet."""
        if not others and home == TOP:
            return self, {TOP: TOP}
        groups, ids = dict(self.groups), {TOP: home}
        for id, group in others.groups.items():
            ids[id] = _unused(groups)
            groups[ids[id]] = replace(group, parent=ids[group.parent])
        homes = {names[node]: ids[at] for node, at in others.homes.items()}
        loose = [new for node, new in names.items() if node not in others.homes]
        homes.update(dict.fromkeys(loose, home) if home else {})
        made = Groups(groups, {**self.homes, **homes})
        nodes, parts = dict(self._nodes), dict(self._parts)
        for id in others.groups:
            nodes[ids[id]] = tuple([names[node] for node in others._nodes[id]])
            parts[ids[id]] = tuple([ids[part] if part in ids else names[part] for part in others._parts[id]])
        for id in self.path(home) if home else ():
            nodes[id] = (*nodes[id], *homes)
        tops, old = [ids[id] for id in others.parts(TOP)], self.parts(home)
        single = [part for part in old if part not in self.groups] + (loose if home else [])
        parts[home] = (*single, *(part for part in old if part in self.groups), *tops)
        made.__dict__.update(_nodes=nodes, _parts=parts)  # what was found out about all others is so still
        if "opened" in self.__dict__ and (not home or home in self.opened):
            made.__dict__["opened"] = (*self.opened, *(ids[id] for id in others.opened))
        return made, ids

    def following(self, before: Network, after: Network) -> Groups:
        """The groups when one network becomes another: nodes that are gone leave them, and a new one between nodes of
        one group lies in that, too."""
        homes = dict(self.homes)
        if not homes.keys() <= after.nodes.keys():
            homes = {node: home for node, home in self.homes.items() if node in after.nodes}
        new = after.nodes.keys() - before.nodes.keys() if homes else set[str]()
        for node in [after.nodes[id] for id in filter(new.__contains__, after.running if new else ())]:
            near = [*node.inputs, *after.users[node.id]]
            if len(near) > 1 and node.id not in homes:
                known = replace(self, homes=homes)
                homes[node.id] = known.around([id for id in near if id in before.nodes or id in homes])
        homes = {node: home for node, home in homes.items() if home != TOP} if new else homes
        return self if homes == self.homes else self._rehomed(homes)

    def joined(self, network: Network, node: str) -> Groups:
        """With a node in the innermost group around all that it is linked with."""
        home = self.around([*network.nodes[node].inputs, *network.users[node]])
        return self.moved([node], [], home)

    def _alike(self, groups: Mapping[str, Group]) -> Groups:
        """Other names, or others closed: what lies in what stays, and with it what was found out about that."""
        made, known = Groups(groups, self.homes), self.__dict__
        made.__dict__.update({name: known[name] for name in ("_paths", "_nodes", "_parts") if name in known})
        return made

    def _rehomed(self, homes: Mapping[str, str]) -> Groups:
        """With some nodes in other homes, or in none: what was found out about groups without them is so still."""
        other, paths = differing(self.homes, homes), self._paths
        near = {id for node in other for id in (*paths[self.homes.get(node, TOP)], *paths[homes.get(node, TOP)])}
        ways = {home: [id for id in path if id in near] for home, path in paths.items()}
        found: dict[str, list[str]] = {id: [] for id in near}
        for node, home in homes.items():
            for id in ways.get(home, ()):
                found[id].append(node)
        empty = {id for id, nodes in found.items() if not nodes}
        tables: dict[str, Any] = {"_nodes": dict(self._nodes), "_parts": dict(self._parts)}
        for id in (TOP, *near):
            groups = (part for part in self.parts(id) if part in self.groups and part not in empty)
            tables["_parts"][id] = (*(node for node in found.get(id, ()) if homes[node] == id), *groups)
        tables["_nodes"].update({id: tuple(nodes) for id, nodes in found.items()})
        kept = dict(self.groups)
        for each in (*tables.values(), kept):
            for id in empty:
                del each[id]
        for name in ("opened", "closed"):
            if name in self.__dict__:
                tables[name] = tuple(id for id in self.__dict__[name] if id not in empty)
        made = Groups(kept, homes)
        made.__dict__.update(tables)
        return made

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        paths: dict[str, tuple[str, ...]] = {TOP: ()}
        for id, group in self.groups.items():
            paths[id] = (*paths[group.parent], id)
        return paths

    @cached_property
    def _nodes(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {id: [] for id in self.groups}
        for node, home in self.homes.items():
            for id in self._paths[home]:
                found[id].append(node)
        return {id: tuple(nodes) for id, nodes in found.items()}

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for node, home in self.homes.items():
            found.setdefault(home, []).append(node)
        for id, group in self.groups.items():
            found.setdefault(group.parent, []).append(id)
        return {id: tuple(parts) for id, parts in found.items()}


def _unused(groups: Mapping[str, Group]) -> str:
    """An id for one more group."""
    number = len(groups) + 1
    while f"{MARK}{number}" in groups:
        number += 1
    return f"{MARK}{number}"


def _tidy(groups: Mapping[str, Group], homes: Mapping[str, str]) -> Groups:
    """Each group behind the one it lies in, and none without nodes."""
    homes = {node: home for node, home in homes.items() if home != TOP}
    kept: set[str] = set()
    for id in set(homes.values()):
        while id != TOP and id not in kept:
            kept.add(id)
            id = groups[id].parent
    ordered: dict[str, Group] = {}

    def add(id: str) -> None:
        way = []
        while id != TOP and id not in ordered:
            way.append(id)
            id = groups[id].parent
        ordered.update({each: groups[each] for each in reversed(way)})

    for id in filter(kept.__contains__, groups):
        add(id)
    return Groups(ordered, homes)
