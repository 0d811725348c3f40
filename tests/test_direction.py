"""Links that run to the right: the same layout as that of links that run down, turned; and nothing moves in that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer.layers  # noqa: F401
from explorer.classics.catalogue import CLASSICS
from explorer.engine.answers import answer
from explorer.engine.questions import OpenFile, OpenNetwork
from explorer.formats import project_file, project_json
from explorer.formats.strict_json import Fault
from explorer.layers.activations import ReLU
from explorer.network import unfolding
from explorer.network.analysis import analyse
from explorer.network.annotations import Arrow, Bookmark, Note
from explorer.network.arranging import rearranged
from explorer.network.direction import CARD, GAP, Direction
from explorer.network.folding import folded
from explorer.network.framing import Axes, frames
from explorer.network.grouping import arrived, by_path
from explorer.network.groups import Groups
from explorer.network.network import Network, Node
from explorer.network.placing import accommodated, place_near, placed
from explorer.network.project import Place, Project
from explorer.network.routes import Link, Route, inlet, outlet, routes
from explorer.network.routing import Routing
from explorer.network.stages import stages
from explorer.network.unfolding import grouped, laid_out, toggled
from explorer.ui.canvas.edits import added, copied, pasted, spliced
from explorer.ui.canvas.keys import neighbour
from tests.test_layout import acyclic, any_links, chain, collisions, overlaps, residual, scattered, textbook, u_shaped

DOWN, RIGHT = Direction.TOP_DOWN, Direction.LEFT_RIGHT
KEPT = Path(__file__).parent / "golden" / "layout.json"
"""Digests of places and routes, from before links could run to the right."""


def led(network: Network, places: Mapping[str, Place], direction: Direction = RIGHT) -> dict[Link, Route]:
    """The routes as the scene has them."""
    found = routes(network, direction.placed(places), card=direction.card)
    return {link: tuple(map(direction.turned, route)) for link, route in found.items()}


@contextmanager
def alike() -> Iterator[None]:
    """Inside of this a card measures across and along the same whichever way links run, and frames leave as much room:
    so one picture is the other one turned."""
    before, axes = dict(vars(RIGHT)), dict(unfolding.AXES)
    try:
        for name in ("card", "gap", "pitch", "step"):
            setattr(RIGHT, name, getattr(DOWN, name))
        unfolding.AXES[RIGHT] = Axes(RIGHT, DOWN.card, axes[DOWN].room)
        yield
    finally:
        vars(RIGHT).update(before)
        unfolding.AXES.update(axes)


def mirrored(places: Mapping[str, Place]) -> dict[str, Place]:
    return {id: (y, x) for id, (x, y) in places.items()}


def turned(project: Project) -> Project:
    return replace(project, places=mirrored(project.places), direction=RIGHT)


def digest(name: str) -> str:
    """Of where all of a classic lies as it is opened and with all groups open, and of how its links run."""
    network = CLASSICS[name].project.network
    seen = arrived(CLASSICS[name].project)
    drawn = folded(network, seen.groups).drawn
    groups = by_path(network)
    groups = groups.folded(groups.groups, closed=False)
    places = laid_out(network, groups)
    told = [seen.places, routes(drawn, seen.places), places, routes(network, places)]
    return sha256(repr(told).encode()).hexdigest()[:16]


def test_no_classic_that_runs_down_has_moved() -> None:
    assert {name: digest(name) for name in CLASSICS} == json.loads(KEPT.read_text())


@textbook
def test_cards_lie_apart_and_links_run_to_the_right(build) -> None:
    network = build()
    places = laid_out(network, Groups(), RIGHT)
    assert overlaps(places) == [], "as far apart as where links run down"
    assert all(places[i][0] + CARD[0] + GAP[0] <= places[n.id][0] for n in network.nodes.values() for i in n.inputs)
    assert all(value % 8 == 0 for place in places.values() for value in place)
    found = led(network, places)
    assert collisions(places, found) == []
    for (source, target, _), route in found.items():
        (x, y), (a, b) = places[source], places[target]
        assert route[0] == (x + CARD[0], y + CARD[1] / 2), "out of the middle of the right edge"
        assert route[-1][0] == a, "into the left one"
        assert b < route[-1][1] < b + CARD[1]
    assert len(found) == sum(len(node.inputs) for node in network.nodes.values())


def test_a_chain_is_one_row_and_skips_run_beside_it() -> None:
    places = laid_out(chain(20), Groups(), RIGHT)
    assert list(places.values()) == [(216.0 * column, 0.0) for column in range(20)]
    network = u_shaped()
    places = laid_out(network, Groups(), RIGHT)
    height = {y for _, y in places.values()}
    lanes = [
        (abs(x2 - x), y)
        for route in led(network, places).values()
        for (x, y), (x2, y2) in pairwise(route)
        if y == y2 and abs(x2 - x) > CARD[0]
    ]
    assert len(height) == 1
    assert len(lanes) == 4
    assert [y for _, y in sorted(lanes)] == sorted(y for _, y in lanes), "the longer the farther outside"


def test_a_residual_network_is_straight_with_its_shortcuts_below_it() -> None:
    network = residual(2, 2)
    beside = {id: y for id, (_, y) in laid_out(network, Groups(), RIGHT).items() if y != 0}
    assert sorted(network.nodes[id].layer.kind for id in beside) == ["BatchNorm2d"] * 2 + ["Conv2d"] * 2
    assert set(beside.values()) == {96.0}


@settings(max_examples=40, deadline=None)
@given(network=acyclic() | any_links())
def test_any_network_is_laid_out_to_the_right(network: Network) -> None:
    places = laid_out(network, Groups(), RIGHT)
    assert places.keys() == network.nodes.keys()
    assert overlaps(places) == []
    assert collisions(places, led(network, places)) == []
    order = network.order
    if len(order) == len(network.nodes):
        assert all(places[i][0] < places[n.id][0] for n in order for i in n.inputs)


@settings(max_examples=40, deadline=None)
@given(scene=scattered(), data=st.data())
def test_links_to_the_right_find_their_way_between_cards_moved_by_hand(
    scene: tuple[Network, dict[str, Place]], data: st.DataObject
) -> None:
    network, places = scene
    assert collisions(places, led(network, places)) == []
    kept = Routing(RIGHT.card)
    moved = data.draw(st.sampled_from(sorted(places)))
    for now in (places, {**places, moved: (places[moved][0] + 40, places[moved][1] - 16)}):
        found = kept.follow(network, RIGHT.placed(now))
        wanted = routes(network, RIGHT.placed(now), card=RIGHT.card)
        assert list(found) == list(wanted)
        for link, route in wanted.items():
            assert [pytest.approx(point, abs=1e-4) for point in route] == list(found[link])
    x, y = place_near(network, places, moved, RIGHT)
    assert all(abs(x - left) >= CARD[0] or abs(y - top) >= CARD[1] for left, top in places.values())


@settings(max_examples=40, deadline=None)
@given(network=acyclic() | any_links(), data=st.data())
def test_one_picture_is_the_other_one_turned(network: Network, data: st.DataObject) -> None:
    """Whatever is done to it: the flow's axes are all that differs."""
    groups = Groups()
    for number in range(data.draw(st.integers(0, 2))):
        ids = data.draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1))
        groups, _ = groups.grouped(f"g{number}", ids, closed=data.draw(st.booleans()))
    down = placed(Project(network, groups=groups))
    with alike():
        right = placed(Project(network, groups=groups, direction=RIGHT))
        assert right == turned(down)
        drawn = folded(network, groups).drawn
        assert led(drawn, right.places) == {
            link: tuple((y, x) for x, y in route) for link, route in routes(drawn, down.places).items()
        }
        one = data.draw(st.sampled_from(sorted(drawn.nodes)))
        assert place_near(drawn, right.places, one, RIGHT) == place_near(drawn, down.places, one)[::-1]
        for right_way, down_way in (((1, 0), (0, 1)), ((-1, 0), (0, -1)), ((0, 1), (1, 0)), ((0, -1), (-1, 0))):
            walked = neighbour(drawn, right.places, one, right_way, RIGHT)
            assert walked == neighbour(drawn, down.places, one, down_way, DOWN)
        for group in groups.opened + groups.closed:
            assert toggled(right, group) == turned(toggled(down, group))
        assert grouped(right, "new", network.nodes)[0] == turned(grouped(down, "new", network.nodes)[0])
        after = network.with_node(Node("new", ReLU(), (data.draw(st.sampled_from(sorted(network.nodes))),)))
        assert accommodated(right, after) == turned(accommodated(down, after))
        links = [(n.inputs[0], n.id, 0) for n in drawn.nodes.values() if n.inputs]
        if links:
            link = data.draw(st.sampled_from(links))
            spots = {DOWN: (40.0, 80.0), RIGHT: (80.0, 40.0)}
            loose = {
                project.direction: replace(project, network=network.with_node(Node("loose", ReLU()))).moved(
                    {"loose": spots[project.direction]}
                )
                for project in (down, right)
            }
            assert spliced(loose[RIGHT], "loose", link) == turned(spliced(loose[DOWN], "loose", link))


