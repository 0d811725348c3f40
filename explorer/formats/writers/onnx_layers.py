"""What each layer kind is in ONNX: one operator, or a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from explorer.formats.words import shown
from explorer.formats.writers import onnx_windows as windows
from explorer.formats.writers.onnx_graph import Graph, ends, sides
from explorer.layers.shapes import several
from explorer.maths.sentences import Refusal
from explorer.network.layer import Layer, Shape
from explorer.network.network import Node


class NotInOnnx(Refusal):
    """The network has a layer that is not written; the message names it."""


def write(graph: Graph, node: Node, x: Sequence[str], shapes: Sequence[Shape], y: Shape) -> str:
    """Add a node's operators, fed by the values `x`; returns its value's name."""
    graph.node = node
    WRITERS[node.layer.kind](graph, node.layer, list(x), list(shapes), y)
    return node.id


def _operator(name: str, **settings: Callable[[Any], Any]) -> Callable[..., None]:
    """A kind that is one operator without trained numbers."""

    def written(g: Graph, layer: Layer, x: list[str], shapes: list[Shape], y: Shape) -> None:
        g.add(name, *x, **{key: value(layer) for key, value in settings.items()})

    return written


def _moved(g: Graph, x: str, into: Sequence[int], order: Sequence[int], last: Sequence[int]) -> None:
    """Take axes apart, exchange them, and lay them together again; the first 0 stands for the batch."""
    apart = g.add("Reshape", x, g.constant("apart", into, np.int64), part="taken apart")
    turned = g.add("Transpose", apart, part="exchanged", perm=order)
    g.add("Reshape", turned, g.constant("together", last, np.int64))


def _pixel_shuffle(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("DepthToSpace", *x, blocksize=layer.factor, mode="CRD")


def _pixel_unshuffle(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    (c, h, w), r = shapes[0], layer.factor
    _moved(g, x[0], (0, c, h // r, r, w // r, r), (0, 1, 3, 5, 2, 4), (0, *y))


def _reorg(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    (c, h, w), r = shapes[0], layer.factor
    _moved(g, x[0], (0, c // r**2, h, r, w, r), (0, 3, 5, 1, 2, 4), (0, *y))


def _yolo(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """Middle, size, objectness and classes of each anchor's box, taken apart, computed and laid together."""
    boxes = g.constant("boxes", (0, len(layer.anchors), 5 + layer.classes, *y[1:]), np.int64)
    apart = g.add("Reshape", *x, boxes, part="apart")

    def cut(first: int, last: int, part: str) -> str:
        ends = (g.constant(f"{part} {word}", [n], np.int64) for word, n in (("from", first), ("to", last), ("axis", 2)))
        return g.add("Slice", apart, *ends, part=part)

    def sure(number: str, part: str) -> str:
        """A sigmoid, but where one came before the head."""
        return number if layer.growth == "square" else g.add("Sigmoid", number, part=part)

    middle = sure(cut(0, 2, "middle"), "in the cell")
    wide = g.add("Mul", middle, g.constant("reach", layer.reach), part="reaching")
    centre = g.add("Sub", wide, g.constant("margin", (layer.reach - 1) / 2), part="centred")
    there = sure(cut(4, 5, "object"), "objectness")
    parts = [centre, cut(2, 4, "size"), there]
    if layer.classes:
        classes = cut(5, 5 + layer.classes, "classes")
        soft = layer.chances == "softmax"
        parts.append(g.add("Softmax", classes, part="chances", axis=2) if soft else sure(classes, "chances"))
    joined = g.add("Concat", *parts, part="joined", axis=2)
    g.add("Reshape", joined, g.constant("map", (0, *y), np.int64))


