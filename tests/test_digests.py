"""What cards and rows say of groups is after any edits what it would be if found anew."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add, Concat
from explorer.layers.windows import Conv2d
from explorer.network.digest import digest
from explorer.network.folding import folded
from explorer.network.groups import Groups
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.controls.digests import Digests
from explorer.workspace.document import Change, Document

KINDS = [Conv2d(4, 3, 1, 1), ReLU(), Add(), Concat()]


def inputs_of(layer: Any, ids: list[str]) -> tuple[str, ...]:
    return tuple(ids[:1]) if layer.inputs == 1 else tuple(ids)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Two or three chains beside each other, which meet in the end: which of their layers runs first hangs on all."""
    nodes, ends = {"x": Node("x", Input(4, 8, 8))}, list[str]()
    for chain in range(draw(st.integers(2, 3))):
        before = "x"
        for number in range(draw(st.integers(1, 4))):
            id = f"{'abc'[chain]}{number}"
            nodes[id] = Node(id, draw(st.sampled_from(KINDS[:2])), (before,))
            before = id
        ends.append(before)
    return Network({**nodes, "sum": Node("sum", draw(st.sampled_from(KINDS[2:])), tuple(ends))})


def edited(draw: Any, project: Project) -> Project:
    """One random edit of the network or of its groups."""
    network, groups = project.network, project.groups
    one, other = (draw(st.sampled_from(sorted(network.nodes))) for _ in range(2))
    match draw(st.integers(0, 8)):
        case 0 if len(network.nodes) > 2:
            return project.rewired(network.without([one]))
        case 1 | 6 | 7 if network.nodes[one].inputs:
            source, fresh = network.nodes[one].inputs[0], network.fresh_id("ReLU")
            return project.rewired(network.with_node(Node(fresh, ReLU(), (source,))).with_link(fresh, one, 0))
        case 8:
            layer, fresh = draw(st.sampled_from(KINDS)), f"n{len(network.nodes) + draw(st.integers(10, 99))}"
            ids = inputs_of(layer, [one, other])
            feeding = network.with_node(Node(fresh, layer, ids))
            return project.rewired(feeding if feeding.reaches(other, fresh) else feeding.with_link(fresh, other))
        case 2 if not network.reaches(other, one) and network.nodes[other].layer.inputs:
            return project.rewired(network.with_link(one, other, 0))
        case 3:
            return project.rewired(network.without_link(one, other))
        case 4 if network.nodes[one].layer.inputs == 1:
            return project.rewired(network.with_layer(one, draw(st.sampled_from(KINDS[:2]))))
    some = draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1, max_size=4))
    return project.regrouped(groups.grouped("more", sorted(some), closed=draw(st.booleans()))[0])


@settings(max_examples=120, deadline=None)
@given(networks(), st.data())
def test_digests_say_after_any_edits_what_they_would_if_found_anew(network: Network, data: Any) -> None:
    groups = Groups()
    for number in range(data.draw(st.integers(1, 3))):
        some = data.draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1, max_size=5))
        groups, _ = groups.grouped(f"g{number}", sorted(some), closed=data.draw(st.booleans()))
    document = Document(Project(network, groups=groups))
    folding = folded(network, groups)
    digests, changes = Digests(folding, document.facts), list[Change]()
    document.changed.connect(changes.append)
    for _ in range(4):
        asked = data.draw(st.sets(st.sampled_from(sorted(folding.groups.groups)))) if folding.groups else ()
        shown = {id: digests[id] for id in asked}
        if data.draw(st.integers(0, 4)) == 0:
            document.undo()
        else:
            document.edit("Edit", edited(data.draw, document.project))
        for change in changes:
            folding = folding.following(change.after.network, change.after.groups)
            stale = digests.follow(change, folding)
        anew = folded(document.project.network, document.project.groups)
        for id in folding.groups.groups:
            fresh = digest(anew, document.facts, id)
            assert digests[id] == fresh
            assert not changes or id in stale or id not in shown or shown[id] == fresh, "who shows it is told"
        changes.clear()


def test_what_leaves_a_group_with_two_ways_out_follows_an_edit_far_from_it() -> None:
    """The last of both to run is the one that is told of, and a layer near the Input changes which that is."""
    chain = [("x", Input(4, 8, 8), ()), ("a1", ReLU(), ("x",)), ("a2", ReLU(), ("a1",)),
             ("a3", Conv2d(4, 3, 1, 1), ("a2",)),
             ("b1", ReLU(), ("x",)), ("b2", ReLU(), ("b1",)),
             ("b3", Conv2d(8, 3, 1, 1), ("b2",)),
             ("sum", Concat(), ("a3", "b3"))]  # fmt: skip
    network = Network({id: Node(id, layer, inputs) for id, layer, inputs in chain})
    groups, id = Groups().grouped("ends", ["a3", "b3"])
    for project in (Project(network, groups=groups), Project(network, groups=groups.folded([id], closed=False))):
        document, changes = Document(project), list[Change]()
        document.changed.connect(changes.append)
        folding = folded(network, project.groups)
        digests = Digests(folding, document.facts)
        assert digests[id].facts.shape == (8, 8, 8)
        document.edit("Add", project.rewired(network.with_node(Node("r", ReLU(), ("x",))).with_link("r", "a1")))
        folding = folding.following(document.project.network, project.groups)
        assert folding.outlet(id) == "a3"
        assert digests.follow(changes[0], folding) == {id}
        assert digests[id].facts.shape == (4, 8, 8)
