"""PyTorch source: it loads its weights strictly, computes the same, reads well, and comes back as the same network."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from explorer.classics.catalogue import CLASSICS
from explorer.engine.library import traced
from explorer.engine.parameters import Parameters, parameters
from explorer.engine.program import Program
from explorer.engine.trace import trace
from explorer.formats.writers.torch_layers import PARTS
from explorer.formats.writers.torch_source import torch_source
from explorer.layers.activations import PReLU
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.layers.shapes import Flatten, several
from explorer.layers.windows import MaxPool2d
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.layer import Layer, Shape
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.settings import SettingError
from tests.written_out import apart, single_layers

SMALL = (3, 64, 64)
"""Pictures for networks that take any size."""


def all_parameters(project: Project) -> Parameters:
    *_, found = parameters(project, analyse(project.network))
    assert isinstance(found, Parameters)
    return found


def loaded(source: str, folder: Path) -> nn.Module:
    """The network's module: the last class in the source."""
    file = folder / "written.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written", file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return getattr(made, re.findall(r"^class (\w+)", source, re.MULTILINE)[-1])().eval()


def rebuilt(project: Project, folder: Path) -> nn.Module:
    """The module that is written, with the project's weights, strictly."""
    source = torch_source(project, analyse(project.network))
    module = loaded(source.text, folder)
    values = all_parameters(project).renamed(source.modules)
    state = {name: torch.from_numpy(value.copy()) for name, value in values.items()}
    assert state.keys() == module.state_dict().keys()
    module.load_state_dict(state, strict=True)
    return module


def canonical(layer: Layer) -> tuple[object, ...]:
    """Settings as they are read back: one number where all are equal."""
    values = []
    for f in fields(layer):
        value = getattr(layer, f.name)
        if f.metadata["kind"] == "numbers":
            value = several(value)
        elif f.metadata["kind"] in ("pair", "padding") and isinstance(value, tuple):
            top, bottom, left, right = value if len(value) == 4 else (value[0], value[0], value[1], value[1])
            value = (top, bottom, left, right)
        elif f.metadata["kind"] in ("pair", "padding") and isinstance(value, int):
            value = (value,) * 4
        values.append(value)
    return (layer.kind, *values)


def test_every_kind_can_be_written() -> None:
    assert PARTS.keys() == Layer.kinds.keys() - {"Input"}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(network=single_layers())
def test_every_kind_computes_the_same(network: Network, tmp_path_factory: pytest.TempPathFactory) -> None:
    module = rebuilt(Project(network), folder := tmp_path_factory.mktemp("one"))
    pictures = [torch.rand(2, *n.layer.output()) for n in network.nodes.values() if isinstance(n.layer, Input)]
    if len(pictures) == 1:
        wanted = Program(network, {}).values(pictures[0], ["layer"])["layer"]
        assert apart(module(*pictures), wanted) < 1e-5
        layer = network.nodes["layer"].layer
        if read_back(layer, tuple(wanted.shape[1:])):
            back = trace(loaded((folder / "written.py").read_text(), folder), pictures[0].shape[1:])
            *_, found = back.nodes.values()
            assert canonical(found.layer) == canonical(layer)
    else:
        values = [x.flatten(1) if f"flat{n}" in network.nodes else x for n, x in enumerate(pictures)]
        from explorer.engine import modules

        assert apart(module(*pictures), network.nodes["layer"].layer.module(modules)(*values)) < 1e-5


@pytest.mark.parametrize("sides", [(0, 0, 0, 1), (0, 0, 1, 1), (1, 1, 0, 1), (0, 1, 1, 0)])
@pytest.mark.parametrize(("high", "wide"), [(1, 2), (2, 2), (3, 5)])
def test_no_window_begins_beyond_the_picture(sides: tuple[int, ...], high: int, wide: int, tmp_path: Path) -> None:
    """Found by hypothesis: the written layer had one window more, which lay in the border alone."""
    layer = MaxPool2d(2, 2, sides, ceil_mode=True)
    network = Network({"x": Node("x", Input(1, high, wide)), "layer": Node("layer", layer, ("x",))})
    x = torch.rand(1, 1, high, wide)
    wanted = Program(network, {}).run(x)[0]
    assert torch.equal(rebuilt(Project(network), tmp_path)(x), wanted)
    back = trace(loaded((tmp_path / "written.py").read_text(), tmp_path), (1, high, wide))
    assert [node.layer for node in back.nodes.values()][1:] == [layer]


def read_back(layer: Layer, y: Shape) -> bool:
    """Whether one can see in a module which layer it was: what passes its input on is passed by, a slope for
    one channel is one."""
    if layer.kind in ("LayerNorm", "Linear"):  # over a vector, both are the same
        return layer.over == ("channels" if layer.kind == "LayerNorm" or len(y) > 1 else "everything")
    return layer.kind not in ("Identity", "MaskHead", "KeypointHead") and (layer != PReLU(True) or y[0] > 1)


