"""What a unit sees: known figures, and the pixels its gradient really reaches."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.engine import modules
from explorer.engine.library import architecture
from explorer.layers.activations import Mish, ReLU, Sigmoid
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.norms import BatchNorm2d, GroupNorm
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, PixelUnshuffle, Reorg, Upsample
from explorer.layers.shapes import ChannelShuffle, Flatten, Identity, ZeroPad2d
from explorer.layers.sliding import both
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.receptive_field import NOTHING, ReceptiveFields, receptive_field, spans


@pytest.mark.parametrize(
    ("name", "id", "size", "jump"),
    [
        *[("alexnet", f"features.{i}", n, j) for i, n, j in ((0, 11, 4), (3, 51, 8), (6, 99, 16), (8, 131, 16))],
        ("alexnet", "features.10", 163, 16),  # the course's nine patches are of these five sizes
        ("vgg16", "features.30", 212, 32),
        ("resnet18", "layer4.1.relu_1", 435, 32),
        ("resnet50", "layer4.2.relu_2", 427, 32),
        ("mobilenet_v2", "features.18.2", 491, 32),
    ],
)
def test_figures_of_the_literature(name: str, id: str, size: int, jump: int) -> None:
    """Araujo et al. 2019, table 1, and ../shared/FACTS.md."""
    network = architecture(name).network
    field = receptive_field(network, analyse(network), id)
    assert field is not None
    assert (field.size, field.jump) == ((size, size), (jump, jump))
    assert field.whole == (size > 2 * 224)  # from there on every unit sees the whole picture


@pytest.mark.parametrize(("name", "size"), [("resnet50", 483), ("resnet101", 1027), ("resnet152", 1507)])
def test_resnets_with_the_stride_on_the_first_1x1(name: str, size: int) -> None:
    """As they were published (Araujo et al. 2019, table 1); torchvision's have it on the 3×3, and see less."""
    network = architecture(name).network
    for block in ("layer2.0", "layer3.0", "layer4.0"):
        network = network.with_settings(f"{block}.conv1", stride=2).with_settings(f"{block}.conv2", stride=1)
    field = receptive_field(network, analyse(network), "layer4.2.relu_2")
    assert field is not None
    assert field.size == (size, size)


def test_the_sentence() -> None:
    network = architecture("alexnet").network
    facts = analyse(network)
    told = {id: str(receptive_field(network, facts, id)) for id in ("features.0", "features.10", "avgpool", "input")}
    assert told["features.0"] == (
        "Each number here depends on 11×11 pixels of the picture, its neighbours 4 pixels further. "
        "What the first one sees has its middle at row 3, column 3, counted from 0."
    )
    assert "163×163 pixels" in told["features.10"]
    assert told["input"].startswith(
        "Each number here depends on 1 pixel of the picture, its neighbours 1 pixel further."
    )
    wide = Network({"in": Node("in", Input(1, 9, 9)), "c": Node("c", Conv2d(1, (1, 3), (1, 2)), ("in",))})
    field = receptive_field(wide, analyse(wide), "c")
    assert "1×3 pixels of the picture, 1 down, 2 to the right. " in str(field)
    assert field.brief == "Sees 1×3 pixels, steps of 1×2, start 0, 1"


def test_behind_a_global_average_everything_is_seen() -> None:
    network = architecture("resnet18").network
    facts = analyse(network)
    fields = {id: receptive_field(network, facts, id) for id in ("avgpool", "flatten", "fc", "layer4.1.relu_1")}
    assert all(fields[id] and fields[id].whole for id in ("avgpool", "flatten", "fc"))
    assert not receptive_field(network, facts, "layer2.1.relu_1").whole
    assert fields["fc"].jump == (0, 0)


def test_no_field_without_a_shape_or_an_input() -> None:
    network = Network({"in": Node("in", Input(3, 8, 8)), "wide": Node("wide", Conv2d(1, 99), ("in",))})
    network = network.with_node(Node("loose", ReLU()))
    facts = analyse(network)
    assert receptive_field(network, facts, "wide") is None
    assert receptive_field(network, facts, "loose") is None
    field = receptive_field(network, facts, "in")
    assert (field.size, field.jump, field.start) == ((1, 1), (1, 1), (0.0, 0.0))


