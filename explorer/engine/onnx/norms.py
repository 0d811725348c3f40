"""What ONNX's normalisations compute, as torch code."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings


def _batch_norm(a: Settings, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    if a.get("training_mode") or a.get("spatial", 1) == 0:
        raise OperatorError("takes mean and variance from the picture itself, or one for each pixel")
    return F.batch_norm(x, mean, variance, scale, bias, False, 0.0, a.get("epsilon", 1e-5))


def _instance_norm(a: Settings, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    return F.group_norm(x, x.shape[1], scale, bias, a.get("epsilon", 1e-5))


def _group_norm(a: Settings, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    return F.group_norm(x, a["num_groups"], scale, bias, a.get("epsilon", 1e-5))


def _layer_norm(a: Settings, x: Tensor, scale: Tensor, bias: Tensor | None = None) -> Tensor:
    shape = x.shape[a.get("axis", -1) % x.dim() :]
    y = F.layer_norm(x, list(shape), eps=a.get("epsilon", 1e-5)) * scale
    return y if bias is None else y + bias


def _rms_norm(a: Settings, x: Tensor, scale: Tensor) -> Tensor:
    axes = list(range(a.get("axis", -1) % x.dim(), x.dim()))
    return x / torch.sqrt(torch.mean(x * x, axes, True) + a.get("epsilon", 1e-5)) * scale


def _normed(a: Settings, x: Tensor) -> Tensor:
    centred = x - torch.mean(x, a["axes"], True)
    return centred / torch.sqrt(torch.mean(centred * centred, a["axes"], True) + a["epsilon"])


def _response_norm(a: Settings, x: Tensor) -> Tensor:
    size = a["size"]
    before, after = (size - 1) // 2, size - 1 - (size - 1) // 2
    squares = F.pad(x * x, [0, 0] * (x.dim() - 2) + [before, after])
    total: Any = sum((squares.narrow(1, i, x.shape[1]) for i in range(1, size)), start=squares.narrow(1, 0, x.shape[1]))
    alpha, beta, bias = (a.get(*pair) for pair in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0)))
    return x / torch.pow(bias + alpha / size * total, beta)


def _unit(a: Settings, x: Tensor) -> Tensor:
    axis, p = a.get("axis", -1), a.get("p", 2)
    length = torch.sum(torch.abs(x), axis, True) if p == 1 else torch.sqrt(torch.sum(x * x, axis, True))
    return x / length


def _from_mean(a: Settings, x: Tensor) -> Tensor:
    axes = list(a.get("axes") or [0, 2, 3])
    centred = x - torch.mean(x, axes, True)
    return centred / (torch.sqrt(torch.mean(centred * centred, axes, True)) + 1e-9)


NORMS: dict[str, Function] = {
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "RMSNormalization": _rms_norm,
    "Normalize": _normed,
    "LRN": _response_norm,
    "LpNormalization": _unit,
    "MeanVarianceNormalization": _from_mean,
}
"""What each operator computes; Normalize is our own, for one that was written as its parts."""
