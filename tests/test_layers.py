"""One harness for every layer kind: what it claims must be what torch does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

import explorer.layers
from explorer.engine import modules
from explorer.layers.dense import Input
from explorer.layers.detection import Yolo
from explorer.layers.resizing import Reorg
from explorer.layers.windows import AvgPool2d, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.conventions import Conventions
from explorer.network.formulas import formulas
from explorer.network.layer import Layer, Shape, ShapeError, described
from explorer.network.network import Network, Node
from explorer.network.settings import SettingError
from explorer.network.symbol import Symbol, quotient


def values(metadata) -> st.SearchStrategy:
    """Random values of one setting, small enough to run."""
    low = int(metadata["low"])
    small = st.integers(low, min(low + 4, int(metadata["high"])))
    choices = st.sampled_from(metadata["choices"]) if metadata["choices"] else st.nothing()
    return {
        "number": small,
        "numbers": small | st.lists(small, min_size=1, max_size=4).map(tuple),
        "pair": small | st.tuples(small, small),
        "padding": choices | small | st.tuples(small, small) | st.tuples(small, small, small, small),
        "switch": st.booleans(),
        "choice": choices,
        "fraction": st.sampled_from([metadata["low"] or 1e-5, max(metadata["low"], 0.25), metadata["high"]]),
        "sizes": st.lists(st.tuples(*[st.floats(metadata["low"], 500)] * 2), min_size=1, max_size=4).map(tuple),
    }[metadata["kind"]]


kinds = [Layer.kinds[name] for name in sorted(Layer.kinds) if name != "Opaque"]  # tests/test_opaque.py has that one
built = {
    kind: st.builds(kind, **{f.name: values(f.metadata) for f in fields(kind) if f.metadata["kind"] != "text"})
    for kind in kinds
}  # once: to make a strategy takes longer than to draw from it
layers = st.sampled_from(kinds).flatmap(built.__getitem__)
sizes = st.integers(1, 13)
shapes = st.tuples(st.integers(1, 6), sizes, sizes) | st.tuples(sizes)


@st.composite
def cases(draw) -> tuple[Layer, tuple[Shape, ...]]:
    layer, first = draw(layers), draw(shapes)
    if layer.inputs >= 0:
        return layer, (first,) * layer.inputs
    like = st.just(first) | st.integers(1, 4).map(lambda c: (c, *first[1:])) | shapes
    return layer, (first, *draw(st.lists(like, min_size=1, max_size=3)))


def run(layer: Layer, x: tuple[Shape, ...]) -> tuple[torch.nn.Module, torch.Tensor, int]:
    """The torch module, its output for two pictures, and its multiply-accumulates for one."""
    inputs = [torch.rand(2, *shape) for shape in x] or [torch.rand(2, *layer.output())]
    module = layer.module(modules, *x).eval()
    with FlopCounterMode(display=False) as counter:
        y = module(*inputs)
    if not y.numel():
        raise ValueError("torch runs a layer that leaves nothing of the picture; we do not")
    return module, y, counter.get_total_flops() // 4


@settings(max_examples=4000, deadline=None)
@given(cases())
def test_declared_is_what_torch_does(case: tuple[Layer, tuple[Shape, ...]]) -> None:
    agrees(*case)


def test_every_small_pooling_is_what_torch_does() -> None:
    """Rounding up meets its rare cases in images smaller than the window."""
    numbers = range(1, 6), range(1, 5), range(1, 5), range(3), range(1, 3), (False, True)
    for size, kernel, stride, padding, dilation, ceil in product(*numbers):
        agrees(MaxPool2d((kernel, 1), (stride, 1), (padding, 0), (dilation, 1), ceil), ((1, size, 1),))
        agrees(MaxPool2d((kernel, 1), (stride, 1), (padding, 1, 0, 0), (dilation, 1), ceil), ((1, size, 1),))
        agrees(MaxPool2d((1, kernel), (1, stride), (0, 0, 0, padding), (1, dilation), ceil), ((1, 1, size),))
        if dilation == 1:
            agrees(AvgPool2d((kernel, 1), (stride, 1), (padding, 0), ceil), ((1, size, 1),))
    for kind in (MaxPool2d, AvgPool2d):
        assert kind(3, 2, ceil_mode=True).output((1, 2, 2)) == (1, 1, 1)
        assert kind(3, 3, ceil_mode=True).output((1, 1, 1)) == (1, 1, 1)


def agrees(layer: Layer, x: tuple[Shape, ...]) -> None:
    """What the layer says of itself is what torch does, and what it refuses torch refuses."""
    try:
        declared = layer.output(*x)
    except ShapeError:
        if not refused_on_purpose(layer, x):
            with pytest.raises((RuntimeError, ValueError, IndexError)):
                run(layer, x)
        return
    module, y, macs = run(layer, x)
    assert declared == tuple(y.shape[1:])
    assert layer.parameters(*x) == sum(p.numel() for p in module.parameters())
    assert layer.macs(declared, *x) == macs
    kept = {name: b for name, b in module.named_buffers() if not name.endswith("num_batches_tracked")}
    assert layer.buffers(*x) == sum(b.numel() for b in kept.values())
    state = {name: t for name, t in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    assert layer.tensors(*x) == {name: tuple(t.shape) for name, t in state.items()}


def refused_on_purpose(layer: Layer, x: tuple[Shape, ...]) -> bool:
    """What torch would run although hardly anybody means it.

    An addition or a product that broadcasts, a matrix on the last axis of an image, an average over a batch of
    vectors as over the rows of one image, a border around such a batch, channels padded to fewer, numbers that are not
    those of a cascade's stage, maps that are no head's or differ in channels, the variance of single numbers (which
    torch refuses for one picture, and runs for the two we send).
    """
    return {
        "Add": len(set(x)) > 1,
        "Multiply": len(set(x)) > 1,
        "Linear": len(x[0]) == 3,
        "AdaptiveAvgPool2d": len(x[0]) == 1,
        "ZeroPad2d": len(x[0]) == 1,
        "PadChannels": True,
        "Proposals": True,
        "Refinement": True,
        "AnchorHead": True,
        "RegionHead": True,
        "MaskHead": True,
        "KeypointHead": True,
        "RoIAlign": True,
        "GroupNorm": x[0][0] % getattr(layer, "groups", 1) == 0,
    }.get(layer.kind, False)


@settings(max_examples=1500, deadline=None)
@given(cases())
def test_formula_equals_rule(case: tuple[Layer, tuple[Shape, ...]]) -> None:
    """The text of each formula, read as arithmetic, gives its own result and the rule's."""
    layer, x = case
    net = Network({f"x{i}": Node(f"x{i}", Known(shape)) for i, shape in enumerate(x)})
    net = net.with_node(Node("y", layer, tuple(net.nodes)))
    facts = analyse(net)
    assert (facts["y"].shape is None) == bool(facts["y"].problem)
    for letters in ("course", "torch"):
        rows = formulas(net, "y", facts, Conventions(letters=letters))
        assert bool(rows) == (facts["y"].shape is not None) or layer.kind == "Reshape"  # it computes nothing
        for row in rows:
            assert arithmetic(row.numbers) == row.value, str(row)
            expected = {"parameters": facts["y"].parameters, "MACs": facts["y"].macs}
            assert row.value == expected.get(row.name, row.value)


