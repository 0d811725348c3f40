"""Class names that a file has beside its weights become the network's labels; what does not fit is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from explorer.engine.opening import open_file
from explorer.formats.class_names import noted
from explorer.network.project import Project

NAMES = ("cat", "dog", "owl")
BY_NUMBER = dict(enumerate(NAMES))
NOTES: dict[str, dict[str, Any]] = {
    "classes": {"classes": list(NAMES)},
    "class_to_idx": {"class_to_idx": {"owl": 2, "cat": 0, "dog": 1}},
    "config.id2label": {"config": {"id2label": {str(n): name for n, name in BY_NUMBER.items()}}},
    "meta.CLASSES": {"meta": {"CLASSES": NAMES}},
    "names": {"names": BY_NUMBER, "loss": {"labels": [0.5, 0.1]}},
}


def opened(path: Path) -> Project:
    *_, project = open_file(path)
    assert isinstance(project, Project)
    return project


def state(classes: int = 3) -> dict[str, torch.Tensor]:
    return models.squeezenet1_1(weights=None, num_classes=classes).state_dict()


@pytest.mark.parametrize("called", NOTES)
def test_a_checkpoint_s(called: str, tmp_path: Path) -> None:
    torch.save({"state_dict": state(), "epoch": 2, **NOTES[called]}, tmp_path / "net.pt")
    project = opened(tmp_path / "net.pt")
    assert project.recipe.labels == NAMES
    assert f"as the file says in “{called}”" in project.origin
    assert "How a picture was prepared for it is not in the file" in project.origin


def test_those_of_safetensors(tmp_path: Path) -> None:
    save_file(state(), tmp_path / "net.safetensors", {"class_names": json.dumps(NAMES), "note": "mine"})
    assert opened(tmp_path / "net.safetensors").recipe.labels == NAMES


def test_those_of_onnx_and_what_else_it_says_of_itself(tmp_path: Path) -> None:
    path, net = tmp_path / "net.onnx", nn.Sequential(nn.Conv2d(3, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    axes = {"pixels": {0: "batch"}}
    torch.onnx.export(
        net, (torch.ones(1, 3, 8, 8),), path, dynamo=False, opset_version=17, input_names=["pixels"],
        output_names=["scores"], dynamic_axes=axes,
    )  # fmt: skip
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"names": "{0: 'cat', 1: \"dog's\", 2: 'the \\'owl\\''}"})
    onnx.save(model, path)
    project = opened(path)
    assert project.recipe.labels == ("cat", "dog's", "the 'owl'")
    assert f"(operators of version 17, written by pytorch {model.producer_version})" in project.origin
    assert "In: pixels (batch, 3, 8, 8) of float32. Out: scores (batch, 3) of float32." in project.origin


def test_names_that_fit_nothing_are_told_and_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.save({"state_dict": state(4), "classes": list(NAMES)}, path)
    project = opened(path)
    assert not project.recipe.labels
    assert "The file has 3 names of classes in “classes”, and the network 4 outputs." in project.origin
    torch.save({"state_dict": state(), "classes": list(NAMES), "names": ["a", "b", "c"]}, path)
    project = opened(path)
    assert not project.recipe.labels
    assert "in several ways, “classes” and “names”: none is taken" in project.origin


@pytest.mark.parametrize(
    "value",
    [
        3, "cat", "[1, 2]", "{0: 'cat', 1: 2}", ["cat"], ["cat", 1], {"cat": 1, "dog": 2}, {"0": "cat", "2": "dog"},
        {"9" * 5000: "cat", "0": "dog"}, {"a": "cat", "b": "dog"}, "[" * 100_000, "\ud800", {},
    ],
)  # fmt: skip
def test_what_are_no_names(value: object) -> None:
    assert noted({"classes": value}) == {}


def test_names_are_made_safe_to_show() -> None:
    (names,) = noted({"classes": ["a\nb", "x" * 5000]}).values()
    assert names[0] == "a�b"
    assert len(names[1]) == 80