def test_stages_lie_along_the_flow() -> None:
    project = CLASSICS["vgg16"].project
    facts = analyse(project.network)
    down = stages(project.network, facts, laid_out(project.network, Groups()))
    right = stages(project.network, facts, laid_out(project.network, Groups(), RIGHT), RIGHT)
    assert [(s.size, s.first, s.last) for s in right] == [(s.size, s.first, s.last) for s in down]
    assert all(a.end + GAP[0] == b.begin for a, b in pairwise(right))


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_groups_open_to_the_right_and_close_again(name: str) -> None:
    project = arrived(CLASSICS[name].project, RIGHT)
    assert project.direction is RIGHT
    id = project.groups.closed[0]
    (x, y), opened = project.places[id], toggled(project, id)
    inside = [
        opened.places[node]
        for node in folded(opened.network, opened.groups).drawn.nodes
        if node in opened.groups.nodes(id)
    ]
    area = frames(opened.groups, opened.places, RIGHT)[id]
    assert area.left == x, "it begins where its card did"
    assert all(
        area.left < a and a + CARD[0] < area.right and area.top < b and b + CARD[1] < area.bottom for a, b in inside
    )
    assert (
        overlaps({i: p for i, p in opened.places.items() if i in folded(opened.network, opened.groups).drawn.nodes})
        == []
    )
    assert toggled(opened, id).places[id] == (x, y)
    drawn = folded(opened.network, opened.groups).drawn
    at = {i: opened.places[i] for i in drawn.nodes}
    assert collisions(at, led(drawn, at)) == []


