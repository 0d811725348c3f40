"""What each layer kind is in Keras source, channels last; Keras lacks some kinds, and some of their settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.formats.writers.source import Doc, Group, call, flat, literal, named
from explorer.layers.shapes import several
from explorer.layers.sliding import both, padded_sides
from explorer.network.layer import Layer, Shape

Step = Callable[[str], Doc]
"""An expression over the value called so."""

Sides = tuple[tuple[int, int], tuple[int, int]]
"""Pixels above and below, left and right."""

NONE: Sides = ((0, 0), (0, 0))


class NotInKeras(Exception):
    """Keras has nothing for these settings; the message says what, as it stands behind “Keras has no”."""


def steps(layer: Layer, x: tuple[Shape, ...], name: str) -> list[Step]:
    """A layer with one input as calls one behind the other, the last of them called `name`. Raises NotInKeras."""
    if layer.kind not in LAYERS:
        raise NotInKeras(layer.kind)
    *first, (make, items) = LAYERS[layer.kind](layer, *x)
    return [*(_step(*part) for part in first), _step(make, items if make in BARE else {**items, "name": name})]


def join(layer: Layer, name: str, values: list[str]) -> Doc:
    """A layer with several inputs."""
    settings: Items = {"axis": -1} if layer.kind == "Concat" else {}
    words = [named(key, literal(value)) for key, value in {**settings, "name": name}.items()]
    return call(
        f"layers.{JOINS[layer.kind]}({', '.join(map(flat, words))})", Group("[", tuple(values), "]", literal=True)
    )


Items = dict[str, Any]
"""Arguments by their names; "" and numbers for those that stand first, without one."""

Part = tuple[str, Items]
"""A class of keras.layers with its arguments, or one of BARE."""

BARE = ("ops.pad", "ops.gelu", "slice")
"""Functions instead of layers: these have no name."""


def _step(make: str, items: Items) -> Step:
    words = [literal(v) if key.isdigit() else named(key, literal(v)) for key, v in items.items()]
    if make == "slice":
        return lambda x: f"{x}[..., {items['first']} : {items['last']}]"
    if make in BARE:
        return lambda x: call(make, x, *words)
    return lambda x: Group(f"layers.{make}(", tuple(words), f")({x})")


def _conv(layer: Any, x: Shape) -> Iterator[Part]:
    kernel, stride, dilation = both(layer.kernel), both(layer.stride), both(layer.dilation)
    if set(stride) != {1} and set(dilation) != {1}:
        raise NotInKeras("Conv2d with both stride and dilation")
    around = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    same = tuple((n // 2, n - n // 2) for n in around)
    sides = same if layer.padding == "same" else _sides(layer.padding)
    words: Items = {}
    if any(map(any, sides)):
        if layer.padding_mode == "zeros" and sides == same and set(stride) == {1}:
            words["padding"] = "same"
        else:
            yield _border(sides, layer.padding_mode)
    words |= _unless(1, strides=layer.stride, dilation_rate=layer.dilation) | _unless(True, use_bias=layer.bias)
    if is_depthwise(layer, x):
        times = _unless(1, depth_multiplier=layer.channels // x[0])
        yield "DepthwiseConv2D", {"0": layer.kernel, **times, **words}
    else:
        yield "Conv2D", {"0": layer.channels, "1": layer.kernel, **words, **_unless(1, groups=layer.groups)}


def is_depthwise(layer: Any, x: Shape) -> bool:
    """Whether Keras has its own layer for it: each channel by itself, with one stride."""
    return layer.kind == "Conv2d" and 1 < layer.groups == x[0] and len(set(both(layer.stride))) == 1


def _transposed(layer: Any, x: Shape) -> Iterator[Part]:
    kernel, stride, padding, added = (
        both(v) for v in (layer.kernel, layer.stride, layer.padding, layer.output_padding)
    )
    if layer.groups != 1 or layer.dilation not in (1, (1, 1)):
        raise NotInKeras("ConvTranspose2d with groups or dilation")
    if any(k < s or o > p for k, s, o, p in zip(kernel, stride, added, padding, strict=True)):
        raise NotInKeras("ConvTranspose2d whose stamps leave gaps or that adds pixels")
    words = _unless(1, strides=layer.stride) | _unless(True, use_bias=layer.bias)
    yield "Conv2DTranspose", {"0": layer.channels, "1": layer.kernel, **words}
    crop = tuple((p, p - o) for p, o in zip(padding, added, strict=True))
    if any(map(any, crop)):
        yield "Cropping2D", {"0": crop}


def _pool(layer: Any, x: Shape) -> Iterator[Part]:
    kernel, stride = both(layer.kernel), both(layer.stride)
    before, after = zip(*map(both, padded_sides(layer.padding)), strict=True)
    average = layer.kind == "AvgPool2d"
    if not average and layer.dilation not in (1, (1, 1)):
        raise NotInKeras("MaxPool2d with dilation")
    ends = [
        max(a, (m - 1) * s + k - p - n) if layer.ceil_mode else a
        for n, m, k, s, p, a in zip(x[1:], layer.output(x)[1:], kernel, stride, before, after, strict=True)
    ]
    sides = tuple(zip(before, ends, strict=True))
    if average and any(map(any, sides)) and (not layer.count_include_pad or tuple(ends) != after):
        raise NotInKeras("AvgPool2d that does not count its padding")
    if any(map(any, sides)):
        fill = {} if average else {"constant_values": -float("inf")}
        yield ("ZeroPadding2D", {"0": sides}) if average else ("ops.pad", {"0": ((0, 0), *sides, (0, 0)), **fill})
    words = {} if layer.stride == layer.kernel else {"strides": layer.stride}
    yield "AveragePooling2D" if average else "MaxPooling2D", {"0": layer.kernel, **words}


def _adaptive(layer: Any, x: Shape) -> Iterator[Part]:
    wanted = both(layer.size)
    if set(wanted) == {1}:
        yield "GlobalAveragePooling2D", {"keepdims": True}
    elif all(n % m == 0 for n, m in zip(x[1:], wanted, strict=True)):
        yield "AveragePooling2D", {"0": tuple(n // m for n, m in zip(x[1:], wanted, strict=True))}
    else:
        yield "AdaptiveAveragePooling2D", {"0": layer.size}


def _upsample(layer: Any, x: Shape) -> Iterator[Part]:
    yield "UpSampling2D", {"0": layer.scale, **_unless("nearest", interpolation=layer.mode)}


def _slope(layer: Any, x: Shape) -> Iterator[Part]:
    axes = list(range(1, len(x) + 1))
    shared = axes[:-1] if layer.each else axes
    yield "PReLU", {"shared_axes": tuple(shared)} if shared else {}


def _gelu(layer: Any, x: Shape) -> Iterator[Part]:
    yield ("ops.gelu", {"approximate": True}) if layer.approximate == "tanh" else ("Activation", {"0": "gelu"})


def _softmax(layer: Any, x: Shape) -> Iterator[Part]:
    yield "Softmax", {} if layer.axis == 1 else {"axis": layer.axis - 1}


def _norm(layer: Any, x: Shape) -> Iterator[Part]:
    words = _unless(0.99, momentum=round(1 - layer.momentum, 12)) | _unless(1e-3, epsilon=layer.eps)
    yield "BatchNormalization", words | _unless(True, center=layer.affine, scale=layer.affine)


def _group_norm(layer: Any, x: Shape) -> Iterator[Part]:
    if len(x) == 1:
        raise NotInKeras("GroupNorm of a vector")
    words = _unless(1e-3, epsilon=layer.eps) | _unless(True, center=layer.affine, scale=layer.affine)
    yield "GroupNormalization", {"0": layer.groups, **words}


def _layer_norm(layer: Any, x: Shape) -> Iterator[Part]:
    axes = {"axis": (1, 2, 3)} if layer.over == "everything" and len(x) == 3 else {}
    words = _unless(1e-3, epsilon=layer.eps) | _unless(True, center=layer.affine, scale=layer.affine)
    yield "LayerNormalization", {**axes, **words}


def _linear(layer: Any, x: Shape) -> Iterator[Part]:
    yield "Dense", {"0": layer.features, **_unless(True, use_bias=layer.bias)}


def _zero_pad(layer: Any, x: Shape) -> Iterator[Part]:
    yield _border(_sides(layer.padding), "zeros")


def _crop(layer: Any, x: Shape) -> Iterator[Part]:
    before = [(n - kept) // 2 for n, kept in zip(x[1:], both(layer.size), strict=True)]
    after = [n - kept - b for n, kept, b in zip(x[1:], both(layer.size), before, strict=True)]
    yield "Cropping2D", {"0": tuple(zip(before, after, strict=True))}


def _pad_channels(layer: Any, x: Shape) -> Iterator[Part]:
    yield "ops.pad", {"0": ((0, 0), (0, 0), (0, 0), (0, layer.channels - x[0]))}


def _slice(layer: Any, x: Shape) -> Iterator[Part]:
    yield "slice", {"first": layer.start, "last": layer.start + layer.channels}


def _flatten(layer: Any, x: Shape) -> Iterator[Part]:
    """Channel by channel, so that weights behind it have torch's order; where channels are all there is they are so."""
    if set(x[1:]) != {1} and len(x) > 1:
        yield "Permute", {"0": (len(x), *range(1, len(x)))}
    yield "Flatten", {}


