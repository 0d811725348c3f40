"""Every network of torchvision that is read gives what torchvision's own code gives, with the same random weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import get_model

from explorer.classics.others import ARCHITECTURES
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights
from explorer.engine.trained import BUILT_WITH
from explorer.engine.weights import Weightless
from tests.families import USUAL, families

FIXED = ("vit", "swin", "maxvit", "inception_v3")
"""Families made for one size of picture; the others are run on a smaller one, which is quicker."""


LIKE = {"mobilenet_v2", "resnet50", "wide_resnet50_2", "swin_v2_t", "vgg11"}
"""Others of the usual ones have all that is in them."""


def filled(name: str) -> nn.Module:
    """The module with random weights that keep numbers near 1, drawn in a moment."""
    torch.manual_seed(0)
    with Weightless():
        module = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval()
    for part in module.modules():
        for key, tensor in [*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)]:
            if tensor.is_meta:
                full = torch.ones(tensor.shape, dtype=tensor.dtype)
                if tensor.dim() > 1 and tensor.is_floating_point():
                    full = torch.randn(tensor.shape) * tensor[0].numel() ** -0.5
                elif "bias" in key or "mean" in key:
                    full = torch.rand(tensor.shape) * 0.1
                parts = part._parameters if key in part._parameters else part._buffers
                parts[key] = nn.Parameter(full) if key in part._parameters else full
    return module


@pytest.mark.parametrize(
    "name", families(ARCHITECTURES, USUAL - {"mobilenet_v2", "resnet50", "wide_resnet50_2", "swin_v2_t", "vgg11"})
)
def test_the_output_is_torchvision_s(name: str) -> None:
    module = filled(name)
    side = getattr(module, "image_size", 256 if "swin_v2" in name else 299 if name == "inception_v3" else 224)
    side = side if name.startswith(FIXED) else 64
    network = trace(module, (3, side, side))
    program = Program(network, weights(module, network))
    picture = torch.rand(1, 3, side, side)
    with torch.inference_mode():
        wanted = module(picture)
    found = program.run(picture)[0]
    assert not program.untrained([program.output])
    assert found.shape == wanted.shape
    assert float(wanted.std()) > 0
    assert float((found - wanted).abs().max() / wanted.abs().max()) < 1e-5
