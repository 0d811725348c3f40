"""A network written out: `cnn-explorer convert`, and the worker's answer to Export."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from explorer.classics.catalogue import CLASSICS
from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.exports import WRITERS, ExportError, export
from explorer.engine.program import Program
from explorer.engine.questions import Export
from explorer.formats import project_file, tensors
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.maths.records import Exported, Progress
from explorer.network.analysis import analyse
from explorer.network.layer import described
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.small_project import small  # noqa: F401
from tests.test_cli import CODE, ROOT, failed
from tests.test_onnx_model import run
from tests.test_torch_source import loaded
from tests.written_out import apart


def exported(project: Project, path: Path, **more) -> Exported:
    *steps, last = answer(Export(project, str(path), **more))
    assert steps
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(last, Exported)
    return last


def trained() -> Project:
    *_, project = library.open_model("mobilenet_v2")
    assert isinstance(project, Project)
    return project


def test_mobilenet_as_source_and_as_onnx(real_model, tmp_path: Path, capsys) -> None:
    """The real weights: what is written says what we say."""
    assert main(["convert", "mobilenet_v2", str(tmp_path / "net.py")]) == 0
    assert main(["convert", "mobilenet_v2", str(tmp_path / "net.onnx")]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"Written: {tmp_path / name}" for name in ("net.py", "net.safetensors", "net.onnx")]
    assert err == ""
    project = trained()
    x = torch.rand(1, 3, 224, 224)
    wanted, _ = Program(project.network, tensors.read(project.weights)).run(x)
    module = loaded((tmp_path / "net.py").read_text(), tmp_path)
    assert module.load_state_dict(load_file(tmp_path / "net.safetensors"), strict=True)
    with torch.inference_mode():
        assert apart(module(x), wanted) < 1e-5
    assert 'model.load_state_dict(load_file("net.safetensors"))' in (tmp_path / "net.py").read_text()
    (y,) = run((tmp_path / "net.onnx").read_bytes(), [x])
    assert apart(y, wanted) < 1e-4
    onnx.checker.check_model(onnx.load(tmp_path / "net.onnx"), full_check=True)


def test_weights_alone(real_model, tmp_path: Path) -> None:
    project = trained()
    exported(project, tmp_path / "net.safetensors")
    with safe_open(tmp_path / "net.safetensors", "numpy") as file:
        assert file.metadata() == {"format": "pt", "title": "MobileNetV2", "origin": project.origin}
        assert set(file.keys()) == set(tensors.names_and_shapes(project.weights))
    again = load_file(tmp_path / "net.safetensors")
    ours = tensors.read(project.weights)
    assert all((again[name].numpy() == ours[name]).all() for name in ours)


def test_random_weights_are_told(tmp_path: Path, capsys) -> None:
    assert main(["convert", "lenet_course", str(tmp_path / "net.onnx")]) == 0
    assert capsys.readouterr().err == "Without trained weights, so with random ones: conv1, conv2, fc3, …\n"
    assert main(["convert", "lenet5", str(tmp_path / "trained.onnx")]) == 0  # the library has it
    assert capsys.readouterr().err == ""
    found = exported(CLASSICS["lenet5"].project, tmp_path / "net.safetensors")
    assert found.untrained == ("conv1", "conv2", "fc3", "fc4", "fc5")


@pytest.mark.parametrize("name", ["resnet18", "unet", "googlenet_sides"])
def test_diagrams_have_every_layer_and_link(name: str, tmp_path: Path) -> None:
    project = CLASSICS[name].project
    network, facts = project.network, analyse(project.network)
    links = sum(len(node.inputs) for node in network.nodes.values())
    for ending, arrow, node in (
        (".mmd", "-->", r"^    (n\d+)\[\"(.*)\"\]"),
        (".dot", "->", r"^    (n\d+) \[label=\"(.*)\","),
    ):
        exported(project, tmp_path / f"net{ending}")
        text = (tmp_path / f"net{ending}").read_text(encoding="utf-8")
        cards = re.findall(node, text, re.MULTILINE)
        assert text.count(f" {arrow} ") == links
        assert len(cards) == len(network.nodes)
        for (_, card), id in zip(cards, network.nodes, strict=True):
            fact = facts[id]
            lines = card.replace("#95;", "_").split("<br>" if ending == ".mmd" else r"\n")
            assert lines[0] == id
            assert described(fact.shape or ()) in lines
            assert not fact.parameters or f"{fact.parameters:,} parameters" in lines


def test_a_page_has_the_table(tmp_path: Path) -> None:
    exported(CLASSICS["lenet5"].project, tmp_path / "net.md")
    lines = (tmp_path / "net.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# LeNet-5"
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert table[0] == ["layer", "kind", "settings", "output", "parameters", "MACs", "sees"]
    assert table[3] == ["conv1", "Conv2d", "5×5 · 6", "6×28×28", "156", "117,600", "5×5"]
    assert table[-1] == ["total", "14 layers", "", "", "61,706", "416,520", ""]


def test_a_project_comes_back(small: Path, tmp_path: Path) -> None:
    project = project_file.read(small)
    exported(project, tmp_path / "again.cnnx")
    assert project_file.read(tmp_path / "again.cnnx") == project


HOSTILE = 'x"]\n\\"""<img src=x>`__import__("os")`#'


