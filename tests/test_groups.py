"""Groups: what they hold, what is drawn of a network with some closed, and where it lies."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.classics.catalogue import CLASSICS
from explorer.formats import project_json
from explorer.formats.strict_json import Fault
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.windows import Conv2d
from explorer.network.analysis import BEHIND, analyse, totals
from explorer.network.digest import digest
from explorer.network.direction import CARD, Direction
from explorer.network.folding import drawn_as, folded, scopes
from explorer.network.framing import Frame, Framing, frames
from explorer.network.grouping import MANY, arrived, by_path
from explorer.network.groups import MARK, TOP, Group, Groups
from explorer.network.network import Network, Node
from explorer.network.project import Place, Project
from explorer.network.repeats import times, with_repeats
from explorer.network.unfolding import laid_out, revealed, toggled
from explorer.ui.canvas.belonging import beside
from explorer.ui.canvas.edits import repeated

BLOCK = Network(
    {
        node.id: node
        for node in (
            Node("x", Input(3, 8, 8)),
            Node("a", Conv2d(4, 3, 1, 1), ("x",)),
            Node("b", ReLU(), ("a",)),
            Node("c", Conv2d(4, 3, 1, 1), ("b",)),
            Node("d", Add(), ("c", "a")),
            Node("e", ReLU(), ("d",)),
        )
    }
)
REAL = ("alexnet", "resnet18", "resnet50", "googlenet", "densenet121", "mobilenet_v2", "unet", "squeezenet1_0")


def named(groups: Groups, name: str) -> str:
    return next(id for id, group in groups.groups.items() if group.name == name)


def overlapping(places: dict[str, Place]) -> list[tuple[str, str]]:
    ordered = sorted(places.items(), key=lambda each: each[1][1])
    pairs = []
    for i, (a, (x, y)) in enumerate(ordered):
        for b, (u, v) in ordered[i + 1 :]:
            if v >= y + CARD[1]:
                break
            if abs(u - x) < CARD[0]:
                pairs.append((a, b))
    return pairs


# Values


def test_groups_nest_and_come_apart_again() -> None:
    inner, one = Groups().grouped("inner", ["b", "c"])
    outer, two = inner.grouped("outer", ["a", "b", "c"])
    assert outer.path("b") == (two, one)
    assert outer.nodes(two) == ("b", "c", "a")
    assert (outer.around(["a", "b"]), outer.around(["a", "x"]), outer.around(["b", "c"])) == (two, TOP, one)
    assert outer.exactly(["c", "b"]) == one
    assert outer.exactly(["a", "b"]) == ""
    assert outer.whole(["a", "b", "c", "x"]) == (two,)
    assert outer.ungrouped([two]).path("b") == (one,)
    assert outer.ungrouped([one]).path("b") == (two,)
    assert not outer.ungrouped([one, two])


def test_each_group_is_looked_into_once_for_those_that_are_whole() -> None:
    """Else a network of many groups in one large group took as many looks through all of it."""
    groups, names = Groups(), [f"n{i}" for i in range(20)]
    for first, second in zip(names[::2], names[1::2], strict=True):
        groups, _ = groups.grouped("pair", [first, second])
    groups, outer = groups.grouped("outer", names)
    looked: list[str] = []

    class Heard(dict[str, tuple[str, ...]]):
        def __getitem__(self, id: str) -> tuple[str, ...]:
            looked.append(id)
            return super().__getitem__(id)

    groups.__dict__["_nodes"] = Heard(groups._nodes)
    assert groups.whole(names) == (outer,)
    assert sorted(looked) == sorted(groups.groups)


def test_a_group_around_a_whole_one_goes_around_it_and_one_across_two_takes_its_nodes() -> None:
    first, one = Groups().grouped("one", ["a", "b"])
    around, two = first.grouped("two", ["a", "b"])
    assert around.path("a") == (two, one)
    both, other = first.grouped("other", ["c", "d"])
    across, third = both.grouped("across", ["b", "c"])
    assert [across.path(node) for node in "abcd"] == [(one,), (third,), (third,), (other,)]


def test_what_is_closed_hides_what_is_in_it() -> None:
    groups, one = Groups().grouped("one", ["b", "c"])
    groups, two = groups.grouped("two", ["a", "b", "c"])
    assert (groups.closed, groups.opened) == ((two,), ())
    groups = groups.folded([two], closed=False)
    assert (groups.closed, groups.opened) == ((one,), (two,))
    assert groups.cards == {"b": one, "c": one}
    assert groups.to_level(2).opened == (two, one)
    assert groups.to_level(0).closed == (two,)


def test_a_layer_put_between_two_of_a_group_is_in_it_and_one_taken_away_leaves_it() -> None:
    groups, one = Groups().grouped("one", ["a", "b"])
    project = Project(BLOCK, laid_out(BLOCK, groups), groups=groups)
    between = BLOCK.with_node(Node("new", ReLU(), ("a",))).with_link("new", "b")
    assert project.rewired(between).groups.homes == {"a": one, "b": one, "new": one}
    behind = BLOCK.with_node(Node("new", ReLU(), ("b",)))
    assert "new" not in project.rewired(behind).groups.homes
    gone = project.rewired(BLOCK.without(["a", "b"]))
    assert not gone.groups
    assert one not in gone.places


# What is drawn


def test_a_closed_group_is_one_node_where_links_to_its_members_end() -> None:
    groups, one = Groups().grouped("one", ["b", "c"])
    folding = folded(BLOCK, groups)
    nodes = folding.drawn.nodes
    assert list(nodes) == ["x", "a", one, "d", "e"]
    assert (nodes[one].inputs, nodes["d"].inputs) == (("a",), (one, "a"))
    assert nodes["e"] is BLOCK.nodes["e"]
    assert (folding.outlet(one), folding.inlets(one)) == ("c", ("b",))
    assert folding.links(("a", one, 0)) == (("a", "b", 0),)
    assert folding.links((one, "d", 0)) == (("c", "d", 0),)
    assert folding.nodes((one, "x")) == ("b", "c", "x")
    assert folding.shown(("b", "x", "c")) == ("x", one)


def test_a_link_that_is_drawn_for_two() -> None:
    groups, one = Groups().grouped("block", ["b", "c", "d"])
    folding = folded(BLOCK, groups)
    assert folding.drawn.nodes[one].inputs == ("a",)
    assert folding.links(("a", one, 0)) == (("a", "b", 0), ("a", "d", 1))
    assert folding.inlets(one) == ("b", "d")


def test_a_group_that_others_lie_between_is_drawn_on_a_loop_and_harms_nothing() -> None:
    groups, one = Groups().grouped("split", ["a", "c"])
    folding = folded(BLOCK, groups)
    assert one in folding.drawn.looped
    assert laid_out(BLOCK, groups).keys() == folding.drawn.nodes.keys()
    assert not any(facts.problem for facts in analyse(BLOCK).values())


@pytest.mark.parametrize("name", REAL)
def test_a_digest_adds_up_to_what_the_layers_have(name: str) -> None:
    network = CLASSICS[name].project.network
    facts, groups = analyse(network), by_path(network)
    folding = folded(network, groups)
    whole = totals(facts)
    parts = [digest(folding, facts, id).facts for id in groups.closed]
    parts += [facts[id] for id in network.nodes if not groups.path(id)]
    assert sum(part.parameters for part in parts) == whole.parameters
    assert sum(part.macs for part in parts) == whole.macs
    for id in groups.closed:
        found = digest(folding, facts, id)
        assert sum(count for _, count in found.kinds) == found.layers == len(groups.nodes(id))
        users = {user for node in groups.nodes(id) for user in network.users[node]} - set(groups.nodes(id))
        assert not users or any(folding.outlet(id) in network.nodes[user].inputs for user in users)


def test_a_problem_inside_is_told_on_the_outside() -> None:
    broken = BLOCK.with_settings("c", kernel=99, padding=0)
    groups, one = Groups().grouped("one", ["b", "c"])
    groups, two = groups.grouped("two", ["d", "e"])
    facts = analyse(broken)
    folding = folded(broken, groups)
    assert digest(folding, facts, one).facts.problem.startswith("c: ")
    assert facts["c"].problem in digest(folding, facts, one).facts.problem
    assert digest(folding, facts, two).facts.problem == BEHIND


# Repeats


def test_equal_blocks_of_a_stage_are_one_card() -> None:
    network = CLASSICS["resnet50"].project.network
    facts, groups = analyse(network), by_path(network)
    together = with_repeats(network, groups, facts)
    new = {together.groups[id].name: id for id in together.groups if id not in groups.groups}
    assert list(new) == ["layer1.1 … 2", "layer2.1 … 3", "layer3.1 … 5", "layer4.1 … 2"]
    assert [times(network, together, facts, id) for id in new.values()] == [2, 3, 5, 2]
    assert times(network, together, facts, named(together, "layer3")) == 1  # its first block shrinks the image
    assert with_repeats(network, together, facts) == together
    assert set(together.homes) == set(groups.homes)


@pytest.mark.parametrize(
    "other", [Conv2d(4, 5, 1, 2), Conv2d(4, 3, 1, 1, bias=False), Conv2d(4, 3, 2, 1)], ids=["kernel", "bias", "stride"]
)
def test_blocks_that_differ_are_no_repeats(other: Conv2d) -> None:
    def chain(*convs: Conv2d) -> tuple[Network, Groups]:
        nodes, groups, before = {"x": Node("x", Input(4, 8, 8))}, Groups(), "x"
        for number, conv in enumerate(convs):
            nodes[f"c{number}"] = Node(f"c{number}", conv, (before,))
            nodes[f"r{number}"] = Node(f"r{number}", ReLU(), (f"c{number}",))
            groups, _ = groups.grouped(f"block{number}", [f"c{number}", f"r{number}"])
            before = f"r{number}"
        return Network(nodes), groups

    same = Conv2d(4, 3, 1, 1)
    network, groups = chain(same, same, other)
    found = with_repeats(network, groups, analyse(network))
    (new,) = found.groups.keys() - groups.groups.keys()
    assert found.parts(new) == (named(groups, "block0"), named(groups, "block1"))
    network, groups = chain(same, other)
    assert with_repeats(network, groups, analyse(network)) == groups


# Where it lies


@pytest.mark.parametrize("name", REAL)
def test_at_each_level_nothing_overlaps_and_frames_hold_what_is_in_them(name: str) -> None:
    network = CLASSICS[name].project.network
    closed = by_path(network)
    for level in range(5):
        groups = closed.to_level(level)
        places = laid_out(network, groups)
        assert places.keys() == folded(network, groups).drawn.nodes.keys() == set(drawn_as(network, groups))
        assert not overlapping(places)
        found = frames(groups, places)
        assert found.keys() == set(groups.opened)
        for a, b in combinations(found, 2):
            if a not in groups.path(b):
                assert not _meet(found[a], found[b])
        for id, (x, y) in places.items():
            for group, frame in found.items():
                within = frame.left < x and x + CARD[0] < frame.right and frame.top < y and y + CARD[1] < frame.bottom
                assert within == (group in groups.path(id) or group in groups.path(groups.home(id)))


def _meet(a: Frame, b: Frame) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


@pytest.mark.parametrize("name", REAL)
def test_opening_and_closing_puts_everything_back(name: str) -> None:
    network = CLASSICS[name].project.network
    project = arrived(Project(network))
    rng, opened = random.Random(name), project
    way = []
    for _ in range(8):
        if not opened.groups.closed:
            break
        id = rng.choice(opened.groups.closed)
        way.append((id, {card: opened.places[card] for card in folded(network, opened.groups).drawn.nodes}))
        opened = toggled(opened, id)
        assert not overlapping({card: opened.places[card] for card in folded(network, opened.groups).drawn.nodes})
    for id, before in reversed(way):
        opened = toggled(opened, id)
        assert {card: opened.places[card] for card in before} == before


def test_what_lies_above_stays_and_what_is_moved_by_hand_keeps_its_place_in_the_group() -> None:
    network = CLASSICS["resnet18"].project.network
    project = arrived(Project(network))
    id = named(project.groups, "layer2.0")
    above = [card for card, place in project.places.items() if place[1] < project.places[id][1]]
    opened = toggled(project, id)
    assert {card: opened.places[card] for card in above} == {card: project.places[card] for card in above}
    conv = "layer2.0.conv1"
    x, y = opened.places[conv]
    moved = opened.moved({conv: (x - 400, y)})
    again = toggled(toggled(moved, id), id)
    first = "layer2.0.bn1"
    assert again.places[conv][0] - again.places[first][0] == -400


def test_the_way_to_a_layer_is_opened_and_nothing_else() -> None:
    network = CLASSICS["googlenet"].project.network
    project = arrived(Project(network))
    shown = revealed(project, ["inception4b.branch2.1.conv"])
    assert [shown.groups.groups[id].name for id in shown.groups.opened] == [
        "inception4b", "inception4b.branch2", "inception4b.branch2.1",
    ]  # fmt: skip
    assert "inception4b.branch2.1.conv" not in shown.groups.cards
    assert revealed(shown, ["input"]) == shown


@st.composite
def nested(draw: st.DrawFn) -> tuple[Network, Groups]:
    """A random network, a part of it in random groups, some of them closed."""
    count = draw(st.integers(2, 14))
    nodes = {"n0": Node("n0", Input(3, 8, 8))}
    for i in range(1, count):
        sources = draw(st.lists(st.integers(0, i - 1), max_size=3))
        nodes[f"n{i}"] = Node(f"n{i}", Add(), tuple(f"n{s}" for s in sources))
    network = Network(nodes)
    return network, draw(groupings(network))


@st.composite
def groupings(draw: st.DrawFn, network: Network) -> Groups:
    """Random groups of a network's nodes, some of them closed."""
    groups = Groups()
    for number in range(draw(st.integers(0, 4))):
        some = draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1, max_size=6))
        groups, _ = groups.grouped(f"g{number}", sorted(some), closed=draw(st.booleans()))
    return groups


