"""What differs between two mappings, and facts that are found again only where something differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.windows import Conv2d
from explorer.maths.differing import differing
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node

KEYS = st.integers(0, 200).map(str)
MAPPINGS = st.dictionaries(KEYS, st.integers(0, 3) | st.tuples(st.integers(0, 2)), max_size=150)


@given(MAPPINGS, MAPPINGS, st.sampled_from(["apart", "more", "less", "other values"]))
def test_the_keys_that_differ(old: dict[str, object], other: dict[str, object], how: str) -> None:
    new = {
        "apart": other,
        "more": {**old, **other},
        "less": {key: value for key, value in old.items() if key not in other},
        "other values": {key: other.get(key, value) for key, value in old.items()},
    }[how]
    wanted = {key for key in {*old, *new} if key not in old or key not in new or old[key] != new[key]}
    assert differing(old, new) == wanted


LAYERS = [Input(3, 16, 16), Conv2d(4, 3, 1, 1), Conv2d(4, 3, 2, 1), Add(), ReLU(), Linear(5)]
NUMBERS = st.integers(0, 9)


@given(st.lists(st.tuples(st.sampled_from(["add", "more", "set", "link", "without", "unlink"]), NUMBERS, NUMBERS)))
def test_what_is_taken_over_from_the_network_before_is_what_one_finds_anew(steps: list[tuple[str, int, int]]) -> None:
    """After each of any edits, loops and half-built networks among them."""
    network = Network({"x": Node("x", LAYERS[0])})
    facts = analyse(network)
    for number, (what, a, b) in enumerate(steps):
        before, ids, layer = network, list(network.nodes) or [""], LAYERS[b % len(LAYERS)]
        one, other = ids[a % len(ids)], ids[b % len(ids)]
        if what == "add" or not network.nodes:
            network = network.with_node(Node(f"n{number}", layer, (one,) if one else ()))
        elif what == "more":
            pair = Node(f"n{number}", layer, (one, other)), Node(f"m{number}", LAYERS[1], (f"n{number}",))
            network = network.with_nodes(pair)
        elif what == "set":
            network = network.with_layer(one, layer)
        elif what == "link":
            network = network.with_link(one, other)
        elif what == "unlink":
            network = network.without_link(one, other)
        else:
            network = network.without([one, other][: 1 + b % 2])
        facts, anew = analyse(network, before, facts), Network(network.nodes)
        assert list(facts.items()) == list(analyse(anew).items())
        assert (network.order, network.users) == (anew.order, anew.users)
