"""Keras source: Keras itself, on torch, builds it and computes what we do with the same weights."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings

from explorer.classics.catalogue import CLASSICS
from explorer.engine import modules
from explorer.engine.library import traced
from explorer.engine.parameters import Parameters, parameters
from explorer.engine.program import Program
from explorer.formats.writers.keras_layers import JOINS, LAYERS, MISSING
from explorer.formats.writers.keras_source import NoKeras, keras_source
from explorer.formats.writers.scopes import attribute
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, totals
from explorer.network.conventions import KERAS
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.written_out import apart, single_layers

os.environ.setdefault("KERAS_BACKEND", "torch")
NAMES = {
    "weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance",
}  # fmt: skip
"""A normalisation's tensors, and Keras's names for them."""


def built(network: Network, folder: Path):
    """The Keras model with the network's weights, and these."""
    project = Project(network, title="Written net")
    file = folder / "written_keras.py"
    file.write_text(keras_source(project, analyse(network)), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written_keras", file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    *_, found = parameters(project, analyse(network))
    assert isinstance(found, Parameters)
    model = made.build()
    ids = {attribute(id): id for id in network.nodes}
    for layer in model.layers:
        if layer.weights:
            fill(layer, ids[layer.name], network, found)
    return model, found


def fill(layer, id: str, network: Network, found: Parameters) -> None:
    """Give a Keras layer its weights, in Keras's order of axes."""
    node = network.nodes[id]
    values = {name: found.values.get(f"{id}.{name}") for name in NAMES}
    for variable in layer.weights:
        kind = node.layer.kind
        source = {"kernel": "weight", "alpha": "weight", "bias": "bias"}.get(variable.name)
        source = source or next(ours for ours, theirs in NAMES.items() if theirs == variable.name)
        value = values[source]
        assert value is not None
        if variable.name == "kernel":
            value = kernel(value, type(layer).__name__, network, node)
        elif kind == "LayerNorm" and value.ndim == 3:
            value = value.transpose(1, 2, 0)
        variable.assign(value.reshape(variable.shape))


def kernel(value: np.ndarray, keras: str, network: Network, node: Node) -> np.ndarray:
    if keras == "Dense":
        before = network.nodes[node.inputs[0]]
        while before.layer.kind == "Dropout":
            before = network.nodes[before.inputs[0]]
        shape = analyse(network)[before.inputs[0]].shape if isinstance(before.layer, Flatten) else None
        rows = value.T if shape is None else value.reshape(-1, *shape).transpose(2, 3, 1, 0)
        return rows.reshape(-1, value.shape[0])
    if keras == "DepthwiseConv2D":  # torch: input channel by input channel, each with its multiples
        channels = analyse(network)[node.inputs[0]].shape[0]
        return value.reshape(channels, -1, *value.shape[2:]).transpose(2, 3, 0, 1)
    return value.transpose(2, 3, 1, 0)


def last(x: torch.Tensor) -> torch.Tensor:
    return x.movedim(1, -1) if x.dim() > 2 else x


def given_by(model, *pictures: torch.Tensor) -> list[torch.Tensor]:
    """Outputs for pictures (N, C, H, W)."""
    with torch.no_grad():
        y = model([last(x) for x in pictures] if len(pictures) > 1 else last(pictures[0]))
    return list(y) if isinstance(y, list | tuple) else [y]


def test_every_kind_is_there_or_known_to_be_missing() -> None:
    assert {"Input"} | LAYERS.keys() | JOINS.keys() | MISSING == Layer.kinds.keys()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(network=single_layers())
def test_every_kind_computes_the_same(network: Network, tmp_path_factory: pytest.TempPathFactory) -> None:
    layer = network.nodes["layer"].layer
    try:
        model, found = built(network, tmp_path_factory.mktemp("keras"))
    except NoKeras:
        assume(False)
    pictures = [torch.randn(2, *n.layer.output()) for n in network.branches if isinstance(n.layer, Input)]
    (y,) = given_by(model, *pictures)
    if len(pictures) == 1:
        wanted = Program(network, found.values).values(pictures[0], ["layer"])["layer"]
    else:
        values = [x.flatten(1) if f"flat{n}" in network.nodes else x for n, x in enumerate(pictures)]
        wanted = layer.module(modules)(*values)
    wanted = last(wanted) if layer.kind != "Flatten" else last(pictures[0]).flatten(1)
    assert apart(y, wanted) < 1e-4
    assert model.count_params() == KERAS.parameters(totals(analyse(network)))


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "mobilenet_v2"])
def test_real_networks_compute_the_same(name: str, tmp_path: Path) -> None:
    network = CLASSICS[name].network if name in CLASSICS else traced(name)
    if name != "lenet5":
        network = network.with_layer("input", Input(3, 64, 64))
    model, found = built(network, tmp_path)
    x = torch.rand(2, *network.nodes["input"].layer.output())
    wanted, _ = Program(network, found.values).run(x)
    (y,) = given_by(model, x)
    assert apart(y, wanted) < 1e-4
    assert model.count_params() == KERAS.parameters(totals(analyse(network)))


def test_what_keras_lacks_is_a_sentence() -> None:
    nodes = [Node("in", Input(4, 8, 8))]
    for number, layer in enumerate(
        (Conv2d(4, 3, 2, 1, 2), Layer.kinds["LocalResponseNorm"](), Layer.kinds["PixelShuffle"](2), Conv2d(
            4, 3, 1, 1, padding_mode="circular"), Flatten(), Linear(3))
    ):  # fmt: skip
        nodes.append(Node(f"l{number}", layer, (nodes[-1].id,)))
    network = Network({n.id: n for n in nodes})
    with pytest.raises(NoKeras) as caught:
        keras_source(Project(network), analyse(network))
    assert str(caught.value) == (
        "Keras has no Conv2d with both stride and dilation (l0), LocalResponseNorm (l1), PixelShuffle (l2) and 1 more: "
        "take it out, or export PyTorch source instead."
    )


@pytest.mark.parametrize("name", ["resnet50_keras", "unet", "efficientnet_b0", "googlenet_sides", "densenet121"])
def test_it_is_neat(name: str) -> None:
    network = CLASSICS[name].network if name in CLASSICS else traced(name)
    source = keras_source(Project(network, title=name), analyse(network))
    for words in (["format", "--diff"], ["check", "--select", "E,F,I,B,UP,C4,SIM,N"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--line-length", "120", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