def same_graph(network: Network, back: Network) -> None:
    assert {id: canonical(n.layer) for id, n in network.nodes.items()} == {
        id: canonical(n.layer) for id, n in back.nodes.items()
    }
    assert {id: n.inputs for id, n in network.nodes.items()} == {id: n.inputs for id, n in back.nodes.items()}


WHOLE = ("unet", "alexnet_2012", "vgg11_bn", "convnext_tiny")
"""Networks whose pictures cannot be smaller; only their graphs are looked at."""
ANY_SIZE = (
    "resnet18", "mobilenet_v2", "googlenet", "densenet121", "squeezenet1_1", "shufflenet_v2_x0_5", "efficientnet_b0",
    "mnasnet0_5", "regnet_y_400mf",
)  # fmt: skip


def described(name: str) -> Network:
    return CLASSICS[name].network if name in CLASSICS else traced(name)


@pytest.mark.parametrize("name", ["lenet5", *ANY_SIZE])
def test_real_networks_compute_the_same_and_come_back(name: str, tmp_path: Path) -> None:
    network = described(name)
    if name in ANY_SIZE:
        network = network.with_layer("input", Input(*SMALL))
    module = rebuilt(Project(network, title=name), tmp_path)
    x = torch.rand(1, *network.nodes["input"].layer.output())
    y, _ = Program(network, {}).run(x)
    with torch.inference_mode():
        assert apart(module(x), y) < 1e-5
    same_graph(network, trace(module, x.shape[1:]))


@pytest.mark.parametrize("name", WHOLE)
def test_large_networks_come_back(name: str, tmp_path: Path) -> None:
    network = described(name)
    source = torch_source(Project(network, title=name), analyse(network)).text
    with torch.device("meta"):
        module = loaded(source, tmp_path)
    same_graph(network, trace(module, network.nodes["input"].layer.output()))


def test_attention_is_spelled_out(tmp_path: Path) -> None:
    network = traced("swin_t").with_layer("input", Input(3, 224, 224))
    ids = list(network.nodes)[:12]  # a block with windows, of 15
    assert any(network.nodes[id].layer.kind == "Opaque" for id in ids)
    part = Network({id: network.nodes[id] for id in ids})
    module = rebuilt(Project(part), tmp_path)
    x = torch.rand(2, 3, 224, 224)
    wanted, _ = Program(part, all_parameters(Project(part)).values).run(x)
    with torch.inference_mode():
        assert apart(module(x), wanted) < 1e-5


def test_a_list_of_operations_from_a_stranger_stays_a_list(tmp_path: Path) -> None:
    takes = {"takes": [[4]], "gives": [4], "weights": {"0.x.class": [4]}, "constants": {}, "macs": 0, "result": "%1"}
    word = "'\"); __import__('os').abort(); (\""
    steps = [["add.Tensor", ["%0", "$0.x.class"], {}]]

    def source(program: dict[str, object]) -> str:
        layer = Opaque('x"""', json.dumps(program))
        nodes = [Node("in", Input(4, 1, 1)), Node("flat", Flatten(), ("in",)), Node("odd", layer, ("flat",))]
        network = Network({n.id: n for n in nodes})
        return torch_source(Project(network), analyse(network)).text

    with pytest.raises(SettingError, match=r"a tensor called '0\.x\.class'"):
        source(takes | {"steps": steps})
    takes["weights"] = {"a.0.class": [4]}
    plain = source(takes | {"steps": [["add.Tensor", ["%0", "$a.0.class"], {}]]})
    assert torch.equal(loaded(plain, tmp_path)(torch.ones(2, 4, 1, 1)), torch.full((2, 4), 2.0))
    text = source(takes | {"steps": [["add.Tensor", ["%0", word], {}]]})
    assert not any(isinstance(n, ast.Name) and n.id == "__import__" for n in ast.walk(ast.parse(text)))
    with pytest.raises(Refusal, match="an argument whose name is none"):
        source(takes | {"steps": [["add.Tensor", ["%0", 1], {"alpha=exit(), x": 1}]]})


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "googlenet_sides", "unet", "efficientnet_b0", "vit_b_16"])
def test_it_is_neat(name: str) -> None:
    """As ruff would write it, and without anything that is not used."""
    network = described(name)
    source = torch_source(Project(network, title=name), analyse(network), "weights.safetensors").text
    for words in (["format", "--diff"], ["check", "--select", "E,F,I,B,UP,C4,SIM,N"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--line-length", "120", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    assert "explorer" not in source


def test_a_residual_network_reads_like_a_person_s() -> None:
    source = torch_source(CLASSICS["resnet50"].project, analyse(CLASSICS["resnet50"].network)).text
    assert len(source.splitlines()) < 100
    assert "class ResNet50(nn.Module):" in source
    assert "            ProjectionBlock(256, 128, 512, stride=2),\n" in source
    assert "            *(ResidualBlock(1024, 256) for _ in range(5)),\n" in source
    assert "        return self.relu(y + x)\n" in source
