"""Which of torchvision's networks are tested each time: one of each family; the others are of the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

USUAL = {
    "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "maxvit_t", "mnasnet0_5", "mobilenet_v2",
    "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "resnet50", "resnext50_32x4d", "shufflenet_v2_x0_5",
    "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11", "vit_b_32", "wide_resnet50_2",
}  # fmt: skip


def families(names: Iterable[str], usual: Iterable[str] = USUAL) -> list[Any]:
    """Names as parameters of a test; all but the usual ones only run with `pytest --every-network`."""
    usual = set(usual)
    return [name if name in usual else pytest.param(name, marks=pytest.mark.every_network) for name in names]