def test_a_layer_is_added_to_the_right_and_put_between() -> None:
    network = chain(3)
    project = placed(Project(network, direction=RIGHT))
    last = list(network.nodes)[-1]
    longer, id = added(project, ReLU(), (last,))
    assert longer.places[id] == (3 * 216.0, 0.0)
    beside, other = added(longer, ReLU(), (last,))
    assert beside.places[other] == (3 * 216.0, 96.0), "below the one that is there"
    first, second = list(network.nodes)[:2]
    loose = replace(project, network=network.with_node(Node("loose", ReLU()))).moved({"loose": (100.0, 20.0)})
    put = spliced(loose, "loose", (first, second, 0))
    assert [put.places[i] for i in (first, "loose", second, last)] == [(216.0 * i, 0.0) for i in range(4)]
    joined = accommodated(project, network.with_node(Node("new", ReLU(), (first,))).with_link("new", second))
    assert joined.places["new"] == (216.0, 0.0)
    assert joined.places[second] == (2 * 216.0, 0.0)


def test_the_file_says_which_way_links_run() -> None:
    project = placed(Project(chain(3), direction=RIGHT))
    written = project_json.dumped(project)
    assert json.loads(written)["direction"] == "left-right"
    assert project_json.loaded(written) == project
    plain = project_json.dumped(placed(Project(chain(3))))
    assert "direction" not in json.loads(plain), "a file that older programs read"
    assert project_json.loaded(plain).direction is DOWN
    for odd in ("up", "", 1, None, ["left-right"]):
        document = {**json.loads(written), "direction": odd}
        with pytest.raises(Fault) as caught:
            project_json.loaded(json.dumps(document).encode())
        assert "direction" in str(caught.value)
    with pytest.raises(Fault, match="has a direction “up”, not top-down or left-right"):
        project_json.loaded(json.dumps({**json.loads(written), "direction": "up"}).encode())