@settings(max_examples=200, deadline=None)
@given(nested(), st.data())
def test_what_is_drawn_follows_other_groups_as_if_found_anew(drawn: tuple[Network, Groups], data: Any) -> None:
    network, groups = drawn
    folding = folded(network, groups)
    for other in (data.draw(groupings(network)), groups.to_level(data.draw(st.integers(0, 3)))):
        folding = folding.following(network, other)
        assert list(folding.drawn.nodes.items()) == list(folded(network, other).drawn.nodes.items())


def said(groups: Groups) -> list[Any]:
    """All that groups say of themselves."""
    each = [(id, groups.path(id), groups.nodes(id), groups.parts(id)) for id in groups.groups]
    return [each, groups.parts(TOP), groups.opened, groups.closed, groups.cards]


@settings(max_examples=60, deadline=None)
@given(nested(), st.data())
def test_groups_say_after_an_edit_what_they_would_if_found_anew(drawn: tuple[Network, Groups], data: Any) -> None:
    """Copies are added, and then nodes are gone: what is known of other groups is handed on, and must be so still. So
    it is with the frames."""
    network, groups = drawn
    said(groups)
    project = Project(network, groups=groups, places=laid_out(network, groups))
    some, gone = (data.draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1)) for _ in range(2))
    project, _ = repeated(project, sorted(some), ())
    left = Network({id: replace(n, inputs=()) for id, n in project.network.nodes.items() if id not in gone})
    new = Node("new", Add(), tuple(sorted(some))[:2] * 2)  # between nodes of one group, or not
    more = Network({**project.network.nodes, "new": new})
    framing = Framing(groups, {}, Direction.LEFT_RIGHT, {})
    for there in (network, project.network, more, left):
        if there is not network:
            groups = project.groups.following(project.network, there)
            assert said(groups) == said(Groups(groups.groups, groups.homes))  # of which nothing is known yet
        assert all(groups.nodes(id) for id in groups.groups)
        assert groups.homes.keys() <= there.nodes.keys()
        assert set(groups.homes.values()) <= groups.groups.keys()
        places = {id: project.places.get(id, (0.0, 0.0)) for id in folded(there, groups).drawn.nodes}
        framing = framing.following(groups, places, Direction.TOP_DOWN)
        assert list(framing.frames.items()) == list(frames(groups, places).items())


