"""The user's own files in the model library: listed, checked at each opening, and never deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from explorer.cli.commands import main
from explorer.engine import library, own_files
from explorer.engine.answers import answer
from explorer.engine.library_questions import AddModel, Models, OpenModel, RemoveModel
from explorer.engine.opening import open_file
from explorer.formats import folders
from explorer.formats.regular import NotReadable
from explorer.maths.records import ModelCard
from explorer.network.project import Project
from tests.small_project import small  # noqa: F401


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture
def mine(cache: Path, assets: Path) -> Path:
    """A detector of the user's own: two files."""
    for ending in (".cfg", ".weights"):
        shutil.copy(assets / f"yolo-fastest-1.1{ending}", cache / f"My Detector{ending}")
        (cache / f"My Detector{ending}").chmod(0o600)
    return cache / "My Detector.weights"


def last(question: object) -> object:
    *_, step = answer(question)
    return step


def test_a_file_is_added_opened_and_removed(mine: Path) -> None:
    card = last(AddModel(str(mine)))
    assert isinstance(card, ModelCard)
    assert (card.name, card.kind, card.host, card.installed) == ("my-detector", "file", "", True)
    assert card.parameters == 332_798
    assert card.sha256 == library.entry("yolo-fastest-1.1").source.digits
    assert dict(card.beside) == {"My Detector.cfg": library.entry("yolo-fastest-1.1").beside[0].digits}
    cards = last(Models())
    assert cards[0] == card
    assert len(cards) == 1 + len(library.ENTRIES)
    project = last(OpenModel("my-detector"))
    assert isinstance(project, Project)
    *_, opened = open_file(mine)
    assert (project.network, project.weights) == (opened.network, opened.weights)
    assert last(AddModel(str(mine))) == card, "it is there once"
    assert len(own_files.listed()) == 1
    assert last(RemoveModel("my-detector")) == 0
    assert mine.exists()
    assert "my-detector" not in own_files.listed()


@pytest.mark.parametrize("ending", [".weights", ".cfg"])
def test_a_changed_or_lost_file_is_refused(mine: Path, ending: str) -> None:
    last(AddModel(str(mine)))
    part = mine.with_suffix(ending)
    data = part.read_bytes()
    part.write_bytes(data[:-9] + b"1" + data[-8:])
    with pytest.raises(NotReadable, match="was changed since it was added to the model library: open it as a file"):
        last(OpenModel("my-detector"))
    part.write_bytes(data)
    last(OpenModel("my-detector"))
    part.unlink()
    with pytest.raises(NotReadable):
        last(OpenModel("my-detector"))


def test_tensors_beside_an_onnx_file_belong_to_it(cache: Path) -> None:
    file, beside = cache / "net.onnx", cache / "net.onnx.data"
    weight = numpy_helper.from_array(np.ones((4, 3, 3, 3), np.float32), "w")
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    ends = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in (("x", [1, 3, 8, 8]), ("y", [1, 4, 6, 6]))
    ]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, file, save_as_external_data=True, location=beside.name, size_threshold=0)
    assert dict(last(AddModel(str(file))).beside).keys() == {"net.onnx.data"}
    last(OpenModel("net"))
    beside.write_bytes(beside.read_bytes()[:-4] + b"abcd")
    with pytest.raises(NotReadable, match="was changed since"):
        last(OpenModel("net"))


def test_names_are_free_ones(small: Path, cache: Path) -> None:  # noqa: F811
    for folder, name in (("a", "lenet5"), ("b", "net"), ("c", "net"), ("d", "…")):
        (cache / folder).mkdir()
        shutil.copy(small, cache / folder / f"{name}.cnnx")
        last(AddModel(str(cache / folder / f"{name}.cnnx")))
    assert list(own_files.listed()) == ["lenet5-2", "net", "net-2", "own"]


def test_what_is_no_network_is_not_listed(cache: Path) -> None:
    (cache / "notes.txt").write_text("hello")
    with pytest.raises(NotReadable, match="is no file with a network"):
        last(AddModel(str(cache / "notes.txt")))
    assert own_files.listed() == {}


@pytest.mark.parametrize("text", ["", "{", "7", '[7, {}, {"name": 3}]', '[{"name": "x", "digests": []}]'])
def test_a_damaged_list_has_nothing_to_offer(cache: Path, text: str) -> None:
    folders.own_models().write_text(text)
    assert own_files.listed() == {}
    assert len(last(Models())) == len(library.ENTRIES)


def test_on_the_command_line(mine: Path, assets: Path, capsys) -> None:
    assert main(["models", "add", str(mine)]) == 0
    assert capsys.readouterr().out == "My Detector is in the library as my-detector.\n"
    assert main(["detect", "my-detector", str(assets / "images" / "dog.jpg"), "--json"]) == 0
    assert "dog" in {one["label"] for one in json.loads(capsys.readouterr().out)["detections"]}
    assert main(["models"]) == 0
    assert "my-detector" in capsys.readouterr().out
    assert main(["models", "remove", "my-detector"]) == 0
    assert capsys.readouterr().out == "My Detector is off the list; its file stays where it is.\n"
    assert main(["models", "add", str(mine.with_name("none.onnx"))]) == 1
    assert "was not found" in capsys.readouterr().err
