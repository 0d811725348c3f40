"""The network value, its facts, and the mistakes it may hold."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import example, given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, MaxPool2d
from explorer.network.analysis import BEHIND, analyse, faulty, totals
from explorer.network.formulas import formulas
from explorer.network.network import Network, Node
from explorer.network.project import Project


def chain(*layers) -> Network:
    """n0 → n1 → …"""
    net = Network()
    for i, layer in enumerate(layers):
        net = net.with_node(Node(f"n{i}", layer, (f"n{i - 1}",) if i else ()))
    return net


def alexnet() -> Network:
    return chain(
        Input(), Conv2d(64, 11, 4, 2), ReLU(), MaxPool2d(3, 2), Conv2d(192, 5, 1, 2), ReLU(), MaxPool2d(3, 2),
        Conv2d(384, 3, 1, 1), ReLU(), Conv2d(256, 3, 1, 1), ReLU(), Conv2d(256, 3, 1, 1), ReLU(), MaxPool2d(3, 2),
        AdaptiveAvgPool2d(6), Flatten(), Linear(4096), ReLU(), Linear(4096), ReLU(), Linear(1000),
    )  # fmt: skip


def test_alexnet_counts_as_torchvision_s() -> None:
    total = totals(analyse(alexnet()))
    model = torchvision.models.alexnet().eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 224, 224))
    assert total.parameters == sum(p.numel() for p in model.parameters()) == 61_100_840
    assert total.macs == counter.get_total_flops() // 2


def test_a_stride_changes_everything_behind_it() -> None:
    before, after = analyse(alexnet()), analyse(alexnet().with_settings("n1", stride=8))
    assert before["n1"].shape == (64, 55, 55)
    assert after["n1"].shape == (64, 28, 28)
    assert [i for i in before if before[i].shape != after[i].shape] == [f"n{i}" for i in range(1, 14)]


def test_a_mistake_is_data() -> None:
    facts = analyse(alexnet().with_settings("n1", kernel=999))
    assert "999-wide window does not fit into 224 pixels and 4 of padding" in facts["n1"].problem
    assert facts["n5"].problem == BEHIND
    assert facts["n0"].shape == (3, 224, 224)  # the sound part keeps its numbers
    assert formulas(alexnet().with_settings("n1", kernel=999), "n1", facts) == []


@pytest.mark.parametrize(
    ("layer", "inputs", "phrase"),
    [
        (ReLU(), (), "needs an input, has none"),
        (Add(), ("a",), "needs two or more inputs, has one"),
        (Add(), ("a", "b"), "needs equal shapes, or 1×1 for each channel, got 3×8×8 and 5×8×8"),
        (Concat(), ("a", "c"), "needs equal height and width, got 3×8×8 and 3×4×4"),
        (Linear(), ("a",), "needs a vector, got 3×8×8: put a Flatten before it"),
        (Conv2d(4, groups=2), ("a",), "3 and 4 channels do not split into 2 groups"),
        (Conv2d(4, stride=2, padding="same"), ("a",), "“same” padding needs stride 1"),
    ],
)
def test_sentences(layer, inputs, phrase) -> None:
    sources = {"a": Input(3, 8, 8), "b": Input(5, 8, 8), "c": Input(3, 4, 4)}
    net = Network({id: Node(id, source) for id, source in sources.items()}).with_node(Node("y", layer, inputs))
    assert phrase in analyse(net)["y"].problem


def test_a_loop_is_a_problem_not_an_error() -> None:
    net = Network({
        "in": Node("in", Input()), "a": Node("a", Add(), ("in", "b")), "b": Node("b", ReLU(), ("a",)),
        "c": Node("c", ReLU(), ("b",)),
    })  # fmt: skip
    facts = analyse(net)
    assert "form a loop" in facts["a"].problem
    assert "form a loop" in facts["b"].problem
    assert facts["c"].problem == BEHIND
    assert facts["in"].shape == (3, 224, 224)


LOOP = """
import sys
from explorer.layers.activations import ReLU
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
count = int(sys.argv[1])
facts = analyse(Network({f"n{i}": Node(f"n{i}", ReLU(), (f"n{i - 1 if i else count - 1}",)) for i in range(count)}))
assert all("form a loop" in fact.problem for fact in facts.values())
print(*facts)
"""


def test_a_long_loop_comes_in_order() -> None:
    """Whatever order Python's sets have in a process; 5,000 nodes are too many to ask each one by itself."""
    for seed in ("1", "2"):
        command = [sys.executable, "-c", LOOP, "5000"]
        done = subprocess.run(
            command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [f"n{i}" for i in range(5000)]


def test_a_loop_is_found_by_looking_at_each_link_twice() -> None:
    """Counted, not timed: one search for each node would follow the links of 2,000 nodes four million times."""
    followed = 0

    class Counted(tuple):
        def __iter__(self):
            nonlocal followed
            followed += len(self)
            return super().__iter__()

    count = 2000
    net = Network({f"n{i}": Node(f"n{i}", ReLU(), Counted([f"n{(i or count) - 1}"])) for i in range(count)})
    net.__dict__["users"] = {id: Counted(users) for id, users in net.users.items()}
    followed = 0
    assert len(net.looped) == count
    assert followed <= 4 * count


@given(st.lists(st.lists(st.integers(0, 8), max_size=3), min_size=1, max_size=9))
def test_loops_are_those_of_brute_force(links: list[list[int]]) -> None:
    count = len(links)
    net = Network({
        f"n{i}": Node(f"n{i}", Add(), tuple(f"n{j % count}" for j in inputs)) for i, inputs in enumerate(links)
    })  # fmt: skip
    steps = np.array([[f"n{j}" in net.nodes[f"n{i}"].inputs for j in range(count)] for i in range(count)], int)
    within = sum(np.linalg.matrix_power(steps, length) for length in range(1, count + 1))  # ways of up to `count` links
    looped = {f"n{i}" for i in range(count) if within[i, i]}
    assert net.looped == looped
    facts = analyse(net)
    assert {id for id, fact in facts.items() if "form a loop" in fact.problem} == looped


def test_links() -> None:
    net = chain(Input(), ReLU(), ReLU()).with_node(Node("add", Add()))
    net = net.with_link("n1", "add").with_link("n2", "add").with_link("n0", "add")
    assert net.nodes["add"].inputs == ("n1", "n2", "n0")
    assert net.with_link("n2", "add", port=0).nodes["add"].inputs == ("n2", "n2", "n0")
    assert net.without_link("n2", "add").nodes["add"].inputs == ("n1", "n0")
    assert net.with_link("n0", "n2").nodes["n2"].inputs == ("n0",)
    assert net.reaches("n0", "add")
    assert not net.reaches("add", "n0")
    assert net.before(["n1"]) == {"n0", "n1"}
    assert net.behind(["n2"]) == {"n2", "add"}


def test_taking_a_node_away_joins_the_ends() -> None:
    net = chain(Input(), ReLU(), ReLU(), ReLU()).without(["n1", "n2"])
    assert net.nodes["n3"].inputs == ("n0",)
    net = chain(Input(), ReLU()).without(["n0"])
    assert net.nodes["n1"].inputs == ()


def test_ids_are_fresh_and_read_well() -> None:
    net = Network()
    for _ in range(3):
        net = net.with_node(Node(net.fresh_id("Conv2d"), Conv2d()))
    assert list(net.nodes) == ["conv1", "conv2", "conv3"]


@given(st.lists(st.integers(0, 100), min_size=2, max_size=40))
def test_order_puts_inputs_first(picks: list[int]) -> None:
    net = Network({"n0": Node("n0", Input())})
    for i, pick in enumerate(picks, 1):
        net = Network({f"n{i}": Node(f"n{i}", ReLU(), (f"n{pick % i}",)), **net.nodes})  # latest first
    seen: set[str] = set()
    for node in net.order:
        assert seen.issuperset(node.inputs)
        seen.add(node.id)
    assert seen == set(net.nodes)


def test_a_branch_comes_in_one_piece_whatever_is_put_into_another() -> None:
    net = chain(Input(), ReLU()).with_node(Node("a1", ReLU(), ("n1",))).with_node(Node("b1", ReLU(), ("n1",)))
    net = net.with_node(Node("a2", ReLU(), ("a1",))).with_node(Node("b2", ReLU(), ("b1",)))
    net = net.with_node(Node("sum", Add(), ("a2", "b2"))).with_node(Node("loop", ReLU(), ("loop",)))
    assert [node.id for node in net.branches] == ["n0", "n1", "a1", "a2", "b1", "b2", "sum", "loop"]
    longer = net.with_node(Node("a0", ReLU(), ("n1",))).with_link("a0", "a1")
    assert [node.id for node in longer.branches if node.id != "a0"] == [node.id for node in net.branches]


EDITS = st.tuples(st.sampled_from(["layer", "link", "unlink", "drop"]), st.integers(0, 99), st.integers(0, 99))


@example([("link", 0, 0), ("unlink", 0, 0)])  # a loop comes and goes before a layer that lacks an input
@given(st.lists(EDITS, max_size=12))
def test_what_is_known_of_the_network_before_changes_nothing(edits: list[tuple[str, int, int]]) -> None:
    """Facts, order and users that are taken over from before an edit are those one would find out anew."""
    net = chain(Input(3, 16, 16), *[Conv2d(4, 3, 1, 1), ReLU(), MaxPool2d(2), Add()] * 2)
    facts = analyse(net)
    for what, a, b in edits:
        ids = list(net.nodes)
        one, other = ids[a % len(ids)], ids[b % len(ids)]
        if what == "layer":
            edited = net.with_layer(one, (Conv2d(1 + b % 5, 1 + b % 4), ReLU(), Flatten())[b % 3])
        elif what == "link":
            edited = net.with_link(one, other)
        elif what == "unlink":
            edited = net.without_link(one, other)
        else:
            edited = net.without([one]) if len(ids) > 2 else net
        facts, net = analyse(edited, net, facts), edited
        anew = Network(dict(net.nodes))
        assert facts == analyse(anew)
        assert net.users == anew.users
        assert net.order == anew.order
        assert net.looped == anew.looped


def test_a_layer_s_edit_leaves_the_facts_beside_it_as_they_are() -> None:
    net = alexnet()
    facts = analyse(net)
    edited = net.with_settings("n11", channels=7)
    after = analyse(edited, net, facts)
    assert [id for id in facts if after[id] is not facts[id]] == ["n11", "n12", "n13", "n14", "n15", "n16"]


def test_project_forgets_places_of_nodes_that_are_gone() -> None:
    net = chain(Input(), ReLU())
    project = Project(net, {"n0": (0, 0), "n1": (0, 96)})
    assert project.rewired(net.without(["n1"])).places == {"n0": (0, 0)}


def test_totals_tell_a_problem_from_what_waits_for_it() -> None:
    broken = alexnet().with_settings("n1", stride=2, padding="same")
    facts = analyse(broken)
    assert faulty(facts) == ["n1"]
    assert totals(facts).problem == f"1 problem · {len(facts) - 2} layers wait for it"
    assert totals({id: facts[id] for id in ("n1", "n2")}).problem == "1 problem · 1 layer waits for it"
    assert totals({id: facts[id] for id in ("n2", "n3")}).problem == "2 layers wait for a layer with a problem"
    two = analyse(broken.with_node(Node("alone", ReLU())))
    assert sorted(faulty(two)) == ["alone", "n1"]
    assert totals(two).problem == f"2 problems · {len(facts) - 2} layers wait for them"
    assert totals(analyse(alexnet())).problem == ""


def test_a_layer_tells_another_process_its_settings_and_not_its_hash() -> None:
    """Texts hash otherwise there; a layer that brought its hash along would not be found among equal ones."""
    layer = Conv2d(64, 3, padding="same")
    assert {layer: 1}[Conv2d(64, 3, padding="same")] == 1
    assert hash(copy.copy(layer)) == hash(layer)
    there = (
        "import pickle, sys\n"
        "from explorer.layers.windows import Conv2d\n"
        "print(pickle.load(sys.stdin.buffer) in {Conv2d(64, 3, padding='same')})"
    )
    told = subprocess.run([sys.executable, "-c", there], input=pickle.dumps(layer), capture_output=True, check=True)
    assert told.stdout.strip() == b"True"