def lying_over_others(project: Project) -> list[tuple[str, str]]:
    """Cards, and frames of open groups with their titles, that lie over others of the same group."""
    groups, found = project.groups, frames(project.groups, project.places, project.direction)
    cards = {id: (x, y, x + CARD[0], y + CARD[1]) for id, (x, y) in project.places.items()}
    drawn = {**{id: cards[id] for id in drawn_as(project.network, groups)}, **found}
    return [
        (a, b)
        for a, b in combinations(drawn, 2)
        if groups.home(a) == groups.home(b)
        and drawn[a][0] < drawn[b][2] and drawn[b][0] < drawn[a][2]
        and drawn[a][1] < drawn[b][3] and drawn[b][1] < drawn[a][3]
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(nested(), st.sampled_from(Direction), st.data())
def test_copies_lie_over_nothing_nor_do_the_frames_of_open_groups(
    drawn: tuple[Network, Groups], way: Direction, data: Any
) -> None:
    """In the group of what is copied, which makes room, or beside everything."""
    network, groups = drawn
    project = Project(network, laid_out(network, groups, way), groups=groups, direction=way)
    assert lying_over_others(project) == []
    some = sorted(data.draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1)))
    home = data.draw(st.sampled_from([TOP, beside(groups, some)]))
    after, ids = repeated(project, some, (), home=home)
    assert lying_over_others(after) == []
    assert said(after.groups) == said(Groups(after.groups.groups, after.groups.homes)), "as if found anew"
    assert {after.groups.path(id)[: after.groups.depth(home)] for id in ids} == {groups.path(home) if home else ()}
    assert all(after.groups.home(id) == groups.home(id) for id in (*network.nodes, *groups.groups))


