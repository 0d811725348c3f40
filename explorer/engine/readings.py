"""What each of torch's modules is here: the table that reading a network looks up. For calls see `call_readings`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.ops import StochasticDepth

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
from explorer.layers.norms import BatchNorm2d, GroupNorm, LayerNorm, LocalResponseNorm
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, PixelUnshuffle, Upsample
from explorer.layers.shapes import ChannelShuffle, Flatten, ZeroPad2d
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
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
        m.out_channels, pair(m.kernel_size), pair(m.stride), pair(m.padding),
        pair(m.dilation), m.groups, m.bias is not None, m.padding_mode,
    )  # fmt: skip


def _norm(m: Any) -> Layer:
    plain(m.track_running_stats, "takes mean and variance from the picture itself instead of from training")
    plain(m.momentum is not None, "averages over all of training (momentum None)")
    return BatchNorm2d(m.eps, m.momentum, m.affine)


def max_pool(kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, indices: bool) -> Layer:
    """MaxPool2d from torch's own words. Raises TraceError where it also gives places."""
    plain(not indices, "also returns the places of the maxima")
    return MaxPool2d(pair(kernel), pair(stride or kernel), pair(padding), pair(dilation), ceil)


def avg_pool(kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any) -> Layer:
    """AvgPool2d from torch's own words. Raises TraceError where it divides by a number of its own."""
    plain(divisor is None, "divides by a number of its own")
    return AvgPool2d(pair(kernel), pair(stride or kernel), pair(padding), ceil, include)


def flatten(start: int, end: int) -> Layer:
    """Flatten, from the first and the last axis that become one. Raises TraceError for any but all behind the batch."""
    plain(start == 1 and end == -1, f"flattens axes {start} to {end}; only all but the batch (1 to -1) is a layer")
    return Flatten()


def softmax(axis: Any) -> Layer:
    """Softmax over one axis. Raises TraceError for that of the batch, and for one that is counted from the end."""
    plain(isinstance(axis, int) and axis > 0, f"works over axis {axis}; count it from the front, channels are 1")
    return Softmax(axis)


def _transposed(m: Any) -> Layer:
    return ConvTranspose2d(
        m.out_channels, pair(m.kernel_size), pair(m.stride), pair(m.padding), pair(m.output_padding),
        pair(m.dilation), m.groups, m.bias is not None,
    )  # fmt: skip


def _layer_norm(m: Any) -> Layer:
    plain(m.bias is not None or not m.elementwise_affine, "scales without shifting")
    return LayerNorm("channels" if len(m.normalized_shape) == 1 else "everything", m.eps, m.elementwise_affine)


def _last_norm(m: Any, rank: int) -> Layer:
    plain(len(m.normalized_shape) == 1, "normalises over several axes")
    return _layer_norm(m)


def upsample(size: Any, scale: Any, mode: str, align: Any) -> Layer:
    """Upsample by whole factors. Raises TraceError for a fixed size, and for what blends from corner to corner."""
    plain(size is None, "enlarges to a fixed size; only by a factor is a layer")
    plain(not align, "blends from corner to corner (align_corners)")
    factors = scale if isinstance(scale, tuple | list) else (scale, scale)
    plain(all(f is not None and float(f).is_integer() for f in factors), f"enlarges by {scale}, no whole number")
    return Upsample(pair(tuple(int(f) for f in factors)), mode)


def _zeros(padding: Any) -> Layer:
    left, right, top, bottom = padding if isinstance(padding, tuple | list) else (padding,) * 4
    return ZeroPad2d(pair((top, bottom, left, right)))


MODULES: dict[type[nn.Module], Callable[[Any], Layer | None]] = {
    nn.Conv2d: _conv,
    nn.MaxPool2d: lambda m: max_pool(m.kernel_size, m.stride, m.padding, m.dilation, m.ceil_mode, m.return_indices),
    nn.AvgPool2d: lambda m: avg_pool(
        m.kernel_size, m.stride, m.padding, m.ceil_mode, m.count_include_pad, m.divisor_override
    ),
    nn.AdaptiveAvgPool2d: lambda m: AdaptiveAvgPool2d(pair(m.output_size)),
    nn.BatchNorm2d: _norm,
    nn.Flatten: lambda m: flatten(m.start_dim, m.end_dim),
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
    nn.Upsample: lambda m: upsample(m.size, m.scale_factor, m.mode, m.align_corners),
    nn.ZeroPad2d: lambda m: _zeros(m.padding),
    nn.PixelShuffle: lambda m: PixelShuffle(m.upscale_factor),
    nn.PixelUnshuffle: lambda m: PixelUnshuffle(m.downscale_factor),
    nn.ChannelShuffle: lambda m: ChannelShuffle(m.groups),
    nn.Softmax: lambda m: softmax(m.dim),
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


def plain(holds: bool, otherwise: str) -> None:
    """Go on where this holds. Raises TraceError with what is otherwise."""
    if not holds:
        raise TraceError(otherwise)


def pair(value: Any) -> Any:
    """One number where both are equal, as settings are written here."""
    if isinstance(value, tuple | list):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return value
