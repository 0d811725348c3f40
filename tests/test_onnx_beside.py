"""An ONNX network that takes numbers which another file beside it makes of a picture: both are opened as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from explorer.engine.opening import open_file, parts
from explorer.formats.onnx import beside
from explorer.layers.dense import Input
from explorer.network.fed import Numbers
from explorer.network.project import Project
from tests import painting_side
from tests.test_style_networks import values

TOLD = "told/by the other"


def written(
    path: Path, nodes: list[tuple], inputs: dict[str, list[int]], outputs: dict[str, list[int]], version: int = 17,
    **numbers: np.ndarray,
) -> Path:  # fmt: skip
    def typed(sizes: dict[str, list[int]]) -> list:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in sizes.items()]

    graph = helper.make_graph(
        [helper.make_node(kind, taken, given) for kind, taken, given in nodes], "g", typed(inputs), typed(outputs),
        [numpy_helper.from_array(value, name) for name, value in numbers.items()],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)
    path.write_bytes(made.SerializeToString())
    return path


def painter(path: Path) -> Path:
    """σ(x + the three numbers · 2), (1, 3, 16, 16)."""
    nodes = [
        ("Mul", ["told/by the other", "w"], ["m"]), ("Add", ["x", "m"], ["a"]), ("Sigmoid", ["a"], ["y"]),
    ]  # fmt: skip
    sizes = {"x": [1, 3, 16, 16], TOLD: [1, 3, 1, 1]}
    return written(path, nodes, sizes, {"y": [1, 3, 16, 16]}, w=np.array(2, np.float32))


def judge(path: Path, gives: str = TOLD, more: tuple[str, ...] = (), version: int = 17) -> Path:
    """The mean colour of a picture (1, 3, 8, 8) by an operator with a number of its own, called as the painter's."""
    nodes = [("Mul", ["x", "w"], ["m"]), ("GlobalAveragePool", ["m"], [gives])]
    sizes = {"x": [1, 3, 8, 8], **{name: [1, 3, 8, 8] for name in more}}
    return written(path, nodes, sizes, {gives: [1, 3, 1, 1]}, version, w=np.array(0.5, np.float32))


def opened(path: Path) -> Project:
    *_, project = open_file(path)
    assert isinstance(project, Project)
    return project


def test_both_are_one_network(tmp_path: Path) -> None:
    paints, judges = painter(tmp_path / "paints.onnx"), judge(tmp_path / "judges.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no network")
    project = opened(paints)
    inputs = {id: node.layer for id, node in project.network.nodes.items() if isinstance(node.layer, Input)}
    assert inputs == {"input": Input(3, 16, 16), "beside.x": Input(3, 8, 8)}
    assert project.fed == {"beside.x": Numbers((1.0, 1.0, 1.0))}
    assert project.origin.startswith("Read from the ONNX file paints.onnx and judges.onnx beside it (operators")
    assert parts(paints) == (paints, judges)
    x = np.random.default_rng(1).random((1, 3, 16, 16), np.float32)
    ours = values(project.feeding("beside.x", painting_side.plain((255, 0, 51))), x)
    assert np.abs(ours - 1 / (1 + np.exp(-(x + np.array([1, 0, 0.2]).reshape(1, 3, 1, 1))))).max() < 1e-6
    alone = opened(judges)
    assert [id for id, node in alone.network.nodes.items() if isinstance(node.layer, Input)] == ["input"]
    assert parts(judges) == (judges,)


@pytest.mark.parametrize(
    "other",
    [
        None, lambda path: judge(path, "another value"), lambda path: judge(path, more=("z",)),
        lambda path: judge(path, version=16), lambda path: path.write_bytes(b"no network"), Path.mkdir,
    ],
    ids=["alone", "another name", "two inputs", "another version", "broken", "a folder"],
)  # fmt: skip
def test_what_does_not_belong_to_it_is_left_alone(tmp_path: Path, other) -> None:
    paints = painter(tmp_path / "paints.onnx")
    if other:
        other(tmp_path / "other.onnx")
    project = opened(paints)
    assert list(project.fed.values()) == [Numbers((1.0, 1.0, 1.0))]
    assert [id for id, node in project.network.nodes.items() if isinstance(node.layer, Input)] == [
        "input",
        *project.fed,
    ]
    assert "beside it" not in project.origin


def test_only_some_files_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOST", 1)
    paints = painter(tmp_path / "a.onnx")
    judge(tmp_path / "b.onnx")
    assert beside.answering(paints) == (None, "")