@settings(max_examples=300, deadline=None)
@given(nested(), st.data())
def test_what_is_drawn_follows_another_network_as_if_found_anew(drawn: tuple[Network, Groups], data: Any) -> None:
    """After edits of a few nodes, with their groups following, and undone."""
    network, groups = drawn
    folding, ids = folded(network, groups), st.sampled_from(sorted(network.nodes))
    gone, alone = data.draw(st.sets(ids, max_size=2)), network.without_link(data.draw(ids), data.draw(ids))
    more = network.with_nodes([Node("a", ReLU(), (data.draw(ids),)), Node("b", Add(), (data.draw(ids), "a"))])
    for other in (more, network, alone, network.with_layer(data.draw(ids), ReLU()), network.without(gone), network):
        held = groups.following(network, other)
        folding, anew = folding.following(other, held), folded(other, held)
        assert list(folding.drawn.nodes.items()) == list(anew.drawn.nodes.items())
        assert [folding.outlet(id) for id in held.groups] == [anew.outlet(id) for id in held.groups]


@settings(max_examples=300, deadline=None)
@given(nested(), st.data())
def test_whatever_is_grouped_the_same_layers_are_drawn_and_come_back(drawn: tuple[Network, Groups], data: Any) -> None:
    network, groups = drawn
    for id, group in groups.groups.items():
        assert groups.nodes(id)
        assert group.parent == TOP or group.parent in groups.groups
    folding = folded(network, groups)
    assert sorted(folding.nodes(folding.drawn.nodes)) == sorted(network.nodes)
    real = {(s, n.id, i) for n in network.nodes.values() for i, s in enumerate(n.inputs)}
    shown = [(s, n.id, i) for n in folding.drawn.nodes.values() for i, s in enumerate(n.inputs)]
    stood_for = [link for one in shown for link in folding.links(one)]
    assert len(stood_for) == len(set(stood_for))
    assert {link for link in real if folding.card(link[0]) != folding.card(link[1])} <= set(stood_for) <= real
    parts = [part for scope in scopes(network, groups).values() for part in scope.nodes]
    assert sorted(parts) == sorted([*network.nodes, *groups.groups])
    project = Project(network, laid_out(network, groups), groups=groups)
    assert project.places.keys() == folding.drawn.nodes.keys()
    assert project_json.loaded(project_json.dumped(project)) == project
    if groups.groups:
        id = data.draw(st.sampled_from(sorted(groups.groups)))
        there = toggled(project, id)
        assert folded(network, there.groups).drawn.nodes.keys() <= there.places.keys()
        back = toggled(there, id)
        assert back.groups == groups
        assert not overlapping({card: there.places[card] for card in folded(network, there.groups).drawn.nodes})
        assert not overlapping({card: back.places[card] for card in project.places})
    gone = data.draw(st.sets(st.sampled_from(sorted(network.nodes))))
    after = project.rewired(network.without(gone))
    assert after.groups.homes.keys() <= after.network.nodes.keys()
    assert all(after.groups.nodes(id) for id in after.groups.groups)


