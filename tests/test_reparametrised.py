"""Weights that a checkpoint has in parts compute what torch computes of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm
from torchvision import models

from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.formats.checkpoint.reading import read
from explorer.maths.steps import at_once
from explorer.maths.weight_records import WeightReport

Way = Callable[[nn.Module], object]
WAYS: dict[str, Way] = {
    "pruned": lambda layer: prune.l1_unstructured(layer, "weight", amount=0.5),
    "weight norm, old": weight_norm,
    "weight norm of the whole": lambda layer: weight_norm(layer, dim=None),
    "weight norm, new": parametrizations.weight_norm,
    "spectral norm, old": spectral_norm,
    "spectral norm, new": parametrizations.spectral_norm,
}


def dressed(module: nn.Module, way: str) -> nn.Module:
    """With all its convolutions' weights in parts, in evaluation after one step of training."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch would rather have the new ways
        for layer in list(module.modules()):
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                WAYS[way](layer)
    module.train()(torch.rand(2, 3, 64, 64))
    return module.eval()


@pytest.mark.parametrize("way", WAYS)
def test_a_known_network_in_parts_is_recognised_and_computes_the_same(way: str, tmp_path: Path) -> None:
    module = dressed(models.shufflenet_v2_x0_5(weights=None, num_classes=7), way)
    torch.save({"state_dict": {f"module.{n}": t for n, t in module.state_dict().items()}}, tmp_path / "net.pt")
    *_, report, project = (step for step in open_file(tmp_path / "net.pt"))
    assert isinstance(report, WeightReport)
    assert project.title == "shufflenet_v2_x0_5, 7 classes"
    assert report.whole
    assert "56 weights are stored" in report.what
    assert report.numbers == sum(tensor.numel() for tensor in module.state_dict().values())
    x = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        found, _ = Program(project.network, tensors.read(project.weights)).run(x)
        assert torch.allclose(found, module(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_a_transposed_convolution_as_wide_as_deep(way: str, tmp_path: Path) -> None:
    """Of these spectral norm takes the second axis as the outputs, and only the numbers tell which was taken."""
    module = dressed(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ConvTranspose2d(8, 8, 3), nn.Conv2d(8, 8, 3)), way)
    torch.save(module.state_dict(), tmp_path / "net.pt")
    checkpoint = at_once(read(tmp_path / "net.pt"))
    assert checkpoint.weights.keys() == {f"{node}.{name}" for node in range(3) for name in ("weight", "bias")}
    arrays = at_once(checkpoint.arrays(list(checkpoint.weights)))
    for number, layer in enumerate(module):
        assert torch.allclose(torch.from_numpy(arrays[f"{number}.weight"]), layer.weight, rtol=1e-5, atol=1e-6)


def test_parts_that_are_not_all_there_stay_what_they_are(tmp_path: Path) -> None:
    two, one = torch.ones(2, 3), torch.ones(3)
    alone = {"a.weight_orig": two, "b.weight_g": two, "c.parametrizations.weight.original": two}
    other = {"d.weight_orig": two, "d.weight_mask": one, "e.weight": two, "e.weight_g": two[:, :1], "e.weight_v": two}
    unknown = {f"f.parametrizations.weight.{name}": two for name in ("original0", "original1", "1.base")}
    empty = {"g.weight_orig": torch.ones(0, 3), "g.weight_u": torch.ones(0), "g.weight_v": torch.ones(3)}
    state = {**alone, **other, **unknown, **empty}
    torch.save(state, tmp_path / "net.pt")
    checkpoint = at_once(read(tmp_path / "net.pt"))
    assert not checkpoint.made
    assert checkpoint.weights.keys() == state.keys()
