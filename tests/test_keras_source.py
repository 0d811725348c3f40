"""Keras source: Keras itself, on torch, builds it and computes what we do with the same weights."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings

from explorer.classics.catalogue import CLASSICS
from explorer.cli.commands import main
from explorer.engine import library, modules
from explorer.engine.library import traced
from explorer.engine.parameters import Parameters, parameters
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.formats.writers.keras_layers import JOINS, LAYERS, MISSING
from explorer.formats.writers.keras_source import NoKeras, keras_source
from explorer.formats.writers.keras_weights import keras_weights
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, totals
from explorer.network.conventions import KERAS
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.written_out import apart, single_layers

os.environ.setdefault("KERAS_BACKEND", "torch")


def built(network: Network, folder: Path):
    """The Keras model with the network's weights, and these."""
    project = Project(network, title="Written net")
    facts = analyse(network)
    *_, found = parameters(project, facts)
    assert isinstance(found, Parameters)
    source = keras_source(project, facts, "written_keras.npz")
    (folder / "written_keras.npz").write_bytes(keras_weights(network, facts, source.layers, found.values))
    (folder / "written_keras.py").write_text(source.text, encoding="utf-8")
    return loaded(folder / "written_keras.py"), found


def loaded(file: Path):
    """What the source builds, with the weights beside it."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made.load(made.build(), str(file.with_suffix(".npz")))


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
    assert apart(y, last(wanted)) < 1e-4
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


@pytest.mark.parametrize("name", ["lenet5", "mobilenet_v2"])
def test_trained_networks_say_the_same(name: str, real_model: Path, tmp_path: Path, capsys) -> None:
    """Written by the command, built and loaded by Keras, as the file's heading says."""
    file = tmp_path / "net.py"
    assert main(["convert", name, str(file), "--framework", "keras"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"Written: {file}", f"Written: {file.with_suffix('.npz')}"]
    assert "    model = load(build())" in file.read_text("utf-8")
    *_, project = library.open_model(name)
    assert isinstance(project, Project)
    x = torch.rand(2, *analyse(project.network)["input"].shape)
    wanted, untrained = Program(project.network, tensors.read(project.weights)).run(x)
    assert not untrained
    (y,) = given_by(loaded(file), x)
    assert apart(y, wanted) < 1e-5
    assert main(["convert", name, str(tmp_path / "net.py"), "--framework", "keras"]) == 1
    assert "is there already" in capsys.readouterr().err


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
    source = keras_source(Project(network, title=name), analyse(network), "weights.npz").text
    for words in (["format", "--diff"], ["check", "--select", "E,F,I,B,UP,C4,SIM,N"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--line-length", "120", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