# What comes from elsewhere


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("lenet5", 14, 14), ("alexnet", 23, 23), ("vgg16", 41, 41), ("resnet18", 10, MANY), ("resnet50", 20, MANY),
     ("resnet152", 10, MANY), ("googlenet", 15, MANY), ("densenet201", 10, MANY), ("mobilenet_v2", 15, MANY)],
)  # fmt: skip
def test_the_first_picture_has_a_few_cards(name: str, least: int, most: int) -> None:
    network = CLASSICS[name].project.network
    project = arrived(Project(network))
    assert least <= len(folded(network, project.groups).drawn.nodes) <= most
    assert project.network is network


def test_modules_are_groups_and_their_layers_are_in_them() -> None:
    network = CLASSICS["resnet50"].project.network
    groups = by_path(network)
    names = {group.name: id for id, group in groups.groups.items()}
    assert groups.path("layer1.0.conv2") == (names["layer1"], names["layer1.0"])
    assert groups.path("conv1") == ()
    assert "layer1.0.conv2" not in names
    assert all(node.startswith(f"{groups.groups[id].name}.") for id in groups.groups for node in groups.nodes(id))


def test_a_module_around_everything_is_left_out_and_one_saved_stays_as_it_was() -> None:
    whole = Network({id: Node(f"model.net.{id}" if id != "x" else id, node.layer) for id, node in BLOCK.nodes.items()})
    ids = {node.id: node for node in whole.nodes.values()}
    assert not by_path(Network(ids))
    saved = Project(CLASSICS["resnet18"].project.network, {"input": (3.0, 4.0)})
    assert not arrived(saved).groups
    groups, _ = Groups().grouped("mine", ["conv1", "bn1"])
    assert arrived(replace(saved, groups=groups, places={})).groups == groups


