"""Several nodes in one call: a convolution with the batch normalisation, the addition and the activation behind it.

On the CPU it is one call of oneDNN with weights laid out for it beforehand; elsewhere it is torch's own convolution
with folded weights.
Source of the folding: Jacob et al. 2017, arXiv:1712.05877, section 3.2.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.layers.activations import Hardsigmoid, Hardswish, LeakyReLU, ReLU, ReLU6, Sigmoid, SiLU, Tanh
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.network.layer import Layer, Shape
from explorer.network.network import Node

Compute = Callable[..., Tensor]

IN_PLACE: dict[type, Callable[[Tensor, Any], Tensor]] = {
    ReLU: lambda y, _: torch.relu_(y),
    ReLU6: lambda y, _: F.hardtanh(y, 0.0, 6.0, inplace=True),
    LeakyReLU: lambda y, layer: F.leaky_relu(y, layer.slope, inplace=True),
    SiLU: lambda y, _: F.silu(y, inplace=True),
    Hardswish: lambda y, _: F.hardswish(y, inplace=True),
    Hardsigmoid: lambda y, _: F.hardsigmoid(y, inplace=True),
    Sigmoid: lambda y, _: torch.sigmoid_(y),
    Tanh: lambda y, _: torch.tanh_(y),
}
"""The activations, written over what they are computed from; they get their layer, too."""
ONEDNN: dict[type, tuple[str, Callable[[Any], list[float]]]] = {
    ReLU: ("relu", lambda _: []),
    ReLU6: ("hardtanh", lambda _: [0.0, 6.0]),
    LeakyReLU: ("leaky_relu", lambda layer: [layer.slope]),
    SiLU: ("swish", lambda _: []),
    Hardswish: ("hardswish", lambda _: []),
    Hardsigmoid: ("hardsigmoid", lambda _: []),
    Sigmoid: ("sigmoid", lambda _: []),
    Tanh: ("tanh", lambda _: []),
}
"""What oneDNN calls the activations at the end of a convolution, with its numbers; behind an addition it knows ReLU
alone."""


def fused(chain: Sequence[Node], module: Callable[[str], nn.Module], shape: Shape, onednn: bool, over: bool) -> Compute:
    """What computes the value of the last node of a chain that `plan.steps` made.

    module: the module of a node, by its id. shape: of what enters the first, with the number of pictures. onednn:
    whether there is oneDNN. over: write over what enters.
    """
    if over:
        return _in_place(chain[0].layer)
    kinds = {type(node.layer): node for node in chain[1:]}
    first = module(chain[0].id)
    activation = next((node.layer for node in chain[1:] if type(node.layer) in IN_PLACE), None)
    end = _in_place(activation) if activation else lambda y: y
    if isinstance(first, nn.Conv2d):
        norm = kinds.get(BatchNorm2d)
        with torch.inference_mode(False):  # what is kept may be changed and differentiated through
            conv = _folded(first, module(norm.id)) if norm else first
        if onednn and simple(conv) and not (Add in kinds and type(activation) not in (type(None), ReLU)):
            return onednn_call(conv, shape, Add in kinds, activation)
        with torch.inference_mode(False):
            first = conv.to(memory_format=torch.channels_last)
    if isinstance(first, nn.BatchNorm2d):  # torch's own takes three times as long
        scale, shift = (v.float().to(_device(first)).reshape(-1, 1, 1) for v in _scaled(first))
        return lambda x: end(torch.addcmul(shift, x, scale))
    if isinstance(first, nn.Dropout | nn.Identity):  # a call of a module is not for nothing
        return lambda x: x
    if not kinds:
        return first
    if Add in kinds:
        return lambda x, other: end(first(x).add_(other))
    return lambda *x: end(first(*x))


def _in_place(activation: Layer) -> Callable[[Tensor], Tensor]:
    compute = IN_PLACE[type(activation)]
    return lambda y: compute(y, activation)


def _device(norm: Any) -> torch.device:
    device: torch.device = norm.running_mean.device
    return device


def _scaled(norm: Any) -> tuple[Tensor, Tensor]:
    """What a batch normalisation multiplies each channel by, and what it adds then: s = γ / √(σ² + ε), and β − s·μ."""
    mean, variance = norm.running_mean.cpu().double(), norm.running_var.cpu().double()
    gamma, beta = (default if v is None else v.cpu().double() for v, default in ((norm.weight, 1.0), (norm.bias, 0.0)))
    scale = gamma / torch.sqrt(variance + norm.eps)
    return scale, beta - scale * mean


def _folded(conv: nn.Conv2d, norm: Any) -> nn.Conv2d:
    """The convolution that does what `conv` and then the batch normalisation `norm` do: (s·w)∗x + (s·b + β − s·μ)."""
    (scale, shift), like = _scaled(norm), conv.weight
    bias = shift if conv.bias is None else scale * conv.bias.cpu().double() + shift
    both = copy.copy(conv)
    both._parameters = {
        "weight": nn.Parameter(like * scale.float().to(like.device).reshape(-1, 1, 1, 1), requires_grad=False),
        "bias": nn.Parameter(bias.float().to(like.device), requires_grad=False),
    }
    return both


def onednn_call(conv: nn.Conv2d, shape: Shape, added: bool, activation: Layer | None) -> Compute:
    """One oneDNN call for the convolution, an addition and an activation, its weights laid out for inputs of `shape`:
    what is best for one picture may take five times as long for several, however many, and the other way round."""
    places = [list(v) for v in (conv.padding, conv.stride, conv.dilation)]
    lay_out: Any = torch._C._nn.mkldnn_reorder_conv2d_weight
    weight = lay_out(conv.weight.to_mkldnn(), *places, conv.groups, list(shape))
    bias, groups = conv.bias, conv.groups
    name, numbers_of = ONEDNN[type(activation)] if activation else ("none", lambda _: [])
    numbers = numbers_of(activation)
    if added:
        joint = torch.ops.mkldnn._convolution_pointwise.binary
        last = name if activation else None
        return lambda x, other: joint(x, other, weight, bias, *places, groups, "add", 1.0, last, numbers, "")
    single = torch.ops.mkldnn._convolution_pointwise.default
    return lambda x: single(x, weight, bias, *places, groups, name, numbers, "")


def simple(conv: nn.Conv2d) -> bool:
    """Whether its padding is equal zeros on both sides, which is all that oneDNN's call knows."""
    return not isinstance(conv.padding, str) and conv.padding_mode == "zeros" and not getattr(conv, "sides", None)
