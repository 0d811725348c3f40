"""Layers that slide a window over the image, in ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.formats.writers.onnx_graph import Graph, padded, sides
from explorer.layers.sliding import both, padded_sides
from explorer.maths.regions import blend
from explorer.network.layer import Shape

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""ONNX's words for what a border holds; a border that wraps came with opset 19."""


def conv(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    kernel, dilation = both(layer.kernel), both(layer.dilation)
    if layer.padding == "same":
        around = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        border = [n // 2 for n in around] + [n - n // 2 for n in around]
    else:
        border = sides(layer.padding)
    (source,) = x
    if layer.padding_mode != "zeros":
        source, border = padded(g, source, border, MODES[layer.padding_mode]), [0, 0, 0, 0]
    g.add(
        "Conv", source, g.weight("weight"), *filter(None, [g.weight("bias")]), kernel_shape=kernel,
        strides=both(layer.stride), dilations=dilation, group=layer.groups, pads=border,
    )  # fmt: skip


def transposed(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    added, stride, padding = both(layer.output_padding), both(layer.stride), both(layer.padding)
    settings: dict[str, Any] = {
        "kernel_shape": both(layer.kernel), "strides": stride, "dilations": both(layer.dilation), "group": layer.groups,
    }  # fmt: skip
    weight = g.weight("weight")
    if all(o < s for o, s in zip(added, stride, strict=True)):
        bias = filter(None, [g.weight("bias")])
        g.add("ConvTranspose", *x, weight, *bias, pads=sides(layer.padding), output_padding=added, **settings)
        return
    # onnxruntime adds fewer pixels than a stride: less is cut off instead, and what is still missing holds the bias.
    less = [min(o, p) for o, p in zip(added, padding, strict=True)]
    pads = [*padding, *(p - n for p, n in zip(padding, less, strict=True))]
    stamped = g.add("ConvTranspose", *x, weight, part="stamped", pads=pads, **settings)
    whole = padded(g, stamped, [0, 0, *(o - n for o, n in zip(added, less, strict=True))], "constant")
    if layer.bias:
        g.add("Add", whole, g.number(f"{g.node.id}.bias", g.weights[f"{g.node.id}.bias"].reshape(-1, 1, 1)))
    else:
        g.add("Identity", whole)


def pool(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """Rounded up or not, the windows are those that torch counts: the border behind is as wide as the last one needs.

    ONNX's own ceil_mode leaves open what a window counts that begins behind the image.
    """
    average = layer.kind == "AvgPool2d"
    kernel, stride = both(layer.kernel), both(layer.stride)
    padding = tuple(both(side)[0] for side in padded_sides(layer.padding))  # what comes after follows from the size
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
            source = padded(g, source, [*padding, *after], "constant", fill=-np.inf)
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
    total = padded(g, x, [*padding, *after], "constant")
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


def adaptive(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
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


def global_average(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    g.add("Flatten", g.add("GlobalAveragePool", *x, part="average"), axis=1)


def upsample(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    scales = g.constant("scales", [1, 1, *both(layer.scale)])
    blend = layer.mode == "bilinear"
    g.add(
        "Resize", *x, "", scales, mode="linear" if blend else "nearest",
        coordinate_transformation_mode="pytorch_half_pixel" if blend else "asymmetric",
        nearest_mode=None if blend else "floor",
    )  # fmt: skip


def region(g: Graph, layer: Any, x: list[str], shapes: list[Shape], y: Shape) -> None:
    """RoIAlign of the whole map, which is a matrix along each axis."""
    _, high, wide = shapes[layer.levels - 1]
    down, across = (blend(size, 0, size, layer.size, layer.samples).astype(np.float32) for size in (high, wide))
    rows = g.add("MatMul", g.constant("down", down), x[layer.levels - 1], part="rows")
    g.add("MatMul", rows, g.constant("across", np.ascontiguousarray(across.T)))
