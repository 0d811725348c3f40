"""What each layer kind is in ONNX: one operator, or a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from explorer.formats.words import shown
from explorer.formats.writers import onnx_norms as norms
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
    summed = g.add("MatMul", norms.channels_last(g, x[0], y), columns, part="summed")
    if layer.bias:
        summed = g.add("Add", summed, g.weight("bias"), part="shifted")
    norms.channels_first(g, summed, y)


def _reshape(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Reshape", *x, g.constant("shape", (0, *y), np.int64))


def _opaque(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    raise NotInOnnx(
        f"{shown(g.node.id, 60)} ({shown(layer.name, 40)}) is a list of torch operations, which ONNX does not take: "
        "export the network as .py instead."
    )


def _zero_pad(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Pad", *x, g.constant("sides", ends(sides(layer.padding)), np.int64), mode="constant")


def _pad_channels(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Pad", *x, g.constant("sides", [0, 0, 0, 0, 0, y[0] - shapes[0][0], 0, 0], np.int64), mode="constant")


def _cut(g: Graph, x: list[str], first: Sequence[int], kept: Sequence[int], axes: Sequence[int]) -> None:
    last = [a + n for a, n in zip(first, kept, strict=True)]
    g.add("Slice", *x, *(g.constant(n, v, np.int64) for n, v in (("first", first), ("last", last), ("axes", axes))))


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
    "BatchNorm2d": norms.batch_norm,
    "GroupNorm": norms.group_norm,
    "LayerNorm": norms.layer_norm,
    "LocalResponseNorm": norms.response_norm,
    "Scale": norms.scale,
    "Reshape": _reshape,
    "Permute": _operator("Transpose", perm=lambda layer: (0, *several(layer.order))),
    "Opaque": _opaque,
    "Flatten": _operator("Flatten", axis=lambda layer: 1),
    "Identity": _operator("Identity"),
    "Proposals": _operator("Identity"),
    "Refinement": _operator("Identity"),
    "AnchorHead": _operator("Concat", axis=lambda layer: 1),
    "RegionHead": _operator("Concat", axis=lambda layer: 1),
    "MaskHead": _operator("Identity"),
    "KeypointHead": _operator("Identity"),
    "RoIAlign": windows.region,
    "L2Norm": norms.unit_length,
    "ZeroPad2d": _zero_pad,
    "CenterCrop": _crop,
    "PadChannels": _pad_channels,
    "Slice": _slice,
    "ChannelShuffle": _channel_shuffle,
}
"""Each kind but Input, which is an input of the graph."""
