"""What each layer kind is in PyTorch source: the call that makes its module, or an expression where it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from explorer.formats.writers.source import Doc, Group, call, flat
from explorer.layers.shapes import several
from explorer.layers.sliding import both, padded_sides
from explorer.network.layer import Layer, Shape

REQUIRED = object()
"""The default of an argument that has none."""

CHANNELS = frozenset(
    ("in_channels", "out_channels", "num_features", "num_channels", "in_features", "out_features", "normalized_shape",
     "channels", "width")
)  # fmt: skip
"""Arguments that count channels: equal ones of a block are one number."""


@dataclass(frozen=True)
class Argument:
    """One argument of a module; positional where torch's users write it so."""

    name: str
    value: Any
    default: Any = REQUIRED
    positional: bool = False


@dataclass(frozen=True)
class Part:
    """A layer in source. make: the class of its module, "" where it has none; then `written` makes the expression
    that stands in `forward`, from those of its inputs."""

    make: str
    arguments: tuple[Argument, ...] = ()
    written: Callable[[list[Doc]], Doc] = lambda x: x[0]


def part(layer: Layer, x: tuple[Shape, ...]) -> Part:
    """A layer whose inputs have these shapes, in source."""
    return PARTS[layer.kind](layer, *x)


def _made(make: str, *positional: tuple[str, Any], **named: tuple[Any, Any]) -> Part:
    """named: value and torch's default."""
    words = (Argument(name, value, default) for name, (value, default) in named.items())
    return Part(make, (*(Argument(name, value, positional=True) for name, value in positional), *words))


def _conv(layer: Any, x: Shape) -> Part:
    sides = layer.padding if isinstance(layer.padding, tuple) and len(layer.padding) == 4 else None
    first = (("in_channels", x[0]), ("out_channels", layer.channels), ("kernel_size", layer.kernel))
    padding = {"sides": (sides, REQUIRED)} if sides else {"padding": (layer.padding, 0)}
    return _made(
        "PaddedConv2d" if sides else "nn.Conv2d", *first, stride=(layer.stride, 1), **padding,
        dilation=(layer.dilation, 1), groups=(layer.groups, 1), bias=(layer.bias, True),
        padding_mode=(layer.padding_mode, "zeros"),
    )  # fmt: skip


def _transposed(layer: Any, x: Shape) -> Part:
    first = (("in_channels", x[0]), ("out_channels", layer.channels), ("kernel_size", layer.kernel))
    return _made(
        "nn.ConvTranspose2d", *first, stride=(layer.stride, 1), padding=(layer.padding, 0),
        output_padding=(layer.output_padding, 0), groups=(layer.groups, 1), bias=(layer.bias, True),
        dilation=(layer.dilation, 1),
    )  # fmt: skip


def _step(layer: Any) -> tuple[Any, Any]:
    """A pooling's stride; torch takes the kernel's size where none is given."""
    return (None if layer.stride == layer.kernel else layer.stride), None


def _max_pool(layer: Any, x: Shape) -> Part:
    sides = layer.padding if isinstance(layer.padding, tuple) and len(layer.padding) == 4 else None
    padding = {"sides": (sides, REQUIRED)} if sides else {"padding": (layer.padding, 0)}
    return _made(
        "PaddedMaxPool2d" if sides else "nn.MaxPool2d", ("kernel_size", layer.kernel), stride=_step(layer), **padding,
        dilation=(layer.dilation, 1), ceil_mode=(layer.ceil_mode, False),
    )  # fmt: skip


def _avg_pool(layer: Any, x: Shape) -> Part:
    return _made(
        "nn.AvgPool2d", ("kernel_size", layer.kernel), stride=_step(layer), padding=(layer.padding, 0),
        ceil_mode=(layer.ceil_mode, False), count_include_pad=(layer.count_include_pad, True),
    )  # fmt: skip


def _norm(layer: Any, x: Shape) -> Part:
    return _made(
        "nn.BatchNorm2d", ("num_features", x[0]), eps=(layer.eps, 1e-5), momentum=(layer.momentum, 0.1),
        affine=(layer.affine, True),
    )  # fmt: skip


def _group_norm(layer: Any, x: Shape) -> Part:
    first = (("num_groups", layer.groups), ("num_channels", x[0]))
    return _made("nn.GroupNorm", *first, eps=(layer.eps, 1e-5), affine=(layer.affine, True))


def _layer_norm(layer: Any, x: Shape) -> Part:
    channels = layer.over == "channels"
    return _made(
        "ChannelLayerNorm" if channels and len(x) > 1 else "nn.LayerNorm",
        ("normalized_shape", x[0] if channels or len(x) == 1 else x),
        eps=(layer.eps, 1e-5), elementwise_affine=(layer.affine, True),
    )  # fmt: skip


def _response_norm(layer: Any, x: Shape) -> Part:
    rest = {"alpha": (layer.alpha, 1e-4), "beta": (layer.beta, 0.75), "k": (layer.k, 1.0)}
    return _made("nn.LocalResponseNorm", ("size", layer.size), **rest)


def _zero_pad(layer: Any, x: Shape) -> Part:
    (top, bottom), (left, right) = (both(side) for side in padded_sides(layer.padding))
    sides = (left, right, top, bottom)
    return _made("nn.ZeroPad2d", ("padding", left if len(set(sides)) == 1 else sides))


def _upsample(layer: Any, x: Shape) -> Part:
    return _made("nn.Upsample", scale_factor=(layer.scale, REQUIRED), mode=(layer.mode, "nearest"))


