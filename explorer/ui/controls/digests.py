"""What groups are together, found out when a card or a row asks, and kept while nothing in them changes."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from explorer.network.analysis import Facts
from explorer.network.digest import Digest, digest
from explorer.network.folding import Folding, alike
from explorer.workspace.document import Change


class Digests:
    """The digest of each group that was asked for."""

    def __init__(self, folding: Folding, facts: Mapping[str, Facts]) -> None:
        self._folding, self._facts = folding, facts
        self._known: dict[str, Digest] = {}
        self._ends: dict[str, str] = {}  # the node whose value leaves, of those that are known and have several

    def __getitem__(self, id: str) -> Digest:
        if id not in self._known:
            self._known[id] = digest(self._folding, self._facts, id)
            if not self._folding.sure(id):
                self._ends[id] = self._folding.outlet(id)
        return self._known[id]

    def follow(self, change: Change, folding: Folding) -> set[str]:
        """The document changed; the groups that may be others now."""
        before, self._folding, self._facts = self._folding.groups, folding, change.facts
        groups, network = folding.groups, folding.network
        if not groups and not before:
            return set()
        nodes, restated = network.nodes, change.restated
        linked = (change.before.network.nodes, nodes)  # which value leaves a group depends on who takes it
        near = restated | {i for each in linked for id in change.other_nodes & each.keys() for i in each[id].inputs}
        homes = {  # of what is restated, or fed by that; most layers of a large network may be, and few in groups
            home for id, home in groups.homes.items() if id in near or not restated.isdisjoint(nodes[id].inputs)
        }
        if before is not groups and before.homes is not groups.homes:
            homes |= groups.differing(before)
        stale = {group for home in homes for group in groups.path(home)}
        here = [id for id in self._ends if id in groups.groups]
        stale.update(id for id in here if id not in stale and folding.outlet(id) != self._ends[id])
        if network is not change.before.network and not alike(change.before.network, network):
            stale.update(groups.groups)  # what stands first in a group may be another
        self._ends = {id: self._ends[id] for id in here if id not in stale}
        self._known = {id: found for id, found in self._known.items() if id in groups.groups and id not in stale}
        return stale

    def following(self, change: Change, folding: Folding) -> Generator[None, None, Digests]:
        """Others for the changed document, that know what was asked for here; each step finds one of them out."""
        after = Digests(self._folding, self._facts)
        after._known, after._ends = self._known, self._ends
        stale = after.follow(change, folding)
        for id in tuple(self._known):  # rows that are painted between two steps ask for more
            if id in stale and id in folding.groups.groups:
                _ = after[id]
                yield
        return after
