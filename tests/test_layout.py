"""Where nodes lie and how links run: for the networks of the textbooks, and for any other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise, product
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.direction import CARD, GAP, GRID
from explorer.network.layer import Layer
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.placing import accommodated, place_near, placed
from explorer.network.project import Place, Project
from explorer.network.routes import Route, inlet, outlet, routes

WIDTH, HEIGHT = CARD


class Sketch:
    """A network under construction: each call adds a layer and gives its id."""

    def __init__(self) -> None:
        self.network = Network()

    def __call__(self, layer: Layer, *inputs: str) -> str:
        id = self.network.fresh_id(layer.kind)
        self.network = self.network.with_node(Node(id, layer, inputs))
        return id

    def conv(self, x: str, channels: int, kernel: int = 1, stride: int = 1) -> str:
        x = self(Conv2d(channels, kernel=kernel, stride=stride, padding=kernel // 2, bias=False), x)
        return self(ReLU(), self(BatchNorm2d(), x))


def chain(length: int = 20) -> Network:
    add = Sketch()
    x = add(Input(height=64, width=64))
    for _ in range(length - 1):
        x = add(Conv2d(8, kernel=3, padding=1), x)
    return add.network


def residual(*blocks: int) -> Network:
    add = Sketch()
    x = add(MaxPool2d(), add.conv(add(Input(height=64, width=64)), 16, 7, 2))
    for stage, count in enumerate(blocks):
        for block in range(count):
            width, stride = 16 << stage, 1 + (block == 0 < stage)
            y = add.conv(add.conv(x, width), width, 3, stride)
            y = add(BatchNorm2d(), add(Conv2d(4 * width, kernel=1), y))
            if block == 0:
                x = add(BatchNorm2d(), add(Conv2d(4 * width, kernel=1, stride=stride), x))
            x = add(ReLU(), add(Add(), y, x))
    add(Linear(10), add(Flatten(), add(AdaptiveAvgPool2d(), x)))
    return add.network


def inception() -> Network:
    add = Sketch()
    x = add(Input(height=32, width=32))
    for _ in range(2):
        x = add(
            Concat(),
            add.conv(x, 8),
            add.conv(add.conv(x, 8), 16, 3),
            add.conv(add.conv(add.conv(x, 8), 16, 3), 16, 3),
            add.conv(add(AvgPool2d(kernel=3, stride=1, padding=1), x), 8),
        )
    add(Flatten(), x)
    return add.network


def u_shaped() -> Network:
    add = Sketch()
    x, skips = add(Input(height=64, width=64)), []
    for depth in range(4):
        skips.append(add.conv(x, 8 << depth, 3))
        x = add(MaxPool2d(kernel=1, stride=1), skips[-1])  # sizes stay, for want of an upsampling layer
    for skip in reversed(skips):
        x = add.conv(add(Concat(), add.conv(x, 8), skip), 8, 3)
    return add.network


def dense(layers: int = 8) -> Network:
    add = Sketch()
    features = [add.conv(add(Input(height=16, width=16)), 8, 3)]
    for _ in range(layers):
        x = add(Concat(), *features) if len(features) > 1 else features[0]
        features.append(add.conv(x, 4, 3))
    add(Flatten(), add(Concat(), *features))
    return add.network


def looped() -> Network:
    """in → a → b → c → a, c → d, and e that feeds itself; f alone, listed before what it would follow."""
    nodes = [
        Node("d", ReLU(), ("c",)),
        Node("f", ReLU()),
        Node("c", ReLU(), ("b",)),
        Node("b", ReLU(), ("a",)),
        Node("a", Add(), ("in", "c")),
        Node("in", Input()),
        Node("e", ReLU(), ("e",)),
    ]
    return Network({node.id: node for node in nodes})


TEXTBOOK: dict[str, Callable[[], Network]] = {
    "chain": chain,
    "residual": lambda: residual(3, 4, 6, 3),
    "inception": inception,
    "u-shaped": u_shaped,
    "dense": dense,
}
textbook = pytest.mark.parametrize("build", TEXTBOOK.values(), ids=TEXTBOOK)


@st.composite
def acyclic(draw: st.DrawFn) -> Network:
    """Any network without loops, its nodes listed in any order."""
    count = draw(st.integers(1, 16))
    nodes = []
    for number in range(count):
        inputs = draw(st.lists(st.integers(0, number - 1), max_size=4)) if number else []
        layer = [Input(), ReLU(), Add()][min(len(inputs), 2)]
        nodes.append(Node(f"n{number}", layer, tuple(f"n{i}" for i in inputs)))
    return Network({node.id: node for node in draw(st.permutations(nodes))})


@st.composite
def any_links(draw: st.DrawFn) -> Network:
    """Any network, most with loops."""
    ids = [f"n{number}" for number in range(draw(st.integers(1, 10)))]
    inputs = st.lists(st.sampled_from(ids), max_size=3).map(tuple)
    return Network({id: Node(id, Add(), draw(inputs)) for id in ids})


@st.composite
def scattered(draw: st.DrawFn) -> tuple[Network, dict[str, Place]]:
    """A network whose cards lie anywhere, not overlapping; also packed edge to edge."""
    network = draw(st.one_of(acyclic(), any_links()))
    side = 5
    cells = draw(st.permutations(list(product(range(side), range(side)))))
    room = draw(st.sampled_from([0.0, 1.0, 6.0, 30.0, 90.0]))
    jitter = st.floats(0, room)
    places = {}
    for id, (column, row) in zip(network.nodes, cells, strict=False):
        places[id] = column * (WIDTH + room) + draw(jitter), row * (HEIGHT + room) + draw(jitter)
    return network, places


def overlaps(places: Mapping[str, Place]) -> list[tuple[str, str]]:
    return [
        (a, b)
        for a, b in product(places, places)
        if a < b
        and abs(places[a][0] - places[b][0]) < WIDTH + GAP[0]
        and abs(places[a][1] - places[b][1]) < HEIGHT + GAP[1]
    ]


def crosses(a: Place, b: Place, card: Place) -> bool:
    """Whether a straight piece passes through the inside of a card (Liang and Barsky's clipping)."""
    near, far = 0.0, 1.0
    for start, way, low, high in (
        (a[0], b[0] - a[0], card[0], card[0] + WIDTH),
        (a[1], b[1] - a[1], card[1], card[1] + HEIGHT),
    ):
        low, high = low + 1e-6, high - 1e-6
        if way == 0:
            if not low < start < high:
                return False
        else:
            enters, leaves = sorted(((low - start) / way, (high - start) / way))
            near, far = max(near, enters), min(far, leaves)
    return near < far


def collisions(places: Mapping[str, Place], found: Mapping[tuple[str, str, int], Route]) -> list[object]:
    """Links that pass through a card; their own two cards count as well."""
    return [
        (link, id, route)
        for link, route in found.items()
        for id, card in places.items()
        if any(crosses(a, b, card) for a, b in pairwise(route))
    ]


def upright(route: Route) -> Iterable[tuple[float, float, float]]:
    return [(x, *sorted((y, y2))) for (x, y), (x2, y2) in pairwise(route) if x == x2 and abs(y - y2) > HEIGHT]


@textbook
def test_textbook_networks_are_real(build: Callable[[], Network]) -> None:
    assert [facts.problem for facts in analyse(build()).values() if facts.problem] == []


@textbook
def test_cards_lie_apart_and_links_run_downwards(build: Callable[[], Network]) -> None:
    network = build()
    places = arranged(network)
    assert list(places) == list(network.nodes)
    assert overlaps(places) == []
    assert all(places[i][1] < places[n.id][1] for n in network.nodes.values() for i in n.inputs)
    assert all(value % GRID == 0 for place in places.values() for value in place)


@textbook
def test_links_pass_through_no_card(build: Callable[[], Network]) -> None:
    network = build()
    places = arranged(network)
    found = routes(network, places)
    assert collisions(places, found) == []
    for (source, target, index), route in found.items():
        inputs = network.nodes[target].inputs
        assert (route[0], route[-1]) == (outlet(places[source]), inlet(places[target], index, len(inputs)))
    assert len(found) == sum(len(node.inputs) for node in network.nodes.values())


@pytest.mark.parametrize("build", [lambda: residual(3, 4), u_shaped, dense])
def test_long_links_of_different_nodes_have_their_own_lanes(build: Callable[[], Network]) -> None:
    network = build()
    found = routes(network, arranged(network))
    pieces = [(link[0], *piece) for link, route in found.items() for piece in upright(route)]
    assert len(pieces) > 3
    for (one, x, top, bottom), (other, x2, top2, bottom2) in product(pieces, pieces):
        if one != other and min(bottom, bottom2) - max(top, top2) > 1:
            assert abs(x - x2) >= 8


def test_a_chain_is_one_column_of_straight_links() -> None:
    network = chain(20)
    places = arranged(network)
    assert [places[id] for id in network.nodes] == [(0, 96 * row) for row in range(20)]
    assert all(len(route) == 2 and route[0][0] == route[1][0] for route in routes(network, places).values())


def test_a_residual_network_is_straight_with_its_shortcuts_beside_it() -> None:
    network = residual(2, 2)
    places = arranged(network)
    beside = {id for id, (x, _) in places.items() if x != 0}
    # Only the two shortcuts that change the size hold layers: a convolution and its normalisation.
    assert sorted(network.nodes[id].layer.kind for id in beside) == ["BatchNorm2d"] * 2 + ["Conv2d"] * 2
    assert {places[id][0] for id in beside} == {224}
    shortcuts = [
        route
        for (source, target, index), route in routes(network, places).items()
        if network.nodes[target].layer.kind == "Add" and index == 1 and source not in beside
    ]
    assert len(shortcuts) == 2
    for route in shortcuts:
        ((lane, top, bottom),) = upright(route)
        assert WIDTH < lane < WIDTH + GAP[0]
        assert bottom - top > 7 * HEIGHT


def test_an_inception_module_lies_evenly_about_its_trunk() -> None:
    network = inception()
    places = arranged(network)
    trunk = places["input1"][0]
    for join, before in (("concat1", "input1"), ("concat2", "concat1")):
        heads = [places[id][0] for id in network.users[before]]
        assert [x - trunk for x in heads] == [-336, -112, 112, 336]
        assert places[join][0] == trunk


def test_nested_skips_lie_inside_one_another() -> None:
    network = u_shaped()
    places = arranged(network)
    lanes = [(bottom - top, lane) for route in routes(network, places).values() for lane, top, bottom in upright(route)]
    assert len(lanes) == 4
    assert [lane for _, lane in sorted(lanes)] == sorted(lane for _, lane in lanes)


def test_one_link_of_a_loop_runs_upwards_and_no_other() -> None:
    network = looped()
    places = arranged(network)
    upwards = [
        (source, node.id) for node in network.nodes.values() for source in node.inputs
        if places[source][1] >= places[node.id][1]
    ]  # fmt: skip
    assert sorted(upwards) == [("c", "a"), ("e", "e")]
    assert overlaps(places) == []
    assert collisions(places, routes(network, places)) == []


def test_parts_lie_side_by_side_and_lone_nodes_in_a_block() -> None:
    add = Sketch()
    for _ in range(2):
        add.conv(add(Input()), 8)
    lone = [add(ReLU()) for _ in range(9)]
    places = arranged(add.network)
    assert overlaps(places) == []
    assert {y for id, (x, y) in places.items() if id not in lone and x == 224} == {0, 96, 192, 288}
    assert {places[id] for id in lone} == set(product((448, 672, 896), (0, 96, 192)))


def test_an_empty_network_has_no_places() -> None:
    assert arranged(Network()) == {}
    assert routes(Network(), {}) == {}
    assert place_near(Network(), {}) == (0, 0)


@settings(deadline=None)
@given(acyclic())
def test_any_network_without_loops_runs_downwards(network: Network) -> None:
    places = arranged(network)
    assert overlaps(places) == []
    assert all(places[i][1] < places[n.id][1] for n in network.nodes.values() for i in n.inputs)
    assert collisions(places, routes(network, places)) == []


@settings(deadline=None)
@given(any_links())
def test_loops_are_laid_out_too(network: Network) -> None:
    places = arranged(network)
    assert places.keys() == network.nodes.keys()
    assert overlaps(places) == []
    assert collisions(places, routes(network, places)) == []


def test_frames_that_touch_by_a_rounding_are_walked_around() -> None:
    """The end of a link lay inside the next card's frame by the last bit, and the link ran through the card."""
    places = {
        "n3": (531.0, 260.0569613911825), "n1": (0.0, 65.0), "n2": (0.0, 130.0), "n0": (0.0, 195.0),
        "n4": (0.0, 260.0), "n5": (177.0, 0.0), "n6": (177.0, 65.0), "n7": (177.0, 130.0), "n8": (531.0, 195.229),
    }  # fmt: skip
    inputs = {"n3": ("n1",), "n7": ("n0", "n2", "n3"), "n8": ("n1", "n3")}
    network = Network({id: Node(id, Add() if id in inputs else Input(), inputs.get(id, ())) for id in places})
    assert collisions(places, routes(network, places)) == []


@settings(deadline=None)
@given(scattered())
def test_links_find_their_way_between_cards_moved_by_hand(scene: tuple[Network, dict[str, Place]]) -> None:
    network, places = scene
    found = routes(network, places)
    assert collisions(places, found) == []
    # Two points are drawn as an S: all of the box that they span must be free.
    for route in found.values():
        if len(route) == 2:
            (x, y), (x2, y2) = route
            assert y2 - y >= 24 or (x2 == x and y2 >= y)
            assert not any(
                crosses((x, y), (x2, y), card) or crosses((x2, y), (x2, y2), card) for card in places.values()
            )


@settings(deadline=None)
@given(any_links(), st.data())
def test_cards_on_top_of_each_other_still_have_links(network: Network, data: st.DataObject) -> None:
    spread = st.floats(-300, 300) | st.sampled_from([1e9, -1e300])
    places = {id: (data.draw(spread), data.draw(spread)) for id in network.nodes}
    for route in routes(network, places).values():
        assert len(route) >= 2
        assert all(isfinite(value) for point in route for value in point)


@settings(deadline=None)
@given(scattered(), st.data())
def test_some_links_alone_run_as_they_do_among_all(
    scene: tuple[Network, dict[str, Place]], data: st.DataObject
) -> None:
    network, places = scene
    only = data.draw(st.sets(st.sampled_from(list(network.nodes))))
    everything = routes(network, places)
    assert routes(network, places, only) == {
        link: route for link, route in everything.items() if link[0] in only or link[1] in only
    }


def test_nodes_without_a_place_have_no_links() -> None:
    network = chain(3)
    places = arranged(network)
    del places["conv1"]
    assert routes(network, places) == {}


def test_inputs_of_a_join_arrive_in_order_on_its_edge() -> None:
    for count in (1, 2, 5, 64):
        points = [inlet((40, 80), index, count) for index in range(count)]
        assert points == sorted(set(points))
        assert all(40 < x < 40 + WIDTH and y == 80 for x, y in points)
        assert points[0][0] + points[-1][0] == pytest.approx(2 * 40 + WIDTH)


def test_a_node_is_added_below_and_moves_right_until_it_is_free() -> None:
    network = chain(4)
    places = arranged(network)
    assert place_near(network, places, "conv3") == (0, 384)
    assert place_near(network, places) == (0, 384)
    assert place_near(network, places, "input1") == (216, 96)
    places["conv3"] = (300.0, 110.0)
    assert place_near(network, places, "input1") == (520, 96)
    assert place_near(network, {}, "input1") == (0, 0)


@settings(deadline=None)
@given(scattered(), st.data())
def test_an_added_node_covers_no_other(scene: tuple[Network, dict[str, Place]], data: st.DataObject) -> None:
    network, places = scene
    after = data.draw(st.none() | st.sampled_from(list(network.nodes)))
    x, y = place_near(network, places, after)
    assert x % GRID == y % GRID == 0
    assert all(abs(x - left) >= WIDTH or abs(y - top) >= HEIGHT for left, top in places.values())


def test_the_drawing_does_not_depend_on_how_text_is_hashed() -> None:
    program = (
        "from tests.test_layout import *\n"
        "for network in (residual(2, 1), inception(), dense(5), looped()):\n"
        "    places = arranged(network)\n"
        "    print(places, routes(network, places))"
    )
    drawings = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawings) == 1
    assert "concat1" in drawings.pop()


def test_new_nodes_lie_between_what_they_link() -> None:
    network = Network()
    for id, layer, inputs in (("x", Input(), ()), ("a", Conv2d(), ("x",)), ("b", Linear(), ("a",))):
        network = network.with_node(Node(id, layer, inputs))
    project = placed(Project(network))
    left, below = project.places["b"]
    longer = network.with_node(Node("flat", Flatten(), ("a",))).with_link("flat", "b")
    roomy = accommodated(project, longer)
    assert roomy.network is longer
    assert roomy.places["flat"] == (left, below)
    assert roomy.places["b"][1] > below
    assert roomy.places["x"] == project.places["x"]
    beside = network.with_node(Node("c", Conv2d(), ("x",)))
    assert accommodated(project, beside).places["c"][0] > left  # its row is taken
    alone = network.with_node(Node("new", Input()))
    assert accommodated(project, alone).places.keys() == alone.nodes.keys()
    assert len(set(accommodated(project, alone).places.values())) == 4
