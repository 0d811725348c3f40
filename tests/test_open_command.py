"""`cnn-explorer open FILE`: what a file is, how its weights fit, what its numbers are like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn
from torchvision import models

from explorer.cli.commands import main
from tests.small_project import small  # noqa: F401


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ResNet-18 with 3 classes, in which this and that is wrong."""
    torch.manual_seed(0)
    state = models.resnet18(num_classes=3).state_dict()
    del state["bn1.running_var"]
    state["layer1.0.conv1.weight"][3] = 0
    state["layer1.0.conv1.weight"][5] = state["layer1.0.conv1.weight"][4]
    state["layer1.0.conv2.weight"][0, 0, 0, 0] = float("nan")
    state["extra"] = torch.zeros(2, dtype=torch.float16)
    torch.save({"state_dict": {f"net.{n}": t for n, t in state.items()}}, tmp_path / "mine.ckpt")
    return tmp_path / "mine.ckpt"


def test_for_people(file: Path, capsys) -> None:
    assert main(["open", str(file), "--weights"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("ResNet-18, 3 classes\n")
    for line in (
        "Weights from “mine.ckpt”, under “state_dict”. Taken for ResNet-18, 3 classes: ",
        "101 of the network's 102 weights matched",
        "1 missing, so random:\n  bn1.running_var\n",
        "1 left over in the file:\n  net.extra\n",
        "1 broken:\n  layer1.0.conv2.weight: 1 NaN, 0 infinite\n",
        "101 of float32, 20 of int64, 1 of float16",
        "layer1.0.conv1.weight: dead 3\n",
        "layer1.0.conv1.weight: equal 4, 5",
    ):
        assert line in out
    assert "\nconv1.weight " in out


def test_for_programs(file: Path, capsys) -> None:
    assert main(["open", str(file), "--json", "--weights"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["title"], found["parameters"]) == ("ResNet-18, 3 classes", 11_178_051)
    weights = found["weights"]
    assert (weights["matched"], weights["missing"], weights["left_over"]) == (101, ["bn1.running_var"], ["net.extra"])
    assert weights["broken"] == [{"name": "layer1.0.conv2.weight", "nan": 1, "infinite": 0}]
    facts = {one["name"]: one for one in found["tensors"]}
    assert (facts["layer1.0.conv1.weight"]["dead"], facts["layer1.0.conv1.weight"]["equal"]) == ([3], [[4, 5]])
    assert facts["fc.weight"]["shape"] == [3, 512]


def test_a_project_says_its_network_itself(small: Path, capsys) -> None:  # noqa: F811
    assert main(["open", str(small), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["layers"], found["weights"]) == (5, None)
    assert main(["open", str(small)]) == 0
    assert "5 layers, 239 parameters" in capsys.readouterr().out


def test_what_cannot_be_opened_is_a_sentence(tmp_path: Path, capsys) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "module.pt")
    (tmp_path / "letter.txt").write_text("Dear network")
    for name, words in (
        ("module.pt", "holds more than weights: it wants Python's torch.nn.modules.linear.Linear"),
        ("letter.txt", "is no file with a network that is known here"),
        ("missing.pth", "was not found"),
    ):
        assert main(["open", str(tmp_path / name)]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert words in err
        assert len(err) <= 301


def test_other_commands_take_such_files(file: Path, capsys) -> None:
    assert main(["facts", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["parameters"] == 11_178_051
    assert main(["compare", "resnet18", str(file), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["layers"]
    assert [row["new"] for row in rows if row["change"] != "same"] == ["fc"]
