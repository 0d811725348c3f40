"""torchvision's networks as ours: the same layers, shapes, parameters and MACs."""

from __future__ import annotations

import re
from collections import OrderedDict

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model, resnet18
from torchvision.models.shufflenetv2 import channel_shuffle
from torchvision.ops import stochastic_depth

from explorer.classics.others import ARCHITECTURES
from explorer.engine.library import BUILT_WITH, traced
from explorer.engine.trace import TraceError, trace, weights
from explorer.engine.weights import Weightless
from explorer.network.analysis import analyse, totals


class Shapes(fx.Interpreter):
    """Runs the traced module and notes the output shape of each step; steps that only pass are left out."""

    def run_node(self, n: fx.Node) -> object:
        y = super().run_node(n)
        alone = n.target is torch.cat and len(n.args[0]) == 1  # a dense block begins by joining one map
        passes = alone or n.target is stochastic_depth
        if n.op != "output" and not passes and isinstance(y, Tensor):
            self.shapes.append(tuple(y.shape[1:]))
        return y

    def shapes_for(self, x: Tensor) -> list[tuple[int, ...]]:
        self.shapes: list[tuple[int, ...]] = []
        self.run(x)
        return self.shapes


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_facts_are_torch_s(name: str) -> None:
    network = traced(name)
    facts = analyse(network)
    with Weightless():  # shapes and counts only, by torch's own rules
        module = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval()
    x = torch.empty(1, *facts["input"].shape, device="meta")
    with FlopCounterMode(display=False) as counter:
        module(x)
    graph = fx.Tracer(autowrap_functions=(channel_shuffle,)).trace(module)
    shapes = Shapes(module, graph=graph).shapes_for(x)
    sums = totals(facts)
    assert sums.parameters == sum(p.numel() for p in module.parameters())
    assert sums.macs == counter.get_total_flops() // 2
    assert [facts[id].shape for id in network.nodes] == shapes
    parts = dict(module.named_modules())
    assert all(
        facts[id].parameters == sum(p.numel() for p in parts[id].parameters()) for id in network.nodes if id in parts
    )


def test_mobilenet_has_the_issue_s_figures() -> None:
    network = traced("mobilenet_v2")
    sums = totals(analyse(network))
    assert (sums.parameters, sums.macs) == (3_504_872, 300_774_272)
    assert network.nodes["features.3.add"].inputs == ("features.2.conv.3", "features.3.conv.3")
    assert network.nodes["features.1.conv.0.0"].layer.groups == 32
    assert list(network.nodes)[-4:] == ["adaptive_avg_pool2d", "flatten", "classifier.0", "classifier.1"]


def test_a_relu_called_twice_is_two_nodes() -> None:
    nodes = traced("resnet18").nodes
    assert nodes["layer1.0.bn2"].inputs == ("layer1.0.conv2",)
    assert nodes["layer1.0.add"].inputs == ("layer1.0.bn2", "maxpool")
    assert nodes["layer1.0.relu_1"].inputs == ("layer1.0.add",)


