"""What differs between two networks: their layers side by side."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from explorer.maths.weight_records import WeightChange
from explorer.network.alignment import Side, align, gaps
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.besides import Besides, bare, besides
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.receptive_field import ReceptiveField, ReceptiveFields

Change = Literal["same", "changed", "added", "removed"]
State = Literal["same", "affected", "with other weights", "changed", "added", "removed"]


@dataclass(frozen=True)
class Pair:
    """One layer in both networks: its ids, "" in the network that lacks it, and its facts, None there.

    change: what was done to the layer itself: its kind, settings or links. settings: name, old and new value of each
    that differs, None where the layer has none of that name. rewired: its inputs are other layers; one that was added
    or removed on the way there does not count. weights: of its trained numbers, None where it has none in either
    network, or nobody looked.
    """

    old: str
    new: str
    change: Change
    settings: tuple[tuple[str, Any, Any], ...] = ()
    rewired: bool = False
    facts: tuple[Facts | None, Facts | None] = (None, None)
    weights: WeightChange | None = None

    @property
    def affected(self) -> bool:
        """Whether the layer is the same, and its facts are not: something before it changed."""
        return self.change == "same" and self.facts[0] != self.facts[1]

    @property
    def state(self) -> State:
        """What became of the layer; only where it is "same" do its facts say the same, too, and its weights."""
        if self.change == "same" and self.weights is not None and not self.weights.same:
            return "with other weights"
        return "affected" if self.affected else self.change


@dataclass(frozen=True)
class Diff:
    """Two networks, old and new, layer by layer: in the new one's order, the removed ones in their place.

    weights: SHA-256 of the trained numbers of both, "" for none; where both have some, the rows tell of these, too.
    projects: whose networks they are; None where one asked for the layers alone.
    """

    networks: tuple[Network, Network]
    rows: tuple[Pair, ...]
    totals: tuple[Facts, Facts]
    weights: tuple[str, str] = ("", "")
    projects: tuple[Project, Project] | None = None

    @property
    def weighed(self) -> tuple[bool, bool]:
        """Which of them has trained numbers at all."""
        old, new = self.weights
        return bool(old), bool(new)

    @property
    def alike(self) -> bool:
        """Whether all layers are the same, but for their ids, and so are their weights where both have some."""
        return all(row.change == "same" and (row.weights is None or row.weights.same) for row in self.rows)

    @property
    def equal(self) -> bool:
        """Whether nothing differs: neither layers nor weights nor what there is besides."""
        return self.alike and not self.besides

    @cached_property
    def besides(self) -> tuple[Besides, ...]:
        """What differs besides the layers: how pictures are prepared, what classes are called, and so on."""
        if self.projects is None:
            return ()
        mates = {row.old: row.new for row in self.rows if row.old and row.new}
        return besides(*self.projects, mates, self._facts)

    def nodes(self, row: Pair) -> tuple[Node | None, Node | None]:
        """Those of a row, None in the network that lacks it."""
        old, new = self.networks
        return old.nodes.get(row.old), new.nodes.get(row.new)

    def receptive_fields(self, row: Pair) -> tuple[ReceptiveField | None, ReceptiveField | None]:
        """Those of a row; asked for one by one, for all of a large network take a second."""
        old, new = self._fields
        return (old[row.old] if row.old else None), (new[row.new] if row.new else None)

    @cached_property
    def _fields(self) -> tuple[ReceptiveFields, ReceptiveFields]:
        return ReceptiveFields(self.networks[0], self._facts[0]), ReceptiveFields(self.networks[1], self._facts[1])

    @property
    def _facts(self) -> tuple[dict[str, Facts], dict[str, Facts]]:
        before = {row.old: row.facts[0] for row in self.rows if row.facts[0]}
        return before, {row.new: row.facts[1] for row in self.rows if row.facts[1]}


def compare_projects(old: Project, new: Project) -> Diff:
    """As `compare` of their networks, which also tells what differs besides."""
    return replace(compare(old.network, new.network), projects=(bare(old), bare(new)))


def compare(old: Network, new: Network) -> Diff:
    """Find the layers of one network in the other, and say what differs.

    Layers with one id are the same one if they are of one group; the others are told by what they are and where. Ids
    are not believed where less differs without them.
    """
    sides = (old, analyse(old)), (new, analyse(new))
    shared = old.nodes.keys() & new.nodes.keys()
    known = [id for id in shared if old.nodes[id].layer.group == new.nodes[id].layer.group]
    rows = _rows(*sides, known)
    if edits := _edits(rows):
        # Ids can be places in a list (features.16): a layer put in moves all behind it. That is certain where one
        # of them is of two groups; else they are names, as far as one can tell, and much must speak against them.
        nameless = _rows(*sides, ())
        if _edits(nameless) * (2 if len(known) == len(shared) else 1) < edits:
            rows = nameless
    return Diff((old, new), rows, (totals(sides[0][1]), totals(sides[1][1])))


def _edits(rows: Iterable[Pair]) -> int:
    return sum(row.change != "same" for row in rows)


def _rows(old: Side, new: Side, known: Iterable[str]) -> tuple[Pair, ...]:
    mates = align(old, new, known)
    origins = {mate: id for id, mate in mates.items()}
    fed_old, fed_new = _sources(old[0], mates.keys()), _sources(new[0], origins.keys())

    def pair(id: str, mate: str) -> Pair:
        was, now = old[0].nodes.get(id), new[0].nodes.get(mate)
        settings = _differing(was.layer if was else None, now.layer if now else None)
        facts = old[1].get(id), new[1].get(mate)
        if not was or not now:
            return Pair(id, mate, "removed" if was else "added", settings, False, facts)
        rewired = [{mates[i] for i in fed_old[source]} for source in was.inputs] != [fed_new[i] for i in now.inputs]
        same = was.layer == now.layer and not rewired
        return Pair(id, mate, "same" if same else "changed", settings, rewired, facts)

    gone = gaps(old[0], mates)
    rows = [pair(id, "") for id in gone.get("", ())]
    for node in new[0].branches:
        rows += [pair(origins.get(node.id, ""), node.id), *(pair(id, "") for id in gone.get(node.id, ()))]
    return tuple(rows)


def _sources(network: Network, kept: Set[str]) -> dict[str, set[str]]:
    """Where the numbers of each node come from: itself, or if it is not kept the nearest kept nodes before it.

    So a layer, or a whole block, put into a link or taken out of it leaves the link what it was.
    """
    sources: dict[str, set[str]] = {id: {id} & kept for id in network.nodes}
    for node in network.branches:
        if node.id not in kept:
            sources[node.id] = set().union(*(sources[i] for i in node.inputs))
    return sources


def _differing(old: Layer | None, new: Layer | None) -> tuple[tuple[str, Any, Any], ...]:
    before, after = vars(old) if old else {}, vars(new) if new else {}
    both = ((name, before.get(name), after.get(name)) for name in {**before, **after})
    return tuple((name, a, b) for name, a, b in both if a != b)