pairs = st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3))
LAYERS = st.one_of(
    st.builds(
        Conv2d, st.sampled_from([2, 4]), pairs, pairs, st.sampled_from([0, 1, (2, 1), (0, 1, 2, 0)]),
        st.integers(1, 2), st.just(1), st.booleans(),
    ),
    st.builds(Conv2d, st.just(4), pairs, st.just(1), st.just("same"), st.integers(1, 2)),
    st.builds(AvgPool2d, pairs, pairs, st.just(0), st.booleans()),
    st.builds(MaxPool2d, pairs, pairs, st.sampled_from([0, (0, 1, 1, 0)]), st.integers(1, 2), st.booleans()),
    st.builds(ConvTranspose2d, st.sampled_from([2, 4]), pairs, pairs, st.integers(0, 1), st.just(0), st.integers(1, 2)),
    st.builds(Upsample, pairs, st.sampled_from(["nearest", "bilinear"])),
    st.builds(AdaptiveAvgPool2d, pairs),
    st.sampled_from([
        Add(), Concat(), Multiply(), ZeroPad2d((1, 0, 2, 1)), PixelShuffle(2), PixelUnshuffle(2), ChannelShuffle(2),
        Reorg(2), Mish(),
        Identity(), Sigmoid(), BatchNorm2d(), GroupNorm(2), Flatten(), Linear(3), GlobalAvgPool(),
    ]),
)  # fmt: skip


def gapless(layer) -> bool:
    """Whether the gradient reaches both ends of what the layer looks at, at the border too."""
    kernel, stride = (both(getattr(layer, name, 1)) for name in ("kernel", "stride"))
    close = all(k >= s for k, s in zip(kernel, stride, strict=True)) and getattr(layer, "dilation", 1) == 1
    return close and not isinstance(layer, MaxPool2d | Reorg)


@st.composite
def networks(draw) -> Network:
    """Branches that split and meet, on one input."""
    network = Network({"in": Node("in", Input(2, draw(st.integers(6, 14)), draw(st.integers(6, 14))))})
    for i in range(draw(st.integers(1, 9))):
        layer, ids = draw(LAYERS), list(network.nodes)
        inputs = [draw(st.sampled_from([ids[-1], draw(st.sampled_from(ids))]))]
        if layer.inputs < 0:
            inputs.append(draw(st.sampled_from(ids)))
        more = network.with_node(Node(f"n{i}", layer, tuple(inputs)))
        shape = analyse(more)[f"n{i}"].shape
        if shape and max(shape) < 60:
            network = more
    return network


def values(network: Network, x: Tensor) -> dict[str, Tensor]:
    """Every node's value, with positive weights, so that nothing cancels out."""
    facts, found = analyse(network), {}
    for node in network.order:
        module = node.layer.module(modules, *[facts[i].shape for i in node.inputs]).double().eval()
        with torch.no_grad():
            for weight in module.parameters():
                weight.copy_(weight.abs() + 0.1)
        found[node.id] = module(*[found[i] for i in node.inputs]) if node.inputs else x
    return found


@settings(max_examples=300, deadline=None)
@given(networks(), st.data())
def test_the_gradient_reaches_what_is_seen_and_nothing_else(network: Network, data) -> None:
    facts = analyse(network)
    id = list(network.nodes)[-1]
    shape = facts[id].shape
    torch.manual_seed(1)
    picture = facts["in"].shape
    x = (torch.rand(1, *picture, dtype=torch.float64) + 0.5).requires_grad_()
    y = values(network, x)[id]
    unit = [data.draw(st.integers(0, n - 1)) for n in shape[1:]] if len(shape) == 3 else [0, 0]
    weights = torch.rand(shape[0], dtype=torch.float64) + 0.5  # else the gradients behind a normalisation cancel
    chosen = y[0, :, unit[0], unit[1]] if len(shape) == 3 else y[0]
    (gradient,) = torch.autograd.grad((chosen * weights).sum(), x, allow_unused=True)
    reached = torch.zeros(picture[1:]).bool() if gradient is None else (gradient[0] != 0).any(0)
    exact = all(gapless(network.nodes[i].layer) for i in network.before([id]))
    seen = [spans(network, facts, id, axis, (unit[axis],), inside=True) for axis in (0, 1)]
    assert [pixels for pixels, _ in seen] == list(picture[1:])
    if exact and not reached.any():
        assert [NOTHING] in [span for _, span in seen]
    for axis, (_, [(first, last)]) in enumerate(seen):
        lit = reached.any(1 - axis).nonzero().flatten().tolist()
        if lit:
            assert first <= lit[0]
            assert lit[-1] <= last
            if exact:
                assert (first, last) == (lit[0], lit[-1])


@given(networks())
def test_all_of_a_network_are_those_of_each_node(network: Network) -> None:
    network = network.with_node(Node("loose", ReLU())).with_node(Node("loop", ReLU(), ("loop",)))
    facts = analyse(network)
    fields = ReceptiveFields(network, facts)
    assert {id: fields[id] for id in network.nodes} == {id: receptive_field(network, facts, id) for id in network.nodes}
