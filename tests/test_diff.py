"""What differs between two networks: each edit is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.library import architecture
from explorer.layers.activations import GELU, ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Identity
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.diff import Diff, Pair, compare
from explorer.network.diff_words import cells, costs, counts, equality, seen
from explorer.network.network import Network, Node
from tests.test_network import chain


def renamed(network: Network) -> Network:
    """The same layers and links in another order, with ids that are in no other network."""
    nodes = reversed(network.nodes.values())
    return Network({f"my {n.id}": Node(f"my {n.id}", n.layer, tuple(f"my {i}" for i in n.inputs)) for n in nodes})


def inserted(network: Network, id: str, layer, before: str) -> Network:
    """The network with a layer put into the first link to a node."""
    node = network.nodes[before]
    fed = network.with_node(Node(id, layer, node.inputs[:1]))
    return fed.with_node(replace(node, inputs=(id, *node.inputs[1:])))


def edits(diff: Diff) -> list[tuple[str, str, str]]:
    return [(row.change, row.old, row.new) for row in diff.rows if row.change != "same"]


def row_of(diff: Diff, id: str) -> Pair:
    return next(row for row in diff.rows if id in (row.old, row.new))


def test_an_edited_vgg16() -> None:
    old = architecture("vgg16").network
    new = old.without(["features.7"]).with_settings("features.12", kernel=5, padding=2)
    new = inserted(new, "bn1", BatchNorm2d(), before="features.25")
    diff = compare(old, new)
    assert edits(diff) == [
        ("removed", "features.7", ""), ("changed", "features.12", "features.12"), ("added", "", "bn1"),
    ]  # fmt: skip
    assert [row.old or row.new for row in diff.rows][7:9] == ["features.6", "features.7"]  # it stands in its place
    changed = row_of(diff, "features.12")
    assert changed.settings == (("kernel", 3, 5), ("padding", 1, 2))
    assert [fact.macs for fact in changed.facts] == [1_849_688_064, 5_138_022_400]
    assert [fact.parameters for fact in changed.facts] == [590_080, 1_638_656]
    assert [field.size for field in diff.receptive_fields(changed)] == [(32, 32), (36, 36)]  # jumps: −2·2, and +2·4
    removed = row_of(diff, "features.7")
    assert removed.facts[1] is None
    assert diff.receptive_fields(removed)[1] is None
    assert not any(row.rewired for row in diff.rows)
    assert not any(row.affected for row in diff.rows)  # neither shapes nor counts behind the edits differ
    assert [sums.parameters for sums in diff.totals] == [138_357_544, 138_357_544 - 147_584 + 1_048_576 + 1024]
    assert edits(compare(old, renamed(new))) == [
        ("removed", "features.7", ""), ("changed", "features.12", "my features.12"), ("added", "", "my bn1"),
    ]  # fmt: skip


def test_names_do_not_matter() -> None:
    for name in ("vgg16", "resnet50", "googlenet", "densenet121", "shufflenet_v2_x1_0"):
        old = architecture(name).network
        diff = compare(old, renamed(old))
        assert diff.equal
        assert all(row.new == f"my {row.old}" and not row.affected for row in diff.rows)


def test_the_stride_of_resnet50_on_the_first_1x1() -> None:
    old = new = architecture("resnet50").network
    moved = [(f"layer{i}.0.conv1", f"layer{i}.0.conv2") for i in (2, 3, 4)]
    for first, second in moved:
        new = new.with_settings(first, stride=2).with_settings(second, stride=1)
    for other in (new, renamed(new)):
        diff = compare(old, other)
        assert [row.old for row in diff.rows if row.change != "same"] == [id for pair in moved for id in pair]
        affected = [row.old for row in diff.rows if row.affected]
        assert affected == [f"layer{i}.0.{id}" for i in (2, 3, 4) for id in ("bn1", "relu")]
        assert [sums.macs for sums in diff.totals] == [4_089_184_256, 3_857_973_248]
        assert [sums.parameters for sums in diff.totals] == [25_557_032, 25_557_032]
        end = row_of(diff, "layer4.2.relu_2")
        assert [field.size for field in diff.receptive_fields(end)] == [(427, 427), (483, 483)]


def test_deeper_ones_have_more_layers_and_no_others() -> None:
    """Ids there are places in a list, but for the ResNets: features.16 pools in VGG-16, not in VGG-19."""
    for name, deeper, more in (("vgg16", "vgg19", 6), ("vgg16", "vgg16_bn", 13), ("resnet50", "resnet101", 170)):
        diff = compare(architecture(name).network, architecture(deeper).network)
        assert [change for change, _, _ in edits(diff)] == ["added"] * more
    diff = compare(architecture("squeezenet1_0").network, architecture("squeezenet1_1").network)
    assert [(change, old) for change, old, _ in edits(diff)] == [  # ids say the same kinds in both, and mean others
        ("changed", "features.0"), ("added", ""), ("removed", "features.6"), ("added", ""), ("removed", "features.11"),
    ]  # fmt: skip


def test_a_whole_block_put_in_rewires_nothing() -> None:
    old = chain(Input(4, 8, 8), Conv2d(4, 3, 1, 1), ReLU())
    new = inserted(old, "bn", BatchNorm2d(), before="n2").with_node(Node("sum", Add(), ("n1", "bn")))
    new = new.with_node(replace(new.nodes["n2"], inputs=("sum",)))
    assert edits(compare(old, new)) == [("added", "", "bn"), ("added", "", "sum")]
    other = new.with_link("n0", "sum", port=0)  # now n2 hears of the input too
    assert edits(compare(old, other)) == [("added", "", "bn"), ("added", "", "sum"), ("changed", "n2", "n2")]
    assert row_of(compare(old, other), "n2").rewired


def test_kinds_that_replace_each_other() -> None:
    old = chain(Input(4, 8, 8), Conv2d(4, 3, 1, 1), ReLU(), Conv2d(4, 3, 1, 1), ReLU())
    new = old.with_layer("n2", GELU())
    for other in (new, renamed(new)):
        assert [(change, id) for change, id, _ in edits(compare(old, other))] == [("changed", "n2")]
    assert edits(compare(old, old.with_layer("n2", BatchNorm2d()))) == [("removed", "n2", ""), ("added", "", "n2")]


def test_settings_of_layers_that_one_network_lacks() -> None:
    diff = compare(chain(Input()), Network({"fc": Node("fc", Linear(7))}))
    assert row_of(diff, "fc").settings == (("features", None, 7), ("bias", None, True), ("over", None, "everything"))
    assert row_of(diff, "n0").settings == (("channels", 3, None), ("height", 224, None), ("width", 224, None))
    assert compare(Network(), Network()).equal


LAYERS = st.one_of(
    st.builds(Conv2d, st.sampled_from([2, 4]), st.integers(1, 3), st.integers(1, 2)),
    st.sampled_from([ReLU(), GELU(), BatchNorm2d(), MaxPool2d(), Add(), Concat(), Linear(3), Input(2, 9, 9)]),
)


@st.composite
def networks(draw) -> Network:
    """Any: with branches, with loops, with mistakes."""
    count = draw(st.integers(0, 9))
    links = st.lists(st.integers(0, max(count - 1, 0)).map("n{}".format), max_size=3)
    return Network({f"n{i}": Node(f"n{i}", draw(LAYERS), tuple(draw(links))) for i in range(count)})


@given(networks())
def test_a_network_is_equal_to_itself(network: Network) -> None:
    diff = compare(network, Network(dict(network.nodes)))
    assert [(row.old, row.change) for row in diff.rows] == [(node.id, "same") for node in network.branches]
    assert diff.equal
    assert not any(row.settings or row.rewired or row.affected for row in diff.rows)


@given(networks(), networks(), st.booleans())
def test_each_layer_is_in_one_row(old: Network, new: Network, other_names: bool) -> None:
    new = renamed(new) if other_names else new
    diff = compare(old, new)
    assert sorted(row.old for row in diff.rows if row.old) == sorted(old.nodes)
    assert [row.new for row in diff.rows if row.new] == [node.id for node in new.branches]
    assert [id for id in (row.new or row.old for row in diff.rows) if not id] == []
    for row in diff.rows:
        assert (row.change == "added", row.change == "removed") == (not row.old, not row.new)
        assert [facts is None for facts in row.facts] == [not row.old, not row.new]
        diff.receptive_fields(row)


@given(st.data())
def test_the_edits_are_found_and_no_others(data: st.DataObject) -> None:
    network = Network({"n0": Node("n0", Input(2, 64, 64))})
    for i, layer in enumerate(data.draw(st.lists(LAYERS, min_size=3, max_size=20)), 1):
        links = st.integers(max(0, i - 4), i - 1).map("n{}".format)
        inputs = {0: (), 1: (data.draw(links),)}.get(layer.inputs) or (data.draw(links), data.draw(links))
        network = network.with_node(Node(f"n{i}", layer, inputs if layer.inputs else ()))
    singles = [node.id for node in network.nodes.values() if node.layer.inputs == 1]
    picked = data.draw(st.lists(st.sampled_from(singles), unique=True) if singles else st.just([]))
    wanted, edited = set(), network
    for number, id in enumerate(picked):
        what = data.draw(st.sampled_from(["change", "remove", "insert"]))
        if what == "insert":
            edited = inserted(edited, f"new{number}", Identity(), before=id)
            wanted.add(("added", "", f"new{number}"))
        elif what == "change" and isinstance(network.nodes[id].layer, Conv2d):
            edited = edited.with_settings(id, channels=1000 + number)
            wanted.add(("changed", id, id))
        else:
            edited = edited.without([id])
            wanted.add(("removed", id, ""))
    found = edits(compare(network, edited))
    assert len(found) == len(wanted)
    assert set(found) == wanted


def test_what_is_said() -> None:
    old = Network({"in": Node("in", Input(1, 8, 8)), "a": Node("a", Conv2d(2, 3), ("in",))})
    diff = compare(old, old)
    assert counts(diff) == "2 layers in both: none differs."
    assert costs(diff) == "20 parameters in both; 648 MACs in both."
    assert equality(diff, "A", "B") == "A and B are equal: 2 layers, 20 parameters, 648 MACs."
    diff = compare(old, old.with_settings("a", kernel=5, bias=False).with_node(Node("b", ReLU(), ("a",))))
    assert counts(diff) == "2 → 3 layers: 1 added, 1 changed."
    assert costs(diff) == "Parameters 20 → 50 (+30); MACs 648 → 800 (+152)."
    assert cells(diff, row_of(diff, "a")) == (
        "~", "a", "Conv2d", "kernel 3 → 5; bias yes → no", "2×6×6 → 2×4×4", "20 → 50", "648 → 800",
    )  # fmt: skip
    assert seen(diff, row_of(diff, "a")) == "3×3 → 5×5"
    assert [row.state for row in diff.rows] == ["same", "changed", "added"]
    diff = compare(Network({"in": old.nodes["in"]}), old.with_settings("a", kernel=9))
    assert counts(diff) == "1 → 2 layers: 1 added."
    assert costs(diff).startswith("At least, as layers have problems: ")
