"""Layers taken away, with the ends joined where the shapes fit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.removal import removed

CHAIN = (
    Node("x", Input(3, 8, 8)),
    Node("conv", Conv2d(4, 3, 1, 1), ("x",)),
    Node("flatten", Flatten(), ("conv",)),
    Node("relu", ReLU(), ("flatten",)),
    Node("linear", Linear(10), ("relu",)),
)


def of(*nodes: Node) -> Network:
    return Network({node.id: node for node in nodes})


def without(network: Network, *ids: str) -> tuple[Network, str]:
    project, words = removed(Project(network), ids, analyse(network))
    return project.network, words


def test_ends_that_fit_are_joined_without_a_word() -> None:
    network, words = without(of(*CHAIN), "relu")
    assert network.nodes["linear"].inputs == ("flatten",)
    assert words == ""


def test_a_link_that_would_not_fit_is_left_open_and_told() -> None:
    network, words = without(of(*CHAIN), "flatten", "relu")
    assert network.nodes["linear"].inputs == ()
    assert words == "linear is not joined to conv: needs a vector, got 4×8×8: put a Flatten before it."


def test_several_links_that_would_not_fit_are_counted() -> None:
    for more, told in ((1, " Nor is 1 more."), (2, " Nor are 2 more.")):
        others = [Node(f"other{number}", Linear(10), ("relu",)) for number in range(more)]
        assert without(of(*CHAIN, *others), "flatten", "relu")[1].endswith(f"before it.{told}")


def test_links_that_were_there_stay() -> None:
    network, words = without(of(*CHAIN), "flatten")
    assert [network.nodes[id].inputs for id in ("relu", "linear")] == [("conv",), ("relu",)]
    assert words == "", "linear's own card says what is wrong"


def test_a_join_keeps_what_fits_it() -> None:
    small = Node("small", Conv2d(4, 3, 2, 1), ("conv",))
    skip = Node("skip", Conv2d(4, 1, 2), ("conv",))
    network, words = without(of(*CHAIN[:2], small, skip, Node("add", Add(), ("small", "skip"))), "skip")
    assert network.nodes["add"].inputs == ("small",)
    assert words == "add is not joined to conv: needs equal shapes, or 1×1 for each channel, got 4×4×4 and 4×8×8."


def test_what_was_wrong_before_is_joined_as_ever() -> None:
    wrong = Node("linear", Linear(10), ("relu",))
    network, words = without(of(*CHAIN[:2], Node("relu", ReLU(), ("conv",)), wrong), "relu")
    assert network.nodes["linear"].inputs == ("conv",)
    assert words == ""


@st.composite
def networks(draw: st.DrawFn) -> Network:
    kinds = st.sampled_from([ReLU(), Conv2d(4, 3, 1, 1), Conv2d(4, 3, 2, 1), Flatten(), Linear(5), Add(), Concat()])
    nodes = [Node("n0", Input(4, 8, 8))]
    for number in range(1, draw(st.integers(2, 9))):
        layer = draw(kinds)
        some = st.sampled_from([node.id for node in nodes])
        count = 1 if layer.inputs == 1 else 2
        nodes.append(Node(f"n{number}", layer, tuple(draw(st.lists(some, min_size=count, max_size=count)))))
    return of(*nodes)


@settings(max_examples=150, deadline=None)
@given(networks(), st.data())
def test_exactly_the_links_that_fit_are_made(network: Network, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(network.nodes)), min_size=1))
    after, words = without(network, *gone)
    healed, facts, before = network.without(gone), analyse(after), analyse(network)
    assert after.nodes.keys() == healed.nodes.keys()
    left_open = 0
    for id, node in after.nodes.items():
        wanted, old = healed.nodes[id].inputs, network.nodes[id].inputs
        assert set(old) - gone <= set(node.inputs) <= set(wanted), "no old link is lost, and no other comes"
        if node.inputs == wanted:
            fits = not facts[id].problem or facts[id].problem.endswith(("has none", "has one"))
            waits = any(facts[i].shape is None for i in wanted)
            assert fits or waits or set(wanted) <= set(old) or before[id].problem
        else:
            left_open += 1
            trial = analyse(after.with_node(healed.nodes[id]))
            assert trial[id].problem, "what is left open would not fit"
    assert bool(words) == bool(left_open)
