"""Weights of timm's networks are known as those of torchvision's, and compute what they computed there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import torch

from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.formats.checkpoint.recognition import recognised, same
from explorer.maths.weight_records import WeightReport
from explorer.network.analysis import analyse
from explorer.network.project import Project

FILE = Path(__file__).with_name("timm_names.json.gz")
NETWORKS = json.loads(gzip.decompress(FILE.read_bytes()))["networks"]
BY_NAME = ("resnet", "resnext", "wide_resnet", "densenet", "inception", "vgg", "convnext", "regnet", "vit")


@pytest.mark.parametrize("name", NETWORKS)
def test_names_and_shapes_are_known(name: str) -> None:
    shapes = {weight: tuple(shape) for weight, shape in NETWORKS[name]["shapes"].items()}
    match = recognised(shapes)
    assert match is not None
    assert match.network == NETWORKS[name]["torchvision"]
    sides = name == "inception_v3"  # torchvision's has a side branch, timm's none
    assert match.how == ("part" if sides else "exact" if name.startswith(BY_NAME) else "order")
    assert sorted(match.names.values()) == sorted(shapes)


@pytest.mark.parametrize("name", ["vit_base_patch16_224", "convnext_tiny", "regnety_004", "vgg11"])
def test_another_head_is_known_too(name: str) -> None:
    """The last layer for three classes, behind a prefix."""
    shapes = {f"model.{weight}": tuple(shape) for weight, shape in NETWORKS[name]["shapes"].items()}
    *_, weight, bias = shapes
    shapes |= {weight: (3, *shapes[weight][1:]), bias: (3,)}
    match = recognised(shapes)
    assert match is not None
    assert (match.network, match.how) == (NETWORKS[name]["torchvision"], "head")
    assert sorted(match.called.values()) == sorted(shapes)


def test_a_convolution_over_everything_is_fully_connected() -> None:
    assert same((4096, 512, 7, 7), (4096, 25088))
    assert not same((4096, 512, 7, 6), (4096, 25088))
    assert not same((512, 4096, 7, 7), (4096, 25088))
    assert not same(None, (3,))


@pytest.mark.parametrize("name", ["resnet18", "mobilenetv2_100", "regnety_004", "efficientnet_b0"])
@pytest.mark.parametrize("classes", [1000, 3])
def test_outputs_are_timm_s(name: str, classes: int, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm", reason="timm is not installed")
    torch.manual_seed(0)
    module = timm.create_model(name, num_classes=classes).eval()
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.9, 1.1)
    torch.save(module.state_dict(), tmp_path / "weights.pth")
    report, project = (step for step in open_file(tmp_path / "weights.pth") if isinstance(step, WeightReport | Project))
    assert isinstance(report, WeightReport)
    assert report.whole
    _, *size = analyse(project.network)["input"].shape
    picture = torch.rand(1, 3, *size)
    with torch.inference_mode():
        expected = module(picture)
    found = Program(project.network, tensors.read(project.weights)).run(picture)[0]
    assert float((found - expected).abs().max() / expected.abs().max()) < 1e-5