def test_names_from_a_file_stay_text(tmp_path: Path) -> None:
    """Ids and titles are a stranger's: none of them becomes code or markup."""
    nodes = [Node(f"in{HOSTILE}", Input(1, 4, 4)), Node(HOSTILE, ReLU(), (f"in{HOSTILE}",))]
    project = Project(Network({n.id: n for n in nodes}), title=HOSTILE, origin=HOSTILE)
    for ending in WRITERS.keys() - {".cnnx"}:
        exported(project, tmp_path / f"net{ending}")
    module = loaded((tmp_path / "net.py").read_text(encoding="utf-8"), tmp_path)
    assert [type(part).__name__ for part in module.children()] == ["ReLU"]
    assert "<img" not in (tmp_path / "net.mmd").read_text(encoding="utf-8")
    assert r"\<img" in (tmp_path / "net.md").read_text(encoding="utf-8")
    dot = (tmp_path / "net.dot").read_text(encoding="utf-8")
    assert len(dot.splitlines()) == 6  # no name breaks a line
    assert run((tmp_path / "net.onnx").read_bytes(), [torch.ones(1, 1, 4, 4)])[0].sum() == 16


def test_nothing_is_written_over(capsys, tmp_path: Path) -> None:
    (tmp_path / "net.mmd").write_text("mine")
    assert "“net.mmd” is there already" in failed(capsys, "convert", "lenet5", str(tmp_path / "net.mmd"))
    assert (tmp_path / "net.mmd").read_text() == "mine"
    assert main(["convert", "lenet5", str(tmp_path / "net.mmd"), "--force"]) == 0
    assert "conv1" in (tmp_path / "net.mmd").read_text(encoding="utf-8")


def test_nor_are_the_weights_beside_it(real_model, tmp_path: Path) -> None:
    (tmp_path / "net.safetensors").write_text("mine")
    with pytest.raises(ExportError, match=r"“net.safetensors” is there already"):
        exported(trained(), tmp_path / "net.py")
    assert not (tmp_path / "net.py").exists()
    exported(trained(), tmp_path / "net.py", replace=True)
    assert load_file(tmp_path / "net.safetensors")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lenet5", "net.txt"], "“net.txt” ends in no known format: choose one of .py, .onnx, .safetensors"),
        (["lenet5", "net"], "“net” ends in no known format"),
        (["zebra", "net.py"], "There is no network or file “zebra”"),
        (["lenet5", "nowhere/net.py"], "could not be saved, the folder “nowhere” is not there"),
    ],
)
def test_failures_are_sentences(words: list[str], said: str, capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in failed(capsys, "convert", *words)
    assert not os.listdir(tmp_path)


def test_a_half_built_network_can_be_drawn_but_not_run(tmp_path: Path) -> None:
    nodes = [Node("in", Input()), Node("fc", Linear(3), ("in",)), Node("relu", ReLU(), ("fc",))]
    project = Project(Network({n.id: n for n in nodes}))
    for ending in (".md", ".mmd", ".dot"):
        exported(project, tmp_path / f"net{ending}")
        assert "put a Flatten before it" in (tmp_path / f"net{ending}").read_text(encoding="utf-8")
    for ending in (".py", ".onnx", ".safetensors"):
        with pytest.raises(ExportError, match=r"cannot be written out yet\. fc: needs a vector"):
            list(export(Export(project, str(tmp_path / f"net{ending}"))))
        with pytest.raises(ExportError, match="needs an Input, and a layer behind it"):
            list(export(Export(Project(), str(tmp_path / f"net{ending}"))))


def test_stopped_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    steps = answer(Export(CLASSICS["alexnet"].project, str(tmp_path / "net.safetensors")))
    for step in steps:
        if isinstance(step, Progress) and step.text.startswith("Writing") and step.done:
            break
    steps.close()
    assert not os.listdir(tmp_path)


def test_texts_need_no_torch(tmp_path: Path) -> None:
    code = CODE.replace("sys.exit(main(sys.argv[1:]))", "main(sys.argv[1:]); print('torch' in sys.modules)")
    for ending in ("py", "mmd"):
        words = ["convert", "plain34", str(tmp_path / f"net.{ending}")]
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout.splitlines()[-1] == "False", done.stderr
        assert (tmp_path / f"net.{ending}").stat().st_size > 1000