# In a file

GROUPED = Project(
    BLOCK,
    {"x": (0.0, 0.0), f"{MARK}1": (8.0, 16.0)},
    groups=Groups(
        {f"{MARK}1": Group("block ✓"), f"{MARK}2": Group("inner", f"{MARK}1", False)},
        {"a": f"{MARK}1", "b": f"{MARK}2", "c": f"{MARK}2"},
    ),
)


def changed(**of_first: object) -> bytes:
    document = json.loads(project_json.dumped(GROUPED))
    document["groups"][0].update(of_first)
    return json.dumps(document).encode()


def test_groups_are_saved_and_a_file_without_any_is_as_before() -> None:
    assert project_json.loaded(project_json.dumped(GROUPED)) == GROUPED
    assert b'"groups":[{' not in project_json.dumped(Project(BLOCK))
    assert project_json.loaded(project_json.dumped(Project(BLOCK))) == Project(BLOCK)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nodes": ["a", "nowhere"]}, "a node “nowhere” that is not there"),
        ({"nodes": ["a", "b"]}, "“b” that is not there, or in another group as well"),
        ({"nodes": ["a", "a"]}, "“a” that is not there, or in another group as well"),
        ({"in": "2"}, "a group in “2”, which does not come before it"),
        ({"in": "1"}, "a group in “1”, which does not come before it"),
        ({"id": ""}, "an id that is empty"),
        ({"id": "2"}, "an id that is empty, too long, not printable, or another group's"),
        ({"id": "a\u0000"}, "not printable"),
        ({"name": ""}, "a name that is empty"),
        ({"name": "x" * 201}, "longer than 200 characters"),
        ({"name": "a\nb"}, "not printable"),
        ({"closed": 1}, "something else than true or false"),
        ({"place": [1]}, "1 numbers, not 2"),
        ({"colour": "red"}, "an unknown “colour”"),
        ({"nodes": "a"}, "something else than a list"),
    ],
)
def test_a_foreign_group_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(Fault, match="group") as fault:
        project_json.loaded(changed(**change))
    assert said in str(fault.value)


def test_groups_without_nodes_and_groups_in_each_other_without_end_are_refused() -> None:
    document = json.loads(project_json.dumped(GROUPED))
    entry = {"id": "e", "name": "empty", "in": "", "closed": True, "nodes": [], "place": []}
    with pytest.raises(Fault, match="“empty” without nodes"):
        project_json.loaded(json.dumps({**document, "groups": [entry]}).encode())
    deep = [{**entry, "id": str(i), "in": str(i - 1) if i else "", "nodes": ["a"] * (i == 149)} for i in range(150)]
    with pytest.raises(Fault, match="more than 100 groups in each other"):
        project_json.loaded(json.dumps({**document, "groups": deep}).encode())
