"""What each of torch's modules, functions and tensor methods is here: the tables that reading a network looks up."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.models.shufflenetv2 import channel_shuffle
from torchvision.ops import StochasticDepth, stochastic_depth

from explorer.layers.activations import (
    ELU,
    GELU,
    Dropout,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.layers.dense import Linear
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.norms import BatchNorm2d, GroupNorm, LayerNorm, LocalResponseNorm
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, PixelUnshuffle, Upsample
from explorer.layers.shapes import ChannelShuffle, Flatten, Slice, ZeroPad2d
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.maths.sentences import Refusal
from explorer.network.layer import Layer
from explorer.network.settings import SettingError


class TraceError(Refusal):
    """The module does something no layer kind stands for; the message names the operation and the module."""


def of_module(module: nn.Module) -> Layer | None:
    """Our layer for a torch module; None for one that only passes its input on. Raises TraceError."""
    if type(module) not in MODULES:
        raise TraceError(f"no layer stands for the module {type(module).__name__}")
    try:
        return MODULES[type(module)](module)
    except (SettingError, TypeError) as error:
        raise TraceError(str(error)) from None


def _conv(m: Any) -> Layer:
    return Conv2d(
        m.out_channels, _pair(m.kernel_size), _pair(m.stride), _pair(m.padding),
        _pair(m.dilation), m.groups, m.bias is not None, m.padding_mode,
    )  # fmt: skip


def _norm(m: Any) -> Layer:
    _plain(m.track_running_stats, "takes mean and variance from the picture itself instead of from training")
    _plain(m.momentum is not None, "averages over all of training (momentum None)")
    return BatchNorm2d(m.eps, m.momentum, m.affine)


def _max_pool(kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, indices: bool) -> Layer:
    _plain(not indices, "also returns the places of the maxima")
    return MaxPool2d(_pair(kernel), _pair(stride or kernel), _pair(padding), _pair(dilation), ceil)


def _avg_pool(kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any) -> Layer:
    _plain(divisor is None, "divides by a number of its own")
    return AvgPool2d(_pair(kernel), _pair(stride or kernel), _pair(padding), ceil, include)


def _flatten(start: int, end: int) -> Layer:
    _plain(start == 1 and end == -1, f"flattens axes {start} to {end}; only all but the batch (1 to -1) is a layer")
    return Flatten()


def _softmax(axis: Any) -> Layer:
    _plain(isinstance(axis, int) and axis > 0, f"works over axis {axis}; count it from the front, channels are 1")
    return Softmax(axis)


def _transposed(m: Any) -> Layer:
    return ConvTranspose2d(
        m.out_channels, _pair(m.kernel_size), _pair(m.stride), _pair(m.padding), _pair(m.output_padding),
        _pair(m.dilation), m.groups, m.bias is not None,
    )  # fmt: skip


def _layer_norm(m: Any) -> Layer:
    _plain(m.bias is not None or not m.elementwise_affine, "scales without shifting")
    return LayerNorm("channels" if len(m.normalized_shape) == 1 else "everything", m.eps, m.elementwise_affine)


def _last_norm(m: Any, rank: int) -> Layer:
    _plain(len(m.normalized_shape) == 1, "normalises over several axes")
    return _layer_norm(m)


def _upsample(size: Any, scale: Any, mode: str, align: Any) -> Layer:
    _plain(size is None, "enlarges to a fixed size; only by a factor is a layer")
    _plain(not align, "blends from corner to corner (align_corners)")
    factors = scale if isinstance(scale, tuple | list) else (scale, scale)
    _plain(all(f is not None and float(f).is_integer() for f in factors), f"enlarges by {scale}, no whole number")
    return Upsample(_pair(tuple(int(f) for f in factors)), mode)


def _zeros(padding: Any) -> Layer:
    left, right, top, bottom = padding if isinstance(padding, tuple | list) else (padding,) * 4
    return ZeroPad2d(_pair((top, bottom, left, right)))


MODULES: dict[type[nn.Module], Callable[[Any], Layer | None]] = {
    nn.Conv2d: _conv,
    nn.MaxPool2d: lambda m: _max_pool(m.kernel_size, m.stride, m.padding, m.dilation, m.ceil_mode, m.return_indices),
    nn.AvgPool2d: lambda m: _avg_pool(
        m.kernel_size, m.stride, m.padding, m.ceil_mode, m.count_include_pad, m.divisor_override
    ),
    nn.AdaptiveAvgPool2d: lambda m: AdaptiveAvgPool2d(_pair(m.output_size)),
    nn.BatchNorm2d: _norm,
    nn.Flatten: lambda m: _flatten(m.start_dim, m.end_dim),
    nn.ReLU: lambda m: ReLU(),
    nn.ReLU6: lambda m: ReLU6(),
    nn.LeakyReLU: lambda m: LeakyReLU(m.negative_slope),
    nn.PReLU: lambda m: PReLU(m.num_parameters > 1),
    nn.ELU: lambda m: ELU(m.alpha),
    nn.SiLU: lambda m: SiLU(),
    nn.Mish: lambda m: Mish(),
    nn.GELU: lambda m: GELU(m.approximate),
    nn.Hardswish: lambda m: Hardswish(),
    nn.Hardsigmoid: lambda m: Hardsigmoid(),
    nn.Sigmoid: lambda m: Sigmoid(),
    nn.Tanh: lambda m: Tanh(),
    nn.GroupNorm: lambda m: GroupNorm(m.num_groups, m.eps, m.affine),
    LayerNorm2d: _layer_norm,
    nn.LocalResponseNorm: lambda m: LocalResponseNorm(m.size, m.alpha, m.beta, m.k),
    nn.ConvTranspose2d: _transposed,
    nn.Upsample: lambda m: _upsample(m.size, m.scale_factor, m.mode, m.align_corners),
    nn.ZeroPad2d: lambda m: _zeros(m.padding),
    nn.PixelShuffle: lambda m: PixelShuffle(m.upscale_factor),
    nn.PixelUnshuffle: lambda m: PixelUnshuffle(m.downscale_factor),
    nn.ChannelShuffle: lambda m: ChannelShuffle(m.groups),
    nn.Softmax: lambda m: _softmax(m.dim),
    nn.Dropout: lambda m: Dropout(m.p),
    nn.Identity: lambda m: None,
    StochasticDepth: lambda m: None,  # does nothing when the network runs
}
"""What each torch module is here; another type, a subclass too, is a TraceError."""
OVER_CHANNELS: dict[type[nn.Module], Callable[[Any, int], Layer]] = {
    nn.Linear: lambda m, rank: Linear(m.out_features, m.bias is not None, "everything" if rank == 2 else "channels"),
    nn.LayerNorm: _last_norm,
}
"""What each module that works on the last axis is where that axis has the channels; rank: axes, with the batch."""


def _add(input: Any, other: Any, *, alpha: Any = 1) -> Layer:
    _plain(not _number(input) and not _number(other), "adds a number; only feature maps can be added")
    _plain(alpha == 1, f"multiplies its second input by {alpha}")
    return Add()


def _multiply(input: Any, other: Any) -> Layer:
    _plain(not _number(input) and not _number(other), "multiplies by a number of its own")
    return Multiply()


def _mean(input: Any, dim: Any = None, keepdim: bool = False) -> Layer:
    axes = sorted(axis % 4 for axis in dim) if isinstance(dim, tuple | list) else dim
    _plain(axes == [2, 3], f"averages over {dim}; only height and width (2, 3) is a layer")
    return AdaptiveAvgPool2d(1) if keepdim else GlobalAvgPool()


def _interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None, **_: Any
) -> Layer:
    return _upsample(size, scale_factor, mode, align_corners)


def _chunk(input: Any, chunks: int, dim: int = 0) -> int:
    _plain(dim == 1, f"takes apart along axis {dim}; only channels (axis 1) can be taken apart")
    return chunks


def part(channels: int, chunks: int, index: int) -> Layer:
    """Part number `index` of so many channels taken apart into `chunks`, as torch does: the last may be smaller."""
    size = -(-channels // chunks)
    start = range(0, channels, size)[index]
    return Slice(start, min(size, channels - start))


def _cat(tensors: Any, dim: Any = 0) -> Layer | None:
    _plain(isinstance(tensors, list | tuple), "joins a list that is not known before it runs")
    _plain(dim == 1, f"joins along axis {dim}; only channels (axis 1) can be joined")
    return Concat() if len(tensors) > 1 else None


def _dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Layer:
    _plain(not training, "stays switched on when the network runs")
    return Dropout(p)


def _relu(input: Any, inplace: bool = False) -> Layer:
    return ReLU()


def _call_softmax(input: Any, dim: Any = None, **_: Any) -> Layer:
    return _softmax(dim)


def _call_flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Layer:
    return _flatten(start_dim, end_dim)


def _call_max_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Layer:  # fmt: skip
    return _max_pool(kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _call_avg_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Any = None,
) -> Layer:  # fmt: skip
    return _avg_pool(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


FUNCTIONS: dict[Any, Callable[..., Layer | None]] = {
    operator.add: _add,
    operator.iadd: _add,
    torch.add: _add,
    torch.cat: _cat,
    torch.flatten: _call_flatten,
    torch.relu: _relu,
    F.relu: _relu,
    F.relu6: lambda input, inplace=False: ReLU6(),
    torch.softmax: _call_softmax,
    F.softmax: _call_softmax,
    F.dropout: _dropout,
    F.max_pool2d: _call_max_pool,
    F.avg_pool2d: _call_avg_pool,
    operator.mul: _multiply,
    torch.mul: _multiply,
    torch.mean: _mean,
    torch.sigmoid: lambda input: Sigmoid(),
    torch.tanh: lambda input: Tanh(),
    F.silu: lambda input, inplace=False: SiLU(),
    F.mish: lambda input, inplace=False: Mish(),
    F.gelu: lambda input, approximate="none": GELU(approximate),
    F.hardswish: lambda input, inplace=False: Hardswish(),
    F.hardsigmoid: lambda input, inplace=False: Hardsigmoid(),
    F.leaky_relu: lambda input, negative_slope=0.01, inplace=False: LeakyReLU(negative_slope),
    F.interpolate: _interpolate,
    channel_shuffle: lambda x, groups: ChannelShuffle(groups),
    stochastic_depth: lambda input, p, mode, training=True: _plain(not training, "stays on when the network runs"),
    F.adaptive_avg_pool2d: lambda input, output_size: AdaptiveAvgPool2d(_pair(output_size)),
}
"""What each function is here; the readings have torch's own parameters, so that arguments bind to them."""
SPLITS: dict[Any, Callable[..., Any]] = {torch.chunk: _chunk, "chunk": _chunk}
"""What takes a value apart, as a function or a method: gives into how many parts."""
WHOLE = (channel_shuffle,)
"""torchvision's functions that are a layer as they are: they are not looked into."""
METHODS: dict[str, Callable[..., Layer | None]] = {
    "add": _add,
    "add_": _add,
    "flatten": _call_flatten,
    "relu": _relu,
    "relu_": _relu,
    "mul": _multiply,
    "mul_": _multiply,
    "mean": _mean,
    "sigmoid": lambda input: Sigmoid(),
    "tanh": lambda input: Tanh(),
}
NAMES = {"iadd": "add", "add_": "add", "mul_": "mul", "relu_": "relu", "boolean_dispatch": "max_pool2d"}


def _plain(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TraceError(otherwise)


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _pair(value: Any) -> Any:
    """One number where both are equal, as settings are written here."""
    if isinstance(value, tuple | list):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return value
