"""Weights of timm's networks are known as those of torchvision's, and compute what they computed there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import torch

from explorer.classics.timm import from_tensorflow
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


def test_only_their_name_tells_weights_from_tensorflow() -> None:
    for name in ("tf_efficientnet_b0.pth", "models--timm--tf_mobilenetv3_large_100.in1k", "TF_EfficientNet_B0-1.pth"):
        assert from_tensorflow(name)
    for name in ("efficientnet_b0.pth", "tf_models", "notf_efficientnet_b0.pth", "model.safetensors"):
        assert not from_tensorflow(name)


def test_a_convolution_over_everything_is_fully_connected() -> None:
    assert same((4096, 512, 7, 7), (4096, 25088))
    assert not same((4096, 512, 7, 6), (4096, 25088))
    assert not same((512, 4096, 7, 7), (4096, 25088))
    assert not same(None, (3,))


@pytest.mark.parametrize(("name", "classes"), [
    ("resnet18", 1000), ("mobilenetv2_100", 3), ("regnety_004", 3), ("efficientnet_b0", 1000), ("mnasnet_100", 3),
    ("mobilenetv3_large_100", 3), ("tf_mobilenetv3_small_100", 3), ("tf_efficientnet_b0", 1000),
    pytest.param("tf_efficientnetv2_s", 1000, marks=pytest.mark.every_network),
])  # fmt: skip
def test_outputs_are_timm_s(name: str, classes: int, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm", reason="timm is not installed")
    torch.manual_seed(0)
    module = timm.create_model(name, num_classes=classes).eval()
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.9, 1.1)
    path = tmp_path / f"{name}.pth"
    torch.save(module.state_dict(), path)
    report, project = (step for step in open_file(path) if isinstance(step, WeightReport | Project))
    assert isinstance(report, WeightReport)
    assert report.whole
    assert ("TensorFlow's padding and ε" in report.what) == name.startswith("tf_")
    _, *size = analyse(project.network)["input"].shape
    picture = torch.rand(1, 3, *size)
    with torch.inference_mode():
        expected = module(picture)
    found = Program(project.network, tensors.read(project.weights)).run(picture)[0]
    assert float((found - expected).abs().max() / expected.abs().max()) < 5e-5  # another ε makes it 4e-3
