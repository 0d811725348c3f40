"""What each of torch's functions and tensor methods is here: the tables that reading a network looks up."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torchvision.models.shufflenetv2 import channel_shuffle
from torchvision.ops import stochastic_depth

from explorer.engine.readings import avg_pool, flatten, max_pool, pair, plain, softmax, upsample
from explorer.layers.activations import (
    GELU,
    Dropout,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Tanh,
)
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.shapes import ChannelShuffle, Slice
from explorer.layers.windows import AdaptiveAvgPool2d, GlobalAvgPool
from explorer.network.layer import Layer


def _add(input: Any, other: Any, *, alpha: Any = 1) -> Layer:
    plain(not _number(input) and not _number(other), "adds a number; only feature maps can be added")
    plain(alpha == 1, f"multiplies its second input by {alpha}")
    return Add()


def _multiply(input: Any, other: Any) -> Layer:
    plain(not _number(input) and not _number(other), "multiplies by a number of its own")
    return Multiply()


def _mean(input: Any, dim: Any = None, keepdim: bool = False) -> Layer:
    axes = sorted(axis % 4 for axis in dim) if isinstance(dim, tuple | list) else dim
    plain(axes == [2, 3], f"averages over {dim}; only height and width (2, 3) is a layer")
    return AdaptiveAvgPool2d(1) if keepdim else GlobalAvgPool()


def _interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None, **_: Any
) -> Layer:
    return upsample(size, scale_factor, mode, align_corners)


def _chunk(input: Any, chunks: int, dim: int = 0) -> int:
    plain(dim == 1, f"takes apart along axis {dim}; only channels (axis 1) can be taken apart")
    return chunks


def part(channels: int, chunks: int, index: int) -> Layer:
    """Part number `index` of so many channels taken apart into `chunks`, as torch does: the last may be smaller."""
    size = -(-channels // chunks)
    start = range(0, channels, size)[index]
    return Slice(start, min(size, channels - start))


def _cat(tensors: Any, dim: Any = 0) -> Layer | None:
    plain(isinstance(tensors, list | tuple), "joins a list that is not known before it runs")
    plain(dim == 1, f"joins along axis {dim}; only channels (axis 1) can be joined")
    return Concat() if len(tensors) > 1 else None


def _dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Layer:
    plain(not training, "stays switched on when the network runs")
    return Dropout(p)


def _relu(input: Any, inplace: bool = False) -> Layer:
    return ReLU()


def _call_softmax(input: Any, dim: Any = None, **_: Any) -> Layer:
    return softmax(dim)


def _call_flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Layer:
    return flatten(start_dim, end_dim)


def _call_max_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Layer:  # fmt: skip
    return max_pool(kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _call_avg_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Any = None,
) -> Layer:  # fmt: skip
    return avg_pool(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


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
    stochastic_depth: lambda input, p, mode, training=True: plain(not training, "stays on when the network runs"),
    F.adaptive_avg_pool2d: lambda input, output_size: AdaptiveAvgPool2d(pair(output_size)),
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


def _number(value: Any) -> bool:
    return isinstance(value, int | float)