def _linear(layer: Any, x: Shape) -> Part:
    make = "ChannelLinear" if layer.over == "channels" and len(x) > 1 else "nn.Linear"
    return _made(make, ("in_features", x[0]), ("out_features", layer.features), bias=(layer.bias, True))


def _scale(layer: Any, x: Shape) -> Part:
    return _made("Scale", ("channels", x[0]), bias=(layer.bias, False))


def _permute(layer: Any, x: Shape) -> Part:
    return _made("Permute", *((f"axis{number}", axis) for number, axis in enumerate(several(layer.order))))


def _reshape(layer: Any, x: Shape) -> Part:
    return _made("Reshape", *((f"size{number}", n or -1) for number, n in enumerate(several(layer.shape))))


def _yolo(layer: Any, x: Shape) -> Part:
    return _made(
        "Yolo", ("anchors", layer.anchors), ("classes", layer.classes), chances=(layer.chances, "sigmoid"),
        reach=(layer.reach, 1.0), suppression=(layer.suppression, "IoU"), growth=(layer.growth, "exp"),
        beta=(layer.beta, 0.6),
    )  # fmt: skip


def _stage(layer: Any, x: Shape) -> Part:
    usual = type(layer)()
    return _made(layer.kind, **{f.name: (getattr(layer, f.name), getattr(usual, f.name)) for f in fields(layer)})


def _slope(layer: Any, x: Shape) -> Part:
    return _made("nn.PReLU", num_parameters=(x[0] if layer.each else 1, 1))


def _plain(name: str, **settings: tuple[str, Any]) -> Callable[..., Part]:
    """torch's module of this name. settings: of its arguments, our name and torch's default."""
    return lambda layer, x: _made(
        f"nn.{name}", **{argument: (getattr(layer, ours), default) for argument, (ours, default) in settings.items()}
    )


def _first(make: str, *settings: tuple[str, str]) -> Callable[..., Part]:
    """A module whose positional arguments are these: its name for each, and ours."""
    return lambda layer, x: _made(make, *((argument, getattr(layer, ours)) for argument, ours in settings))


def _expression(written: Callable[[list[Doc]], Doc]) -> Callable[..., Part]:
    return lambda layer, *x: Part("", (), written)


def _between(sign: str) -> Callable[[list[Doc]], Doc]:
    return lambda x: sign.join(map(flat, x))


def _joined(x: list[Doc]) -> Doc:
    return call("torch.cat", Group("(", tuple(x), literal=True), "dim=1")


PARTS: dict[str, Callable[..., Part]] = {
    "Conv2d": _conv,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _avg_pool,
    "AdaptiveAvgPool2d": _first("nn.AdaptiveAvgPool2d", ("output_size", "size")),
    "GlobalAvgPool": _expression(lambda x: f"{flat(x[0])}.mean((2, 3))"),
    "ConvTranspose2d": _transposed,
    "Upsample": _upsample,
    "PixelShuffle": _first("nn.PixelShuffle", ("upscale_factor", "factor")),
    "PixelUnshuffle": _first("nn.PixelUnshuffle", ("downscale_factor", "factor")),
    "Reorg": _first("Reorg", ("factor", "factor")),
    "Yolo": _yolo,
    "Proposals": _stage,
    "Refinement": _stage,
    "AnchorHead": _expression(_joined),
    "RegionHead": _expression(_joined),
    "MaskHead": _plain("Identity"),
    "KeypointHead": _plain("Identity"),
    "RoIAlign": lambda layer, *x: _first("RoIAlign", ("size", "size"), ("samples", "samples"), ("levels", "levels"))(
        layer, x
    ),
    "L2Norm": lambda layer, x: _made("L2Norm", eps=(layer.eps, 1e-12)),
    "ReLU": _plain("ReLU"),
    "ReLU6": _plain("ReLU6"),
    "LeakyReLU": _plain("LeakyReLU", negative_slope=("slope", 0.01)),
    "PReLU": _slope,
    "ELU": _plain("ELU", alpha=("alpha", 1.0)),
    "SiLU": _plain("SiLU"),
    "Mish": _plain("Mish"),
    "GELU": _plain("GELU", approximate=("approximate", "none")),
    "Hardswish": _plain("Hardswish"),
    "Hardsigmoid": _plain("Hardsigmoid"),
    "Sigmoid": _plain("Sigmoid"),
    "Tanh": _plain("Tanh"),
    "Softmax": _plain("Softmax", dim=("axis", REQUIRED)),
    "Dropout": _plain("Dropout", p=("share", 0.5)),
    "Linear": _linear,
    "Add": _expression(_between(" + ")),
    "Multiply": _expression(_between(" * ")),
    "Concat": _expression(_joined),
    "BatchNorm2d": _norm,
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "LocalResponseNorm": _response_norm,
    "Scale": _scale,
    "Flatten": _plain("Flatten"),
    "Reshape": _reshape,
    "Permute": _permute,
    "Identity": _plain("Identity"),
    "ZeroPad2d": _zero_pad,
    "CenterCrop": _first("CenterCrop", ("size", "size")),
    "PadChannels": _first("PadChannels", ("channels", "channels")),
    "Slice": _first("Slice", ("start", "start"), ("channels", "channels")),
    "Opaque": lambda layer, *x: Part("Opaque"),
    "ChannelShuffle": _first("nn.ChannelShuffle", ("groups", "groups")),
}
"""Each kind but Input, which is an argument of `forward`; `opaque_source` writes the class of an Opaque."""