def test_weights_are_the_module_s() -> None:
    module = resnet18(weights=None)
    found = weights(module, trace(module))
    wanted = {name: t for name, t in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    assert found.keys() == wanted.keys()
    assert all(np.array_equal(found[name], t.numpy()) and found[name].dtype == np.float32 for name, t in wanted.items())


class Small(nn.Module):
    """Calls everything as functions or methods."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, (3, 5), padding=(1, 2))
        self.one = nn.Conv2d(4, 4, 1)
        self.relu = nn.ReLU()
        self.add = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.max_pool2d(self.relu(self.conv(x)), 2)
        y = F.avg_pool2d(y, kernel_size=3, stride=1, padding=1, count_include_pad=False)
        y = self.add(F.relu6(self.one(y)) + y)
        y = y.relu().add(y)
        y = torch.cat((y, torch.add(y, other=y)), dim=1)
        y = F.dropout(F.relu(y, inplace=True), 0.2, self.training)
        return F.softmax(torch.flatten(F.adaptive_avg_pool2d(y, (2, 1)), 1), dim=1)


def test_functions_and_methods() -> None:
    network = trace(Small(), (3, 16, 16))
    assert {id: (n.layer.kind, n.inputs) for id, n in network.nodes.items()} == {
        "input": ("Input", ()),
        "conv": ("Conv2d", ("input",)),
        "relu": ("ReLU", ("conv",)),
        "max_pool2d": ("MaxPool2d", ("relu",)),
        "avg_pool2d": ("AvgPool2d", ("max_pool2d",)),
        "one": ("Conv2d", ("avg_pool2d",)),
        "relu6": ("ReLU6", ("one",)),
        "add_1": ("Add", ("relu6", "avg_pool2d")),  # “add” is the path of a module
        "relu_1": ("ReLU", ("add_1",)),
        "add_2": ("Add", ("relu_1", "add_1")),
        "add_3": ("Add", ("add_2", "add_2")),
        "cat": ("Concat", ("add_2", "add_3")),
        "relu_2": ("ReLU", ("cat",)),
        "dropout": ("Dropout", ("relu_2",)),
        "adaptive_avg_pool2d": ("AdaptiveAvgPool2d", ("dropout",)),
        "flatten": ("Flatten", ("adaptive_avg_pool2d",)),
        "softmax": ("Softmax", ("flatten",)),
    }
    assert analyse(network)["softmax"].shape == (16,)
    assert not network.nodes["avg_pool2d"].layer.count_include_pad


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda m, x: m.one(m.one(m.conv(x))), "one is called twice: two layers of a network cannot share"),
        (lambda m, x: x + 1, "add adds a number"),
        (lambda m, x: torch.add(x, x, alpha=2), "add multiplies its second input by 2"),
        (lambda m, x: torch.erf(m.conv(x)), "no layer stands for the operation “erf”"),
        (lambda m, x: x.view(1, -1), "no layer stands for the operation “view”"),
        (lambda m, x: x * m.conv.bias, "conv.bias is used as a number of its own"),
        (lambda m, x: (x, x), "several outputs"),
        (lambda m, x: torch.cat([x, x]), "cat joins along axis 0"),
        (lambda m, x: x.flatten(2), "flatten flattens axes 2 to -1"),
        (lambda m, x: torch.softmax(x, -1), "softmax works over axis -1"),
        (lambda m, x: F.dropout(x), "dropout stays switched on"),
        (lambda m, x: F.avg_pool2d(x, 2, divisor_override=3), "avg_pool2d divides by a number of its own"),
        (lambda m, x: F.max_pool2d(x, 90), "max_pool2d: the 90-wide window does not fit into 16"),
        (lambda m, x: F.adaptive_avg_pool2d(x, (None, 1)), "adaptive_avg_pool2d .*size must be"),
        (lambda m, x: m.conv(x) if x.sum() > 0 else x, "cannot be traced: symbolically traced"),
        (lambda m, x: m.undefined(x), "cannot be traced: .*undefined"),
        (lambda m, x: m.one(x), "one has 20 weights, but for its input it would need 16"),
    ],
)
def test_what_is_no_layer_is_a_sentence(forward, words: str) -> None:
    kind = type("Strange", (Small,), {"forward": forward})
    with pytest.raises(TraceError, match=words) as caught:
        trace(kind(), (3, 16, 16))
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (nn.CELU(), "inner.0: no layer stands for the module CELU"),
        (nn.BatchNorm2d(3, track_running_stats=False), "inner.0: takes mean and variance from the picture"),
        (nn.BatchNorm2d(3, momentum=None), r"inner.0: averages over all of training"),
        (nn.MaxPool2d(2, return_indices=True), "inner.0: also returns the places"),
        (nn.Linear(16, 2), "inner.0: needs a vector, got 3×16×16: put a Flatten before it"),
        (nn.Flatten(2), "inner.0: flattens axes 2 to -1"),
        (nn.Softmax(), "inner.0: works over axis None"),
    ],
)
def test_modules_that_are_no_layer_name_their_path(part: nn.Module, words: str) -> None:
    with pytest.raises(TraceError, match=re.escape(words)):
        trace(nn.Sequential(OrderedDict(inner=nn.Sequential(part))), (3, 16, 16))


def test_two_pictures_cannot_enter() -> None:
    class Two(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x + y

    with pytest.raises(TraceError, match="second input, y"):
        trace(Two())