def _permute(layer: Any, x: Shape) -> Iterator[Part]:
    """Our axes 1, 2, 3 lie at 3, 1, 2 there."""
    order, last = several(layer.order), len(x)
    yield "Permute", {"0": tuple(last if axis == 1 else axis - 1 for axis in (*order[1:], order[0]))}


def _reshape(layer: Any, x: Shape) -> Iterator[Part]:
    """The numbers in our order: channel by channel."""
    y = layer.output(x)
    if len(x) > 1:
        yield "Permute", {"0": (len(x), *range(1, len(x)))}
    yield "Reshape", {"0": y}
    if len(y) > 1:
        yield "Permute", {"0": (*range(2, len(y) + 1), 1)}


def _channel_shuffle(layer: Any, x: Shape) -> Iterator[Part]:
    c, h, w = x
    yield "Reshape", {"0": (h, w, layer.groups, c // layer.groups)}
    yield "Permute", {"0": (1, 2, 4, 3)}
    yield "Reshape", {"0": (h, w, c)}


def _plain(make: str, **settings: Callable[[Any], Any]) -> Callable[..., Iterator[Part]]:
    def part(layer: Any, x: Shape) -> Iterator[Part]:
        yield make, {key: value(layer) for key, value in settings.items()}

    return part


def _activation(name: str) -> Callable[..., Iterator[Part]]:
    def part(layer: Any, x: Shape) -> Iterator[Part]:
        yield "Activation", {"0": name}

    return part


def _sides(padding: Any) -> Sides:
    along, across = padded_sides(padding)
    return both(along), both(across)


def _border(sides: Any, mode: str) -> Part:
    if mode == "zeros":
        return "ZeroPadding2D", {"0": sides}
    if mode == "reflect":
        return "ops.pad", {"0": ((0, 0), *sides, (0, 0)), "mode": "reflect"}
    raise NotInKeras(f"Conv2d with {mode} padding")


def _unless(default: Any, **settings: Any) -> Items:
    """The settings that are not Keras's default."""
    return {key: value for key, value in settings.items() if value not in (default, (default, default))}


LAYERS: dict[str, Callable[..., Iterator[Part]]] = {
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "AdaptiveAvgPool2d": _adaptive,
    "GlobalAvgPool": _plain("GlobalAveragePooling2D"),
    "ConvTranspose2d": _transposed,
    "Upsample": _upsample,
    "ReLU": _plain("ReLU"),
    "ReLU6": _plain("ReLU", max_value=lambda layer: 6.0),
    "LeakyReLU": _plain("LeakyReLU", negative_slope=lambda layer: layer.slope),
    "PReLU": _slope,
    "ELU": _plain("ELU", alpha=lambda layer: layer.alpha),
    "SiLU": _activation("silu"),
    "GELU": _gelu,
    "Mish": _activation("mish"),
    "Hardswish": _activation("hard_swish"),
    "Hardsigmoid": _activation("hard_sigmoid"),
    "Sigmoid": _activation("sigmoid"),
    "Tanh": _activation("tanh"),
    "Softmax": _softmax,
    "Dropout": _plain("Dropout", rate=lambda layer: layer.share),
    "Linear": _linear,
    "BatchNorm2d": _norm,
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "Flatten": _flatten,
    "Identity": _plain("Identity"),
    "MaskHead": _plain("Identity"),
    "KeypointHead": _plain("Identity"),
    "ZeroPad2d": _zero_pad,
    "CenterCrop": _crop,
    "PadChannels": _pad_channels,
    "Slice": _slice,
    "ChannelShuffle": _channel_shuffle,
    "Permute": _permute,
    "Reshape": _reshape,
}
"""Each kind that Keras has, with one input."""

JOINS = {"Add": "Add", "Multiply": "Multiply", "Concat": "Concatenate"}
MISSING = frozenset(
    ("AnchorHead", "L2Norm", "LocalResponseNorm", "Opaque", "PixelShuffle", "PixelUnshuffle", "Proposals",
     "Refinement", "RegionHead", "Reorg", "RoIAlign", "Scale", "Yolo")
)  # fmt: skip
"""Kinds that Keras does not have."""
