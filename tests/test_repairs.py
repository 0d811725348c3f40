"""What is offered for a faulty node: it mends the node, harms no other, and says so in few words."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine import modules
from explorer.layers.activations import ReLU, Sigmoid, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.norms import BatchNorm2d, GroupNorm
from explorer.layers.repairs import LONGEST, MOST, repairs
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, PixelUnshuffle
from explorer.layers.shapes import ChannelShuffle, Flatten, Slice
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.network.analysis import BEHIND, analyse, faulty
from explorer.network.layer import Layer, Shape
from explorer.network.network import Network, Node
from tests.test_layers import cases, layers


def net(**nodes) -> Network:
    """Each node by its id: the layer, then its inputs."""
    return Network({id: Node(id, layer, tuple(inputs)) for id, (layer, *inputs) in nodes.items()})


def offered(network: Network, id: str) -> list[tuple[str, str]]:
    """Text and effect of each repair."""
    return [(repair.text, repair.effect) for repair in repairs(network, analyse(network), id)]


def texts(network: Network, id: str) -> list[str]:
    return [text for text, _ in offered(network, id)]


SHORTCUT = "Give the shortcut a 1×1 convolution: "


def test_the_shortcut_of_a_residual_block_gets_w_s() -> None:
    block = net(
        x=(Input(64, 56, 56),), c1=(Conv2d(128, 3, 2, 1), "x"), c2=(Conv2d(256, 3, 1, 1), "c1"), add1=(Add(), "c2", "x")
    )  # fmt: skip
    best = repairs(block, analyse(block), "add1")[0]
    assert best.text == f"{SHORTCUT}256 filters, stride 2"
    assert best.effect == "add1 then gives 256×28×28, for 16,384 more parameters"
    assert best.network.nodes["add1"].inputs == ("c2", "conv1")
    w_s = best.network.nodes["conv1"]
    assert w_s.inputs == ("x",)
    assert w_s.layer == Conv2d(256, 1, 2, bias=False)
    assert w_s.layer.module(modules, (64, 56, 56)).weight.shape == (256, 64, 1, 1)
    assert {id: node for id, node in best.network.nodes.items() if id not in ("conv1", "add1")} == {
        id: node for id, node in block.nodes.items() if id != "add1"
    }


def test_the_course_s_shortcut() -> None:
    block = net(x=(Input(128, 28, 28),), c1=(Conv2d(256, 3, 1, 1), "x"), add1=(Add(), "c1", "x"), r=(ReLU(), "add1"))
    assert offered(block, "add1") == [
        (f"{SHORTCUT}256 filters", "add1 then gives 256×28×28, for 32,768 more parameters"),
        ("Use 128 filters in c1", "add1 then gives 128×28×28, for 147,584 fewer parameters"),
        (
            "Give the branch from c1 a 1×1 convolution: 128 filters",
            "add1 then gives 128×28×28, for 32,768 more parameters",
        ),
        ("Give the shortcut zeros for 128 channels more", "add1 then gives 256×28×28"),
    ]
    halved = block.with_settings("c1", stride=2)
    assert ("Give the shortcut zeros for 128 channels more", "add1 then gives 256×14×14") in offered(halved, "add1")
    assert offered(block, "r") == []  # it only waits


def test_what_a_branch_lost_at_its_borders_is_kept() -> None:
    block = net(x=(Input(64, 28, 28),), c1=(Conv2d(64, 3), "x"), c2=(Conv2d(64, 3), "c1"), add1=(Add(), "c2", "x"))
    assert offered(block, "add1")[0] == ("Use “same” padding in c1 and c2", "add1 then gives 64×28×28")
    wider = block.with_settings("c1", channels=128).with_settings("c2", channels=128)
    assert offered(wider, "add1")[0] == (
        f"Use “same” padding, and give {SHORTCUT[5:]}128 filters",
        "add1 then gives 128×28×28, for 8,192 more parameters",
    )
    strided = block.with_settings("c1", stride=2)  # 13 pixels, then 11
    assert offered(strided, "add1")[0] == (
        f"Keep the size by padding, and give {SHORTCUT[5:]}64 filters, stride 2",
        "add1 then gives 64×14×14, for 4,096 more parameters",
    )


def test_a_branch_without_a_shortcut() -> None:
    two = net(x=(Input(3, 32, 32),), a=(Conv2d(16, 3, 1, 1), "x"), b=(Conv2d(32, 5, 1, 2), "x"), s=(Add(), "a", "b"))
    assert "Give the branch from b a 1×1 convolution: 16 filters" in texts(two, "s")
    assert "Use 32 filters in a" in texts(two, "s")
    three = two.with_node(Node("c", Conv2d(64, 5, 2, 2), ("x",))).with_link("c", "s")
    assert offered(three, "s")[0] == (
        "Bring all branches to 64×16×16 by Conv2d",
        "s then gives 64×16×16, for 3,072 more parameters",
    )


@pytest.mark.parametrize(
    ("odd", "first"),
    [
        (Conv2d(32, 5), "Use “same” padding in b"),
        (MaxPool2d(3, 1), "Use padding 1 in b"),
        (Conv2d(32, 3, 2, 1), "Give the branch from b an Upsample by 2"),
    ],
)
def test_concat(odd: Layer, first: str) -> None:
    module = net(x=(Input(192, 28, 28),), a=(Conv2d(64, 1), "x"), b=(odd, "x"), cat=(Concat(), "a", "b"))
    text, effect = offered(module, "cat")[0]
    assert text == first
    assert effect.startswith("cat then gives ")
    assert effect.endswith("×28×28")


def test_pooling_the_larger_branch_of_a_concat() -> None:
    unet = net(x=(Input(3, 8, 8),), a=(Conv2d(16, 3, 1, 1), "x"), p=(MaxPool2d(), "a"), cat=(Concat(), "a", "p"))
    assert offered(unet, "cat") == [
        ("Give the branch from p an Upsample by 2", "cat then gives 32×8×8"),
        ("Give the branch from a an AdaptiveAvgPool2d to 4×4", "cat then gives 32×4×4"),
        ("Leave p out", "cat then gives 32×8×8"),
    ]


def test_a_linear_layer_wants_a_vector() -> None:
    head = net(x=(Input(256, 6, 6),), fc1=(Linear(4096), "x"), fc2=(Linear(10), "fc1"))
    assert offered(head, "fc1") == [
        ("Put a Flatten before it", "fc1 then gives 4,096 with 37,752,832 parameters"),
        ("Put a GlobalAvgPool before it", "fc1 then gives 4,096 with 1,052,672 parameters"),
    ]
    assert repairs(head, analyse(head), "fc1")[0].network.nodes["fc1"].inputs == ("flatten1",)


def test_a_vector_where_a_map_is_wanted() -> None:
    flat = net(x=(Input(3, 9, 9),), f=(Flatten(), "x"), r=(ReLU(), "f"), c=(Conv2d(4, 3), "r"))
    assert offered(flat, "c") == [
        ("Leave f out", "c then gives 4×7×7 with 112 parameters"),
        ("Feed it from x, before f", "c then gives 4×7×7 with 112 parameters"),
    ]
    shared = flat.with_node(Node("fc", Linear(10), ("f",)))
    assert texts(shared, "c") == ["Feed it from x, before f"]
    norm = net(x=(Input(3, 9, 9),), f=(Flatten(), "x"), l=(Linear(5), "f"), bn=(BatchNorm2d(), "l"), s=(ReLU(), "bn"))
    assert offered(norm, "bn") == [("Leave it out", "s then gets 5 directly")]


def test_a_squeeze_and_excitation_of_linear_layers_becomes_one_of_convolutions() -> None:
    block = net(
        x=(Input(64, 9, 9),), gap=(GlobalAvgPool(), "x"), l1=(Linear(4), "gap"), r=(ReLU(), "l1"), l2=(Linear(64), "r"),
        s=(Sigmoid(), "l2"), mul=(Multiply(), "x", "s"),
    )  # fmt: skip
    (repair,) = repairs(block, analyse(block), "mul")
    assert repair.text == "Use an AdaptiveAvgPool2d to 1×1 and 1×1 convolutions from gap on"
    assert repair.effect == "mul then gives 64×9×9"
    kinds = [repair.network.nodes[id].layer for id in ("gap", "l1", "l2")]
    assert kinds == [AdaptiveAvgPool2d(1), Conv2d(4, 1), Conv2d(64, 1)]
    narrow = net(
        x=(Input(64, 9, 9),), gap=(AdaptiveAvgPool2d(1), "x"), c=(Conv2d(32, 1), "gap"), mul=(Multiply(), "x", "c")
    )
    assert texts(narrow, "mul")[0] == "Give the branch from c a 1×1 convolution: 64 filters"
    assert "Use 64 filters in c" in texts(narrow, "mul")


@pytest.mark.parametrize(
    ("x", "layer", "expected"),
    [
        (
            (16, 3, 3), Conv2d(8, 5),
            {"Use “same” padding": "8×3×3 with 3,208 parameters", "Use a 3×3 kernel": "8×1×1 with 1,160 parameters"},
        ),
        ((16, 56, 56), Conv2d(8, 999), {"Use a 7×7 kernel": "8×50×50 with 6,280 parameters"}),
        (
            (16, 28, 28), Conv2d(8, 5, 2, "same"),
            {"Use padding 2": "8×14×14 with 3,208 parameters", "Use stride 1": "8×28×28 with 3,208 parameters"},
        ),
        (
            (16, 2, 2), Conv2d(8, 5, 1, 2, padding_mode="reflect"),
            {"Use “zeros” padding mode": "8×2×2 with 3,208 parameters"},
        ),
        ((16, 2, 2), MaxPool2d(3), {"Use padding 1": "16×1×1", "Use ceil mode": "16×1×1", "Leave it out": ""}),
        ((16, 1, 1), AvgPool2d(), {"Leave it out": "", "Use padding 1": "16×1×1", "Use ceil mode": "16×1×1"}),
        ((16, 9, 9), MaxPool2d(2, 2, 2), {"Use padding 0": "16×4×4", "Use a 4×4 kernel": "16×5×5", "Leave it out": ""}),
        (
            (64, 5, 5), Conv2d(100, 3, groups=32),
            {
                "Use 96 filters": "96×3×3 with 1,824 parameters", "Use 4 groups": "100×3×3 with 14,500 parameters",
                "Make it depthwise: 64 groups, 128 filters": "128×3×3 with 1,280 parameters",
            },
        ),
        ((48, 5, 5), GroupNorm(32), {"Use 24 groups": "48×5×5 with 96 parameters"}),
        ((10, 5, 5), ChannelShuffle(3), {"Use 2 groups": "10×5×5"}),
        ((18, 5, 5), PixelShuffle(2), {"Use factor 3": "2×15×15"}),
        (
            (3, 9, 8), PixelUnshuffle(2),
            {"Put a ZeroPad2d before it: 1 at the bottom, 0 at the right": "12×5×4", "Leave it out": ""},
        ),
        ((10, 5, 5), Slice(6, 6), {"Use start 4": "6×5×5", "Use 4 channels": "4×5×5"}),
        ((3, 9, 9), ConvTranspose2d(4, 3, 2, 1, 2), {"Use output padding 1": "4×18×18 with 112 parameters"}),
        ((3, 1, 1), ConvTranspose2d(4, 3, 2, 4), {"Use padding 1": "4×1×1 with 112 parameters"}),
    ],
    ids=lambda value: repr(value) if isinstance(value, Layer) else "",
)  # fmt: skip
def test_the_nearest_setting_that_fits(x, layer, expected) -> None:
    found = offered(net(x=(Input(*x),), y=(layer, "x")), "y")
    effects = [
        (text, f"y then gives {effect}" if effect else "Nothing else changes") for text, effect in expected.items()
    ]
    assert found[: len(effects)] == effects


def test_the_layer_before_can_be_what_is_wrong() -> None:
    shuffle = net(x=(Input(3, 9, 9),), c=(Conv2d(10, 3), "x"), y=(PixelShuffle(2), "c"))
    assert offered(shuffle, "y")[0] == ("Use 8 filters in c", "y then gives 2×14×14, for 56 fewer parameters")
    depthwise = net(x=(Input(3, 9, 9),), c=(Conv2d(112, 1), "x"), y=(Conv2d(672, 3, groups=672), "c"))
    assert "Use 672 filters in c" in texts(depthwise, "y")
    axis = net(x=(Input(3, 9, 9),), f=(Flatten(), "x"), y=(Softmax(2), "f"))
    assert offered(axis, "y")[0] == ("Use axis 1", "y then gives 243")
    # Another layer needs what the convolution gives: it stays as it is.
    shared = shuffle.with_node(Node("z", ReLU(), ("c",)))
    assert texts(shared, "y") == ["Put a 1×1 convolution before it: 8 filters", "Leave it out"]


def test_missing_inputs() -> None:
    line = net(x=(Input(64, 9, 9),), a=(Conv2d(64, 3, 1, 1), "x"), b=(Conv2d(4, 3), "a"), r=(ReLU(),), z=(ReLU(), "r"))
    assert texts(line, "r") == ["Connect b to it", "Connect a to it", "Connect x to it"]
    join = net(x=(Input(64, 9, 9),), a=(Conv2d(64, 3, 1, 1), "x"), s=(Add(), "a"), r=(ReLU(), "s"))
    assert offered(join, "s") == [
        ("Connect x to it", "s then gives 64×9×9"),
        ("Leave it out", "r then gets 64×9×9 directly"),
    ]
    assert texts(join.without_link("a", "s"), "s") == ["Connect a and x to it"]
    head = net(x=(Input(3, 8, 8),), fc=(Linear(10),))
    assert offered(head, "fc")[0] == ("Connect x to it through a Flatten", "fc then gives 10 with 1,930 parameters")
    stem = net(c=(Conv2d(8, 3, 1, 1),), r=(ReLU(), "c"))
    assert offered(stem, "c")[0] == ("Put an Input before it", "c then gives 8×224×224 with 224 parameters")


def test_too_many_inputs() -> None:
    many = net(x=(Input(64, 9, 9),), a=(Conv2d(64, 3, 1, 1), "x"), r=(ReLU(), "a", "x"))
    assert offered(many, "r") == [
        ("Take only a as its input", "r then gives 64×9×9"),
        ("Take only x as its input", "r then gives 64×9×9"),
        ("Put an Add of its inputs before it", "r then gives 64×9×9"),
        ("Put a Concat of its inputs before it", "r then gives 128×9×9"),
    ]
    fed = net(x=(Input(64, 9, 9),), y=(Input(3, 9, 9), "x"), z=(ReLU(), "x"))
    assert offered(fed, "y") == [("Take away what leads into it: x", "y then gives 3×9×9")]


def test_loops() -> None:
    joined = net(x=(Input(3, 8, 8),), s=(Concat(), "x", "x", "c"), b=(ReLU(), "s"), c=(ReLU(), "b"))
    assert offered(joined, "b") == [
        ("Take away the link from c to s", "b then gives 6×8×8"),
        ("Feed b from x, not s", "b then gives 3×8×8"),
        ("Feed c from x, not b", "b then gives 9×8×8"),
    ]
    alone = net(x=(Input(3, 8, 8),), s=(Add(), "x", "b"), b=(ReLU(), "s"))
    assert offered(alone, "s")[0] == ("Take away the link from b to s, and s", "b then gets 3×8×8 directly")
    chain = net(x=(Input(3, 8, 8),), a=(Conv2d(8, 3, 1, 1), "c"), b=(ReLU(), "a"), c=(ReLU(), "b"))
    assert texts(chain, "c") == ["Feed a from x, not c", "Feed b from x, not a", "Feed c from x, not b"]
    assert repairs(chain, analyse(chain), "c")[0].network.nodes["a"].inputs == ("x",)
    stem = net(x=(Input(3, 8, 8), "a"), a=(ReLU(), "x"))
    assert texts(stem, "a") == ["Take away the link from a to x"]


def test_a_repair_says_what_still_is_wrong() -> None:
    network = net(
        x=(Input(8, 9, 9),), c=(Conv2d(8, 3, 1, 1), "x"), s1=(Add(), "c", "x"), d=(Conv2d(8, 3, 1, 1), "x"),
        s2=(Add(), "s1", "d"),
    ).with_settings("c", channels=16)  # fmt: skip
    found = dict(offered(network, "s1"))
    assert found[f"{SHORTCUT}16 filters"].endswith("more parameters; s2 behind it has a problem of its own")
    assert found["Use 8 filters in c"] == "s1 then gives 8×9×9, for 584 fewer parameters"


def test_long_ids_fit_on_a_button() -> None:
    long = "features.denseblock1.denselayer"
    network = net(**{"x": (Input(3, 9, 9),), f"{long}1": (Conv2d(8, 3), "x"), "s": (Concat(), "x", f"{long}1")})
    assert texts(network, "s")[0] == "Use “same” padding in …lock1.denselayer1"
    two = net(
        x=(Input(3, 9, 9),), a=(Conv2d(4, 1), "x"),
        **{f"{long}1": (Conv2d(8, 3), "x"), f"{long}2": (Conv2d(8, 3), f"{long}1"), "s": (Add(), "a", f"{long}2")},
    )  # fmt: skip
    assert texts(two, "s")
    assert max(map(len, texts(two, "s"))) <= LONGEST  # padding in one branch and a convolution on it say too much


def sourced(case: tuple[Layer, tuple[Shape, ...]]) -> Network:
    """A layer fed with these shapes, by convolutions of one branch each or by a Flatten."""
    layer, shapes = case
    network = Network()
    for i, (c, h, w) in enumerate(shape if len(shape) == 3 else (*shape, 1, 1) for shape in shapes):
        before = Conv2d(c, 1) if len(shapes[i]) == 3 else Flatten()
        network = network.with_node(Node(f"x{i}", Input(c, h, w))).with_node(Node(f"b{i}", before, (f"x{i}",)))
    return network.with_node(Node("y", layer, tuple(f"b{i}" for i in range(len(shapes)))))


@st.composite
def grown(draw) -> Network:
    """A random sound network: what does not fit is not added."""
    network = net(x=(Input(draw(st.sampled_from([1, 4, 6])), draw(st.integers(1, 13)), draw(st.integers(1, 13))),))
    for number in range(draw(st.integers(1, 9))):
        layer, ids = draw(layers), st.sampled_from(list(network.nodes))
        count = draw(st.integers(2, 3)) if layer.inputs < 0 else layer.inputs
        new = network.with_node(Node(f"n{number}", layer, tuple(draw(ids) for _ in range(count))))
        network = new if not faulty(analyse(new)) else network
    return network


@st.composite
def broken(draw) -> Network:
    """A sound network after some random edits."""
    network = draw(grown())
    for _ in range(draw(st.integers(1, 3))):
        ids = st.sampled_from(list(network.nodes))
        id, other = draw(ids), draw(ids)
        match draw(st.sampled_from(["layer", "setting", "link", "more", "unlink", "gone", "join"])):
            case "layer":
                network = network.with_layer(id, draw(layers))
            case "setting":
                layer = draw(layers.filter(lambda layer: fields(layer)))
                same = [node.id for node in network.nodes.values() if node.layer.kind == layer.kind]
                network = network.with_layer(draw(st.sampled_from(same or [id])), layer)
            case "link":
                network = network.with_link(id, other, draw(st.integers(0, 2)))
            case "more":
                node = network.nodes[other]
                network = network.with_node(Node(other, node.layer, (*node.inputs, id)))
            case "unlink":
                network = network.without_link(draw(st.sampled_from(network.nodes[id].inputs or (id,))), id)
            case "gone" if len(network.nodes) > 1:
                network = network.without([id])
            case _:
                join = draw(st.sampled_from([Add(), Concat(), Multiply()]))
                network = network.with_node(Node(network.fresh_id(join.kind), join, (id, other)))
    return network


@settings(max_examples=800, deadline=None)
@given(broken() | cases().map(sourced))
def test_every_repair_mends_its_node_and_harms_no_other(network: Network) -> None:
    facts = analyse(network)
    for id, fact in facts.items():
        found = repairs(network, facts, id)
        if fact.problem in ("", BEHIND):
            assert found == ()
        assert len(found) <= MOST
        assert len({repair.text for repair in found}) == len(found)
        for repair in found:
            after = analyse(Network(dict(repair.network.nodes)))
            sound = {i for i, f in facts.items() if f.shape is not None} & after.keys()
            assert all(after[i].shape is not None for i in sound)
            if id in after:
                assert after[id].shape is not None
            else:
                assert set(faulty(after)) <= set(faulty(facts))
            assert repair.network != network
            assert 0 < len(repair.text) <= LONGEST
            assert repair.text[0].isupper()
            assert repair.effect
            assert (repair.text + repair.effect).isprintable()