@pytest.mark.parametrize("way", Direction)
def test_the_worker_lays_out_what_says_no_direction_as_it_is_asked(tmp_path: Path, way: Direction) -> None:
    project_file.write(tmp_path / "bare.cnnx", Project(chain(3)))
    project_file.write(tmp_path / "placed.cnnx", placed(Project(chain(3))))
    project_file.write(tmp_path / "right.cnnx", placed(Project(chain(3), direction=RIGHT)))
    found = {path.stem: list(answer(OpenFile(str(path), way)))[-1] for path in tmp_path.iterdir()}
    assert found["bare"] == placed(Project(chain(3), direction=way))
    assert found["placed"].direction is DOWN, "as it was saved"
    assert found["right"].direction is RIGHT
    assert list(answer(OpenNetwork("lenet5", way)))[-1].direction is way


def test_layers_pasted_where_links_run_otherwise_lie_as_they_do_there() -> None:
    there, here = placed(Project(chain(4))), placed(Project(chain(2), direction=RIGHT))
    ids = list(there.network.nodes)[1:]
    after, new = pasted(here, copied(there, ids))
    assert overlaps(after.places) == []
    assert {b for a, b in pairwise([after.places[id][0] for id in new])} == {after.places[id][0] for id in new[1:]}
    assert [b - a for a, b in pairwise([after.places[id][0] for id in new])] == [216.0] * 2
    assert len({after.places[id][1] for id in new}) == 1
    older = json.loads(copied(there, ids))
    del older["direction"]
    assert pasted(there, json.dumps(older))[0] == pasted(there, copied(there, ids))[0]


def test_notes_stay_beside_their_layers_and_come_back() -> None:
    network = chain(6)
    a, b = list(network.nodes)[1], list(network.nodes)[4]
    project = placed(Project(network))
    (x, y), (x2, y2) = project.places[a], project.places[b]
    project = replace(
        project,
        annotations={
            "note1": Note((x + 176 + 24, y), (240.0, 48.0), text="beside"),
            "arrow1": Arrow((x + 176 + 24, y + 24), (x2 + 176 - x - 200, y2 + 32 - y - 24)),
        },
        bookmarks={1: Bookmark("there", (x2 + 88, y2 + 32), 1.0)},
    )
    right = rearranged(project, RIGHT)
    (p, q), (p2, q2) = right.places[a], right.places[b]
    note, arrow = right.annotations["note1"], right.annotations["arrow1"]
    assert note.place == (p, q + 64 + 24), "below its card, as far from it"
    assert (note.size, note.text) == ((240.0, 48.0), "beside")
    assert (arrow.place[0] + arrow.size[0], arrow.place[1] + arrow.size[1]) == (p2 + 88, q2 + 64), "it points there"
    assert right.bookmarks[1].middle == (p2 + 88, q2 + 32)
    assert rearranged(right, DOWN) == project
    assert rearranged(project, DOWN) == project, "nothing moves where all lies as it is arranged"


@settings(max_examples=40, deadline=None)
@given(scene=scattered(), at=st.tuples(st.floats(-900, 1900), st.floats(-900, 1900)))
def test_a_note_goes_with_the_nearest_card(scene: tuple[Network, dict[str, Place]], at: Place) -> None:
    """Against all of them looked at."""
    network, places = scene
    project = Project(network, places, annotations={"note1": Note(at, (64.0, 32.0))})

    def far(card: Place) -> float:
        return sum(max(0.0, c - a - s, a - c - w) for a, s, c, w in zip(at, (64.0, 32.0), card, CARD, strict=True))

    after = rearranged(project, DOWN)
    moved = {
        (round(after.places[id][0] - x, 3), round(after.places[id][1] - y, 3))
        for id, (x, y) in places.items()
        if far((x, y)) <= min(map(far, places.values())) + 1e-9
    }
    note = after.annotations["note1"].place
    assert (round(note[0] - at[0], 3), round(note[1] - at[1], 3)) in moved
    for direction in Direction:
        once = rearranged(after, direction)
        assert rearranged(once, direction) == once, "arranged as it is already, nothing moves"


def test_ports_are_on_the_edges_that_the_flow_crosses() -> None:
    assert RIGHT.turned(outlet(RIGHT.turned((10, 20)), RIGHT.card)) == (186, 52)
    for count in (1, 2, 5, 64):
        points = [RIGHT.turned(inlet((20, 10), index, count, RIGHT.card)) for index in range(count)]
        assert points == sorted(set(points))
        assert all(x == 10 and 20 < y < 84 for x, y in points)
