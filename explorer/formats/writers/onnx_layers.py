"""What each layer kind is in ONNX: one operator, or a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from explorer.layers.sliding import both, padded_sides
from explorer.network.layer import Layer, Shape
from explorer.network.network import Node

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""ONNX's words for what a border holds; a border that wraps came with opset 19."""


class Graph:
    """Collects operators and numbers; every value is called after the node it belongs to.

    weights: arrays by `node id.parameter`. taken: names that only their nodes may have.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], taken: Iterable[str]) -> None:
        self.weights, self._taken = weights, set(taken)
        self.operators: list[NodeProto] = []
        self.numbers: list[TensorProto] = []
        self.node = Node("", Layer())

    def add(self, operator: str, *inputs: str, part: str = "", **settings: Any) -> str:
        """One operator; its output goes by the node's id, or by that and `part` within the node."""
        name = self._free(f"{self.node.id}/{part}") if part else self.node.id
        settings = {key: value for key, value in settings.items() if value is not None}
        self.operators.append(helper.make_node(operator, inputs, [name], name=name, **settings))
        return name

    def weight(self, parameter: str) -> str:
        """The name of a trained tensor of the node, or "" where it has none."""
        name = f"{self.node.id}.{parameter}"
        return self.number(name, self.weights[name]) if name in self.weights else ""

    def constant(self, part: str, value: Any, type: Any = np.float32) -> str:
        """The name of numbers that are not trained."""
        return self.number(f"{self.node.id}/{part}", np.asarray(value, type))

    def number(self, name: str, value: NDArray[Any]) -> str:
        """Keep a tensor, under this name where it is free."""
        name = self._free(name)
        self.numbers.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


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


def _sides(padding: Any) -> list[int]:
    """Padding as ONNX writes it: top, left, bottom, right."""
    (top, bottom), (left, right) = (both(side) for side in padded_sides(padding))
    return [top, left, bottom, right]


def _ends(sides: list[int]) -> list[int]:
    """The same for all four axes, the batch and the channels first."""
    return [0, 0, *sides[:2], 0, 0, *sides[2:]]


def _padded(g: Graph, x: str, sides: list[int], mode: str, fill: float = 0.0) -> str:
    value = [g.constant("border", fill)] if mode == "constant" else []
    return g.add("Pad", x, g.constant("sides", _ends(sides), np.int64), *value, part="padded", mode=mode)


