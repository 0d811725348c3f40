"""Transformers of torchvision in small, exported both ways: attention is read whole, counted, and computes the same."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import ConvNeXt, MaxVit, SwinTransformer, VisionTransformer
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2

from explorer.network.analysis import analyse
from tests import onnx_side as side

pytest.importorskip("onnxruntime")


@pytest.fixture(autouse=True)
def attention_in_parts() -> Iterator[None]:
    """torch's fused attention is not counted by its own counter."""
    torch.backends.mha.set_fastpath_enabled(False)
    yield
    torch.backends.mha.set_fastpath_enabled(True)


def swin(**more: Any) -> nn.Module:
    return SwinTransformer([4, 4], 16, [2, 2], [2, 4], [4, 4], num_classes=10, **more)


def maxvit() -> nn.Module:
    return MaxVit(
        input_size=(64, 64), stem_channels=16, partition_size=4, block_channels=[16, 32], block_layers=[1, 1],
        stochastic_depth_prob=0.0, head_dim=8, num_classes=10,
    )  # fmt: skip


SMALL: dict[str, tuple[int, Callable[[], nn.Module]]] = {
    "ViT": (32, lambda: VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=64)),
    "Swin": (64, swin),
    "Swin V2": (64, lambda: swin(block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2)),
    "ConvNeXt": (64, lambda: ConvNeXt([CNBlockConfig(16, 32, 2), CNBlockConfig(32, None, 2)], num_classes=10)),
    "MaxViT": (64, maxvit),
}
ALIKE = [("Swin", False), ("Swin V2", True), ("ConvNeXt", False), ("MaxViT", True)]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        pytest.param(name, new, marks=[pytest.mark.every_network] * ((name, new) in ALIKE))
        for name in SMALL
        for new in (False, True)
    ],
)
def test_a_transformer_is_read_whole(name: str, new: bool, tmp_path: Path) -> None:
    size, build = SMALL[name]
    torch.manual_seed(5)
    module = build().eval()
    with torch.no_grad():
        for tensor in module.state_dict().values():  # exporters leave out what is 0
            if tensor.is_floating_point() and (tensor.dim() == 1 or not tensor.any()):
                tensor.add_(torch.rand_like(tensor) / 10)
    path, x = tmp_path / "model.onnx", torch.rand(1, 3, size, size)
    options: dict[str, Any] = {"external_data": False, "verbose": False} if new else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (x,), str(path), dynamo=new, **options)
    reading = side.read(path)
    ours = side.values(reading, x.numpy())
    assert side.difference(ours, side.runtime(path, {next(iter(reading.graph.inputs)): x.numpy()})) < 1e-5
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        assert side.difference(ours, [module(x).numpy()]) < 1e-5
    facts = analyse(reading.network)
    if name != "Swin V2":  # which computes its tables of relative places anew for each picture
        assert sum(fact.macs for fact in facts.values()) == counter.get_total_flops() // 2
    if name in ("ViT", "ConvNeXt"):  # the others' tables of relative places are written out where they are used
        assert sum(fact.parameters for fact in facts.values()) == sum(p.numel() for p in module.parameters())
    assert all(np.isfinite(value).all() for value in reading.weights.values())
