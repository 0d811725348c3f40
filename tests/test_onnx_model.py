"""ONNX models: onnx's own checker takes them, and onnxruntime computes what we do."""

from __future__ import annotations

from itertools import product

import onnx
import onnxruntime
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import Tensor

from explorer.classics.catalogue import CLASSICS
from explorer.engine import modules
from explorer.engine.library import traced
from explorer.engine.parameters import Parameters, parameters
from explorer.engine.program import Program
from explorer.formats.writers import onnx_model as writer
from explorer.formats.writers.onnx_layers import WRITERS
from explorer.formats.writers.onnx_model import TooLarge, onnx_model
from explorer.layers.dense import Input, Linear
from explorer.layers.windows import AvgPool2d, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.layer import Layer, ShapeError
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.written_out import apart, single, single_layers


def written(network: Network) -> tuple[bytes, Parameters]:
    facts = analyse(network)
    *_, found = parameters(Project(network), facts)
    assert isinstance(found, Parameters)
    return onnx_model(Project(network), facts, found.values), found


def run(model: bytes, pictures: list[Tensor]) -> list[Tensor]:
    """What onnxruntime gives."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feeds = {entry.name: x.numpy() for entry, x in zip(session.get_inputs(), pictures, strict=True)}
    return [torch.from_numpy(y) for y in session.run(None, feeds)]


def test_every_kind_can_be_written() -> None:
    assert WRITERS.keys() == Layer.kinds.keys() - {"Input"}


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(network=single_layers())
def test_every_kind_computes_the_same(network: Network) -> None:
    agrees(network)


def agrees(network: Network) -> None:
    """Two pictures at once, for the batch may have any size."""
    model, found = written(network)
    pictures = [torch.randn(2, *n.layer.output()) for n in network.nodes.values() if isinstance(n.layer, Input)]
    (y,) = run(model, pictures)
    if len(pictures) == 1:
        wanted = Program(network, found.values).values(pictures[0], ["layer"])["layer"]
    else:
        values = [x.flatten(1) if f"flat{n}" in network.nodes else x for n, x in enumerate(pictures)]
        wanted = network.nodes["layer"].layer.module(modules)(*values)
    # A dilated window may have no pixel in it: −∞ in torch, float32's least number in onnxruntime. And a power of 16
    # leaves what float32 can hold: rounding decides then whether a number is still finite.
    far = 1e30
    assert torch.equal(wanted <= -far, y <= -far)
    held = wanted.abs() < far
    assert not held.any() or apart(y[held], wanted[held]) < 1e-4


def test_every_small_pooling_is_the_same() -> None:
    """Rounding up meets its rare cases in images smaller than the window."""
    numbers = range(1, 6), range(1, 5), range(1, 4), range(3), range(1, 3), (False, True)
    for size, kernel, stride, padding, dilation, ceil in product(*numbers):
        if size % 2 != ceil:
            continue
        layers: list[Layer] = [MaxPool2d((kernel, 1), (stride, 1), (padding, 0), (dilation, 1), ceil)]
        if dilation == 1:
            layers += [AvgPool2d((kernel, 1), (stride, 1), (padding, 0), ceil, whole) for whole in (False, True)]
        for layer in layers:
            try:
                layer.output((1, size, 1))
            except ShapeError:
                continue
            agrees(single(layer, ((1, size, 1),)))


NETWORKS = (
    "lenet5", "resnet18", "googlenet", "densenet121", "squeezenet1_1", "mobilenet_v2", "shufflenet_v2_x0_5",
    "efficientnet_b0", "mobilenet_v3_small", "mnasnet0_5",
)  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_real_networks_compute_the_same(name: str) -> None:
    network = CLASSICS[name].network if name in CLASSICS else traced(name)
    if name != "lenet5":
        network = network.with_layer("input", Input(3, 64, 64))
    model, found = written(network)
    x = torch.rand(2, *network.nodes["input"].layer.output())
    wanted, _ = Program(network, found.values).run(x)
    (y,) = run(model, [x])
    assert apart(y, wanted) < 1e-4


def test_what_is_written_in_it() -> None:
    model, _ = written(CLASSICS["lenet5"].network)
    read = onnx.load_from_string(model)
    assert [node.op_type for node in read.graph.node][:3] == ["Conv", "Tanh", "AveragePool"]
    assert read.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N"
    assert {tensor.name for tensor in read.graph.initializer} >= {"conv1.weight", "fc5.bias"}
    assert read.producer_name == "CNN Explorer"


def test_names_that_meet() -> None:
    """A node may be called like another one's weight."""
    nodes = [
        Node("x", Input(3, 1, 1)),
        Node("flat", Layer.kinds["Flatten"](), ("x",)),
        Node("fc", Linear(2), ("flat",)),
    ]
    nodes.append(Node("fc.weight", Linear(2), ("fc",)))
    agrees_with = Network({n.id: n for n in nodes})
    model, found = written(agrees_with)
    x = torch.rand(2, 3, 1, 1)
    assert apart(run(model, [x])[0], Program(agrees_with, found.values).run(x)[0]) < 1e-5


def test_too_large_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LARGEST", 1000)
    with pytest.raises(TooLarge, match=r"at most 2.1 GB, and the weights take 246.8 kB: export the network as .py"):
        written(CLASSICS["lenet5"].network)