class Known(Layer, inputs=0):
    """A source of any shape, for tests only."""

    def __init__(self, shape: Shape) -> None:
        object.__setattr__(self, "shape", shape)

    def output(self) -> Shape:
        return self.shape


del Layer.kinds["Known"]


def arithmetic(text: str) -> int:
    """Evaluate a formula's numbers: ⌊a / b⌋ as a // b, ⌈a / b⌉ as −(−a // b)."""
    text = re.sub("⌈([^⌈⌉]*) / ([^⌈⌉]*)⌉", r"(-(-(\1) // (\2)))", text)
    text = text.replace("⌊", "(").replace("⌋", ")").replace(" / ", " // ")
    return eval(text.replace("·", "*").replace("−", "-"))  # our own digits and signs only


@pytest.mark.parametrize("kind", [kind for kind in Layer.kinds.values() if fields(kind)])
def test_impossible_settings_give_a_sentence(kind: type[Layer]) -> None:
    for f in fields(kind):
        for value in impossible(f.metadata):
            with pytest.raises(SettingError, match=f"{kind.__name__}'s {f.name.replace('_', ' ')} must be"):
                kind(**{f.name: value})


def impossible(metadata: Mapping[str, Any]) -> list[Any]:
    """Values that a setting cannot have."""
    low = metadata["low"]
    return {
        "switch": ["yes", 1, None],
        "choice": ["", "mirror", 3],
        "fraction": [-1.0, "x", float("nan"), True],
        "numbers": [low - 1, 10**9, 1.5, "big", None, True, (), (1,) * 9, ("1", 2)],
        "text": [1, None, ("a",)],
        "sizes": [
            (),
            3,
            "1×2",
            (1, 2),
            ((1.0, 0.0),),
            ((1.0, float("nan")),),
            ((1.0,),),
            ((1.0, True),),
            ((9.0, 9.0),) * 101,
        ],
    }.get(metadata["kind"], [low - 1, 10**9, 1.5, "big", None, True, (1,), (1, 2, 3), ("1", 2)])


