"""Routes that follow a drawing from one state to the next, against routes found from nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer.layers  # noqa: F401
from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import ReLU
from explorer.network import routing
from explorer.network.folding import folded
from explorer.network.grouping import by_path
from explorer.network.network import PART, Network, Node
from explorer.network.obstacles import Obstacles
from explorer.network.project import Place, Project
from explorer.network.routes import finding_lanes, routes
from explorer.network.routing import Routing
from explorer.network.unfolding import laid_out, toggled
from tests.test_layout import scattered


@pytest.mark.parametrize("links", [1, 2])
def test_lanes_and_obstacles_are_found_in_many_steps(links: int) -> None:
    nodes = {"n0": Node("n0", ReLU())}
    for number in range(1, 20 * PART):
        nodes[f"n{number}"] = Node(f"n{number}", ReLU(), (f"n{number - 1}", "n0")[:links])
    network, places = Network(nodes), [(0.0, 96.0 * number) for number in range(len(nodes))]
    assert len(list(finding_lanes(network))) > 60, "users, order, ranks and spans, each in parts"
    obstacles = Obstacles(())
    assert len(list(obstacles.taking(places))) >= 20
    assert obstacles.within(10, 100, 20, 300) == Obstacles(places).within(10, 100, 20, 300) != []


def check(kept: Routing, network: Network, places: dict[str, Place]) -> None:
    """Followed is as found, up to rounding."""
    found, wanted = kept.follow(network, places), routes(network, places)
    assert list(found) == list(wanted)
    for link, route in wanted.items():
        assert len(found[link]) == len(route), link
        assert found[link][0] == route[0]
        for (a, b), (c, d) in zip(found[link], route, strict=True):
            assert (a, b) == pytest.approx((c, d), abs=1e-4), link


@settings(max_examples=60, deadline=None)
@given(first=scattered(), second=scattered(), data=st.data())
def test_any_change_is_followed(
    first: tuple[Network, dict[str, Place]], second: tuple[Network, dict[str, Place]], data: st.DataObject
) -> None:
    """Some cards move together, some go, another network comes."""
    kept = Routing()
    network, places = first
    if data.draw(st.booleans()):  # as canvas and layout have them
        places = {id: (float(round(x)), float(round(y))) for id, (x, y) in places.items()}
    check(kept, network, places)
    for _ in range(data.draw(st.integers(1, 3))):
        ids = data.draw(st.sets(st.sampled_from(sorted(places)))) if places else set()
        right, down = data.draw(st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
        places = {
            id: (x + 40.0 * right, y + 40.0 * down) if id in ids else (x, y) for id, (x, y) in places.items()
        }  # fmt: skip
        check(kept, network, places)
    ids = data.draw(st.sets(st.sampled_from(sorted(network.nodes)), max_size=2)) if network.nodes else set()
    network = network.without(ids)
    check(kept, network, {id: place for id, place in places.items() if id in network.nodes})
    check(kept, *second)


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "densenet121"])
def test_groups_that_open_and_close_are_followed_and_little_is_led_anew(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = CLASSICS[name].project.network
    groups = by_path(network).to_level(1)
    project = Project(network, laid_out(network, groups), groups=groups)
    kept, states = Routing(), []
    for id in groups.closed[:4] * 2:
        states.append((folded(project.network, project.groups).drawn, dict(project.places)))
        project = toggled(project, id)
    for drawn, places in states:
        check(kept, drawn, places)
    anew: list[int] = []
    straight = routing.straight
    monkeypatch.setattr(routing, "straight", lambda *told: anew.append(1) or straight(*told))
    for (drawn, places), (_, _) in pairwise(states):
        anew.clear()
        check(kept, drawn, places)
    drawn, places = states[-2]
    anew.clear()
    kept.follow(drawn, places)
    assert not anew, "nothing changed"
    kept.follow(*states[-1])
    assert 0 < len(anew) < 0.6 * sum(len(node.inputs) for node in states[-1][0].nodes.values())


@settings(max_examples=60, deadline=None)
@given(
    columns=st.lists(st.tuples(st.floats(-500, 500), st.integers(1, 30)), min_size=1, max_size=6),
    area=st.tuples(st.floats(-700, 700), st.floats(-200, 2500), st.floats(0, 300), st.floats(0, 2500)),
)
def test_left_edges_are_those_of_the_cards_within(
    columns: list[tuple[float, int]], area: tuple[float, float, float, float]
) -> None:
    """High columns are asked by column, and low ones card by card."""
    cards = Obstacles((left, 80.0 * row) for left, count in columns for row in range(count))
    left, top, across, down = area
    box = left, top, left + across, top + down
    assert set(cards.lefts(*box)) == {x for x, _ in cards.within(*box)}