def _conv(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    kernel, dilation = both(layer.kernel), both(layer.dilation)
    if layer.padding == "same":
        around = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        sides = [n // 2 for n in around] + [n - n // 2 for n in around]
    else:
        sides = _sides(layer.padding)
    (source,) = x
    if layer.padding_mode != "zeros":
        source, sides = _padded(g, source, sides, MODES[layer.padding_mode]), [0, 0, 0, 0]
    g.add(
        "Conv", source, g.weight("weight"), *filter(None, [g.weight("bias")]), kernel_shape=kernel,
        strides=both(layer.stride), dilations=dilation, group=layer.groups, pads=sides,
    )  # fmt: skip


def _transposed(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    added, stride, padding = both(layer.output_padding), both(layer.stride), both(layer.padding)
    settings: dict[str, Any] = {
        "kernel_shape": both(layer.kernel), "strides": stride, "dilations": both(layer.dilation), "group": layer.groups,
    }  # fmt: skip
    weight = g.weight("weight")
    if all(o < s for o, s in zip(added, stride, strict=True)):
        bias = filter(None, [g.weight("bias")])
        g.add("ConvTranspose", *x, weight, *bias, pads=_sides(layer.padding), output_padding=added, **settings)
        return
    # onnxruntime adds fewer pixels than a stride: less is cut off instead, and what is then missing holds the bias alone.
    less = [min(o, p) for o, p in zip(added, padding, strict=True)]
    pads = [*padding, *(p - n for p, n in zip(padding, less, strict=True))]
    stamped = g.add("ConvTranspose", *x, weight, part="stamped", pads=pads, **settings)
    whole = _padded(g, stamped, [0, 0, *(o - n for o, n in zip(added, less, strict=True))], "constant")
    if layer.bias:
        g.add("Add", whole, g.number(f"{g.node.id}.bias", g.weights[f"{g.node.id}.bias"].reshape(-1, 1, 1)))
    else:
        g.add("Identity", whole)


def _pool(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """Rounded up or not, the windows are those that torch counts: the border behind is as wide as the last one needs.

    ONNX's own ceil_mode leaves open what a window counts that begins behind the image.
    """
    average = layer.kind == "AvgPool2d"
    kernel, stride, padding = both(layer.kernel), both(layer.stride), both(layer.padding)
    dilation = (1, 1) if average else both(layer.dilation)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    needs = [
        (m - 1) * s + r - p - n for m, s, r, p, n in zip(y[1:], stride, reach, padding, shapes[0][1:], strict=True)
    ]
    settings: dict[str, Any] = {"kernel_shape": kernel, "strides": stride}
    if not average:
        after = [max(0, n) for n in needs]
        source = x[0]
        if any(a >= k for a, k in zip((*padding, *after), (*kernel, *kernel), strict=True)):
            source = _padded(g, source, [*padding, *after], "constant", fill=-np.inf)
            padding, after = (0, 0), [0, 0]
        g.add("MaxPool", source, dilations=dilation, pads=[*padding, *after], **settings)
        return
    _average(g, layer, x[0], shapes[0], needs, settings)


def _average(g: Graph, layer: Any, x: str, shape: Shape, needs: list[int], settings: dict[str, Any]) -> None:
    """Windows that hang over the edge are divided by the pixels, of image and padding, that they have in them."""
    padding = both(layer.padding)
    over = [max(0, need - p) for need, p in zip(needs, padding, strict=True)]
    after = [max(0, need) if o else p for need, p, o in zip(needs, padding, over, strict=True)]
    if not any(over):
        counted = int(layer.count_include_pad)
        g.add("AveragePool", x, pads=[*padding, *padding], count_include_pad=counted, **settings)
        return
    total = _padded(g, x, [*padding, *after], "constant")
    sums = g.add("AveragePool", total, part="average", **settings)
    inside = np.ones(shape[1:])
    if layer.count_include_pad:
        inside = np.pad(inside, [(p, p) for p in padding], constant_values=1)
        inside = np.pad(inside, [(0, o) for o in over])
    else:
        inside = np.pad(inside, list(zip(padding, after, strict=True)))
    windows = np.lib.stride_tricks.sliding_window_view(inside, both(layer.kernel))
    strides = both(layer.stride)
    g.add("Div", sums, g.constant("share", windows[:: strides[0], :: strides[1]].mean((2, 3))))


def _adaptive(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """A pooling where all windows are equal, else the two products with what each row and column counts."""
    sizes, wanted = shapes[0][1:], y[1:]
    if wanted == (1, 1):
        g.add("GlobalAveragePool", *x)
    elif all(n % m == 0 for n, m in zip(sizes, wanted, strict=True)):
        steps = [n // m for n, m in zip(sizes, wanted, strict=True)]
        g.add("AveragePool", *x, kernel_shape=steps, strides=steps)
    else:
        rows, columns = (_shares(n, m) for n, m in zip(sizes, wanted, strict=True))
        across = g.add("MatMul", *x, g.constant("columns", columns.T), part="across")
        g.add("MatMul", g.constant("rows", rows), across)


def _shares(size: int, parts: int) -> NDArray[Any]:
    """(parts, size): how much each pixel counts in each average, as torch cuts them."""
    shares = np.zeros((parts, size))
    for part in range(parts):
        first, last = part * size // parts, -(-(part + 1) * size // parts)
        shares[part, first:last] = 1 / (last - first)
    return shares


def _global(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Flatten", g.add("GlobalAveragePool", *x, part="average"), axis=1)


def _upsample(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    scales = g.constant("scales", [1, 1, *both(layer.scale)])
    blend = layer.mode == "bilinear"
    g.add(
        "Resize", *x, "", scales, mode="linear" if blend else "nearest",
        coordinate_transformation_mode="pytorch_half_pixel" if blend else "asymmetric",
        nearest_mode=None if blend else "floor",
    )  # fmt: skip


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
    g.add("Gemm", *x, g.weight("weight"), *filter(None, [g.weight("bias")]), transB=1)


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
    across = layer.over == "channels" and len(y) == 3
    over = y[:1] if across else y
    scale = g.weight("weight") or g.constant("ones", np.ones(over))
    shift = g.weight("bias") or g.constant("zeros", np.zeros(over))
    if not across:
        g.add("LayerNormalization", *x, scale, shift, axis=1, epsilon=float(layer.eps))
        return
    last = g.add("Transpose", *x, part="channels last", perm=(0, 2, 3, 1))
    normal = g.add("LayerNormalization", last, scale, shift, part="normal", axis=-1, epsilon=float(layer.eps))
    g.add("Transpose", normal, perm=(0, 3, 1, 2))


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
    g.add("Pad", *x, g.constant("sides", [*_ends(_sides(layer.padding))], np.int64), mode="constant")


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
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "AdaptiveAvgPool2d": _adaptive,
    "GlobalAvgPool": _global,
    "ConvTranspose2d": _transposed,
    "Upsample": _upsample,
    "PixelShuffle": _pixel_shuffle,
    "PixelUnshuffle": _pixel_unshuffle,
    "ReLU": _operator("Relu"),
    "ReLU6": _clip,
    "LeakyReLU": _operator("LeakyRelu", alpha=lambda layer: float(layer.slope)),
    "PReLU": _slope,
    "ELU": _operator("Elu", alpha=lambda layer: float(layer.alpha)),
    "SiLU": _silu,
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
    "Flatten": _operator("Flatten", axis=lambda layer: 1),
    "Identity": _operator("Identity"),
    "ZeroPad2d": _zero_pad,
    "CenterCrop": _crop,
    "PadChannels": _pad_channels,
    "Slice": _slice,
    "ChannelShuffle": _channel_shuffle,
}
"""Each kind but Input, which is an input of the graph."""
