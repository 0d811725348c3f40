"""Layers that normalise or scale what they get, in ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.formats.writers.onnx_graph import Graph
from explorer.network.layer import Shape


def channels_last(g: Graph, x: str, y: Shape) -> str:
    return g.add("Transpose", x, part="channels last", perm=(0, *range(2, len(y) + 1), 1))


def channels_first(g: Graph, x: str, y: Shape) -> None:
    g.add("Transpose", x, perm=(0, len(y), *range(1, len(y))))


def batch_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    c = shapes[0][0]
    scale = g.weight("weight") or g.constant("ones", np.ones(c))
    shift = g.weight("bias") or g.constant("zeros", np.zeros(c))
    g.add(
        "BatchNormalization", *x, scale, shift, g.weight("running_mean"), g.weight("running_var"),
        epsilon=float(layer.eps),
    )  # fmt: skip


def group_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
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


def layer_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    across = layer.over == "channels" and len(y) > 1
    over = y[:1] if across else y
    scale = g.weight("weight") or g.constant("ones", np.ones(over))
    shift = g.weight("bias") or g.constant("zeros", np.zeros(over))
    if not across:
        g.add("LayerNormalization", *x, scale, shift, axis=1, epsilon=float(layer.eps))
        return
    last = channels_last(g, x[0], y)
    normal = g.add("LayerNormalization", last, scale, shift, part="normal", axis=-1, epsilon=float(layer.eps))
    channels_first(g, normal, y)


def scale(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    each = (-1, *(1 for _ in y[1:]))
    names = ("weight", "bias") if layer.bias else ("weight",)
    weight, *bias = (g.number(f"{g.node.id}.{n}", g.weights[f"{g.node.id}.{n}"].reshape(each)) for n in names)
    if bias:
        g.add("Add", g.add("Mul", *x, weight, part="scaled"), *bias)
    else:
        g.add("Mul", *x, weight)


def response_norm(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
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


def unit_length(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    length = g.add("ReduceL2", *x, g.constant("axis", [1], np.int64), part="length", keepdims=1)
    g.add("Div", *x, g.add("Max", length, g.constant("least", layer.eps), part="at least"))