@pytest.mark.parametrize(("anchors", "classes"), [(1, 1), (3, 80), (5, 20), (5, 0)])
@pytest.mark.parametrize("chances", ["sigmoid", "softmax"])
@pytest.mark.parametrize("growth", ["exp", "square"])
def test_a_head_s_channels(anchors: int, classes: int, chances: str, growth: str) -> None:
    """For each anchor x, y, w, h, whether something is there, and the classes; "square" had its sigmoid before."""
    head = Yolo(((10.0, 13.0),) * anchors, classes, chances, 1.25, growth=growth)
    agrees(head, ((anchors * (5 + classes), 4, 6),))
    x = torch.randn(2, anchors * (5 + classes), 4, 6)
    y = head.module(modules, tuple(x.shape[1:]))(x)
    for place in range(anchors * (5 + classes)):
        within, all_classes = place % (5 + classes), slice(place // (5 + classes) * (5 + classes) + 5, None)
        expected = x[:, place].sigmoid() if growth == "exp" else x[:, place]
        if within < 2:
            expected = 1.25 * expected - 0.125
        elif within < 4:
            expected = x[:, place]
        elif within > 4 and chances == "softmax":
            expected = x[:, all_classes][:, :classes].softmax(1)[:, within - 5]
        torch.testing.assert_close(y[:, place], expected)
    net = Network({"in": Node("in", Input(anchors * (5 + classes), 4, 6)), "y": Node("y", head, ("in",))})
    channels = {row.name: row for row in formulas(net, "y", analyse(net))}["channels"]
    assert channels.formula == f"{anchors}·(5 + C)"
    with pytest.raises(ShapeError, match="needs 1·\\(5 \\+ 80\\) = 85 channels, got 3"):
        Yolo(((10.0, 13.0),)).output((3, 4, 4))


def test_darknet_s_order_of_the_passthrough() -> None:
    """Number by number as Darknet's loop does it (Redmon's YOLOv2, blas.c: reorg_cpu)."""
    for c, h, w, r in ((4, 4, 6, 2), (8, 6, 2, 2), (9, 9, 3, 3), (64, 26, 26, 2)):
        x = torch.arange(c * h * w, dtype=torch.float32)
        wanted = torch.empty_like(x)
        for k, j, i in product(range(c), range(h), range(w)):
            part, within = divmod(k, c // r**2)
            row, column = j * r + part // r, i * r + part % r
            wanted[i + w * (j + h * k)] = x[column + w * r * (row + h * r * within)]
        y = Reorg(r).module(modules, (c, h, w))(x.reshape(1, c, h, w))
        assert y.shape[1:] == Reorg(r).output((c, h, w))
        assert torch.equal(y.flatten(), wanted)


def test_every_kind_says_what_it_is() -> None:
    assert len(Layer.kinds) >= 41
    for kind in Layer.kinds.values():
        assert kind.__doc__, kind
        assert not kind.__doc__.startswith(f"{kind.__name__}("), kind
        assert kind.group
        for f in fields(kind):
            assert f.metadata["help"], (kind, f.name)


def test_the_issue_s_examples() -> None:
    conv = explorer.layers.windows.Conv2d(64, 7, 2, 3)
    net = Network({"in": Node("in", explorer.layers.dense.Input()), "c": Node("c", conv, ("in",))})
    rows = {row.name: row for row in formulas(net, "c", analyse(net))}
    assert str(rows["height"]) == "⌊(n_H + 2·p − f) / s⌋ + 1 = ⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112"
    assert str(rows["parameters"]) == "(f·f·n_C + 1)·n_C′ = (7·7·3 + 1)·64 = 9,472"
    rows = {row.name: row for row in formulas(net, "c", analyse(net), Conventions(letters="torch"))}
    assert rows["width"].formula == "⌊(W + 2·P − K) / S⌋ + 1"
    assert rows["parameters"].formula == "(K·K·C + 1)·C′"


def test_brackets() -> None:
    a, b, c = Symbol("a", 5), Symbol("b", 3), Symbol("c", 2)
    assert (a - (b - c)).formula == "a − (b − c)"
    assert ((a - b) - c).formula == "a − b − c"
    assert ((a + b) * c).formula == "(a + b)·c"
    assert (a * b + c).formula == "a·b + c"
    assert quotient(Symbol("a", 12), b * c).formula == "a / (b·c)"
    assert ((a + 1) // (b + 1)).formula == "⌊(a + 1) / (b + 1)⌋"


def test_shape_sentences() -> None:
    with pytest.raises(ShapeError, match="the 7-wide window does not fit into 5"):
        explorer.layers.windows.Conv2d(1, 7).output((3, 5, 5))
    with pytest.raises(ShapeError, match=r"needs a vector, got 256×6×6: put a Flatten before it"):
        explorer.layers.dense.Linear().output((256, 6, 6))
    assert described((3, 4, 5)) == "3×4×5"