def _mish(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Mul", *x, g.add("Tanh", g.add("Softplus", *x, part="softplus"), part="tanh"))


def _channel_shuffle(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    (c, h, w), groups = shapes[0], layer.groups
    _moved(g, x[0], (0, groups, c // groups, h, w), (0, 2, 1, 3, 4), (0, *y))


def _slope(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    slopes = g.weights[f"{g.node.id}.weight"]
    g.add("PRelu", *x, g.number(f"{g.node.id}.weight", slopes.reshape(-1, *(1 for _ in y[1:]))))


def _clip(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Clip", *x, g.constant("low", 0), g.constant("high", 6))


def _silu(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Mul", *x, g.add("Sigmoid", *x, part="sigmoid"))


def _join(operator: str) -> Callable[..., None]:
    """A join of two; more are joined one after the other."""

    def written(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
        joined = x[0]
        for number, other in enumerate(x[1:], 1):
            joined = g.add(operator, joined, other, part="" if number == len(x) - 1 else f"first {number + 1}")

    return written


def _linear(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    if len(y) == 1:
        g.add("Gemm", *x, g.weight("weight"), *filter(None, [g.weight("bias")]), transB=1)
        return
    columns = g.number(f"{g.node.id}.weight", g.weights[f"{g.node.id}.weight"].T)
    summed = g.add("MatMul", _channels_last(g, x[0], y), columns, part="summed")
    if layer.bias:
        summed = g.add("Add", summed, g.weight("bias"), part="shifted")
    _channels_first(g, summed, y)


def _channels_last(g: Graph, x: str, y: Shape) -> str:
    return g.add("Transpose", x, part="channels last", perm=(0, *range(2, len(y) + 1), 1))


def _channels_first(g: Graph, x: str, y: Shape) -> None:
    g.add("Transpose", x, perm=(0, len(y), *range(1, len(y))))


def _batch_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    c = shapes[0][0]
    scale = g.weight("weight") or g.constant("ones", np.ones(c))
    shift = g.weight("bias") or g.constant("zeros", np.zeros(c))
    g.add(
        "BatchNormalization", *x, scale, shift, g.weight("running_mean"), g.weight("running_var"),
        epsilon=float(layer.eps),
    )  # fmt: skip


def _group_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """ONNX normalises single channels: each group is laid out as one. Its own operator came with opset 21."""
    if layer.groups == y[0] and len(y) == 3 and layer.affine:
        g.add("InstanceNormalization", *x, g.weight("weight"), g.weight("bias"), epsilon=float(layer.eps))
        return
    groups = g.add("Reshape", *x, g.constant("groups", (0, layer.groups, -1), np.int64), part="grouped")
    ones, zeros = (g.constant(part, fill(layer.groups)) for part, fill in (("ones", np.ones), ("zeros", np.zeros)))
    normal = g.add("InstanceNormalization", groups, ones, zeros, part="normal", epsilon=float(layer.eps))
    shape = g.constant("shape", (0, *y), np.int64)
    if not layer.affine:
        g.add("Reshape", normal, shape)
        return
    each = (-1, *(1 for _ in y[1:]))
    scale, shift = (
        g.number(f"{g.node.id}.{n}", g.weights[f"{g.node.id}.{n}"].reshape(each)) for n in ("weight", "bias")
    )
    back = g.add("Reshape", normal, shape, part="laid out")
    g.add("Add", g.add("Mul", back, scale, part="scaled"), shift)


def _layer_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    across = layer.over == "channels" and len(y) > 1
    over = y[:1] if across else y
    scale = g.weight("weight") or g.constant("ones", np.ones(over))
    shift = g.weight("bias") or g.constant("zeros", np.zeros(over))
    if not across:
        g.add("LayerNormalization", *x, scale, shift, axis=1, epsilon=float(layer.eps))
        return
    last = _channels_last(g, x[0], y)
    normal = g.add("LayerNormalization", last, scale, shift, part="normal", axis=-1, epsilon=float(layer.eps))
    _channels_first(g, normal, y)


def _scale(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    each = (-1, *(1 for _ in y[1:]))
    names = ("weight", "bias") if layer.bias else ("weight",)
    weight, *bias = (g.number(f"{g.node.id}.{n}", g.weights[f"{g.node.id}.{n}"].reshape(each)) for n in names)
    if bias:
        g.add("Add", g.add("Mul", *x, weight, part="scaled"), *bias)
    else:
        g.add("Mul", *x, weight)


def _reshape(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Reshape", *x, g.constant("shape", (0, *y), np.int64))


def _opaque(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    raise NotInOnnx(
        f"{shown(g.node.id, 60)} ({shown(layer.name, 40)}) is a list of torch operations, which ONNX does not take: "
        "export the network as .py instead."
    )


def _response_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """Of an even number of channels torch has one more before the middle, ONNX behind it."""
    if layer.size % 2:
        g.add("LRN", *x, size=layer.size, alpha=float(layer.alpha), beta=float(layer.beta), bias=float(layer.k))
        return
    square = g.add("Mul", *x, *x, part="square")
    rows = g.add("Reshape", square, g.constant("rows", (0, 1, y[0], -1), np.int64), part="rows")
    mean = g.add(
        "AveragePool", rows, part="mean", kernel_shape=(layer.size, 1), count_include_pad=1,
        pads=(layer.size // 2, 0, (layer.size - 1) // 2, 0),
    )  # fmt: skip
    image = g.add("Reshape", mean, g.constant("shape", (0, *y), np.int64), part="image")
    strength = g.add("Mul", image, g.constant("alpha", layer.alpha), part="strength")
    above = g.add("Add", strength, g.constant("k", layer.k), part="above 0")
    g.add("Div", *x, g.add("Pow", above, g.constant("beta", layer.beta), part="divisor"))


def _zero_pad(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Pad", *x, g.constant("sides", ends(sides(layer.padding)), np.int64), mode="constant")


def _pad_channels(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Pad", *x, g.constant("sides", [0, 0, 0, 0, 0, y[0] - shapes[0][0], 0, 0], np.int64), mode="constant")


def _cut(g: Graph, x: list[str], first: Sequence[int], kept: Sequence[int], axes: Sequence[int]) -> None:
    last = [a + n for a, n in zip(first, kept, strict=True)]
    g.add("Slice", *x, *(g.constant(n, v, np.int64) for n, v in (("first", first), ("last", last), ("axes", axes))))


def _unit_length(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    length = g.add("ReduceL2", *x, g.constant("axis", [1], np.int64), part="length", keepdims=1)
    g.add("Div", *x, g.add("Max", length, g.constant("least", layer.eps), part="at least"))


def _crop(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    _cut(g, x, [(n - kept) // 2 for n, kept in zip(shapes[0][1:], y[1:], strict=True)], y[1:], (2, 3))


def _slice(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    _cut(g, x, [layer.start], [layer.channels], [1])


def _dropout(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """It does nothing when the network runs; ONNX's share must be below 1."""
    g.add("Dropout", *x, g.constant("share", min(layer.share, 0.999)))


WRITERS: dict[str, Callable[[Graph, Any, list[str], list[Shape], Shape], None]] = {
    "Conv2d": windows.conv,
    "MaxPool2d": windows.pool,
    "AvgPool2d": windows.pool,
    "AdaptiveAvgPool2d": windows.adaptive,
    "GlobalAvgPool": windows.global_average,
    "ConvTranspose2d": windows.transposed,
    "Upsample": windows.upsample,
    "PixelShuffle": _pixel_shuffle,
    "PixelUnshuffle": _pixel_unshuffle,
    "ReLU": _operator("Relu"),
    "ReLU6": _clip,
    "LeakyReLU": _operator("LeakyRelu", alpha=lambda layer: float(layer.slope)),
    "PReLU": _slope,
    "ELU": _operator("Elu", alpha=lambda layer: float(layer.alpha)),
    "SiLU": _silu,
    "Mish": _mish,
    "Reorg": _reorg,
    "Yolo": _yolo,
    "GELU": _operator("Gelu", approximate=lambda layer: layer.approximate),
    "Hardswish": _operator("HardSwish"),
    "Hardsigmoid": _operator("HardSigmoid", alpha=lambda layer: 1 / 6, beta=lambda layer: 0.5),
    "Sigmoid": _operator("Sigmoid"),
    "Tanh": _operator("Tanh"),
    "Softmax": _operator("Softmax", axis=lambda layer: layer.axis),
    "Dropout": _dropout,
    "Linear": _linear,
    "Add": _join("Add"),
    "Multiply": _join("Mul"),
    "Concat": _operator("Concat", axis=lambda layer: 1),
    "BatchNorm2d": _batch_norm,
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "LocalResponseNorm": _response_norm,
    "Scale": _scale,
    "Reshape": _reshape,
    "Permute": _operator("Transpose", perm=lambda layer: (0, *several(layer.order))),
    "Opaque": _opaque,
    "Flatten": _operator("Flatten", axis=lambda layer: 1),
    "Identity": _operator("Identity"),
    "Proposals": _operator("Identity"),
    "Refinement": _operator("Identity"),
    "AnchorHead": _operator("Concat", axis=lambda layer: 1),
    "RegionHead": _operator("Concat", axis=lambda layer: 1),
    "RoIAlign": windows.region,
    "L2Norm": _unit_length,
    "ZeroPad2d": _zero_pad,
    "CenterCrop": _crop,
    "PadChannels": _pad_channels,
    "Slice": _slice,
    "ChannelShuffle": _channel_shuffle,
}
"""Each kind but Input, which is an input of the graph."""
