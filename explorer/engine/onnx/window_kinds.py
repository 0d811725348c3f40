"""Which of ONNX's operators on images are a layer kind of ours: windows, borders, sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from explorer.engine.onnx.building import Builder
from explorer.engine.onnx.looking import Reading, Result, as_image, numbers, pair, tensor
from explorer.engine.onnx.operators import Settings
from explorer.engine.onnx.resizing import resized, taps
from explorer.engine.onnx.values import View
from explorer.engine.onnx.windows import borders
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, Upsample
from explorer.layers.shapes import ZeroPad2d
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.network.layer import Layer

BORDERS = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}
"""What a Conv2d calls the borders that a Pad in front of it makes."""


def _conv(b: Builder, a: Settings, id: str, x: Any, weight: Any, bias: Any = None) -> Result:
    if not numbers(weight, bias) or weight.tensor.dim() != 4 or (image := as_image(b, x)) is None:
        return None
    kernel = list(weight.tensor.shape[2:])
    dilations = a.get("dilations") or [1, 1]
    top, left, bottom, right = borders(a, b.shapes[image.id][1:], kernel, dilations)
    mode = "zeros"
    if image.id in b.borders and not any((top, bottom, left, right)):
        image, mode, (top, bottom, left, right) = b.borders[image.id]
    padding = pair((top, left)) if (top, left) == (bottom, right) else (top, bottom, left, right)
    layer = Conv2d(
        weight.tensor.shape[0], pair(kernel), pair(a.get("strides") or [1, 1]), padding,
        pair(dilations), a.get("group", 1), bias is not None, mode,
    )  # fmt: skip
    return b.place(id, layer, [image], weight=tensor(weight), bias=tensor(bias))


def _stamped(b: Builder, a: Settings, id: str, x: Any, weight: Any, bias: Any = None) -> Result:
    pads = a.get("pads") or [0, 0, 0, 0]
    plain = a.get("auto_pad", "NOTSET") == "NOTSET" and not a.get("output_shape") and pads[:2] == pads[2:]
    if not plain or not numbers(weight, bias) or weight.tensor.dim() != 4 or (image := as_image(b, x)) is None:
        return None
    groups = a.get("group", 1)
    layer = ConvTranspose2d(
        weight.tensor.shape[1] * groups, pair(list(weight.tensor.shape[2:])), pair(a.get("strides") or [1, 1]),
        pair(pads[:2]), pair(a.get("output_padding") or [0, 0]), pair(a.get("dilations") or [1, 1]), groups,
        bias is not None,
    )  # fmt: skip
    return b.place(id, layer, [image], weight=tensor(weight), bias=tensor(bias))


def _pooled(kind: Callable[..., Layer]) -> Reading:
    def read(b: Builder, a: Settings, id: str, x: Any) -> Result:
        image, kernel = as_image(b, x), a["kernel_shape"]
        if image is None or a["outputs"] > 1:
            return None
        dilations = a.get("dilations") or [1, 1]
        top, left, bottom, right = borders(a, b.shapes[image.id][1:], kernel, dilations)
        even = (top, left) == (bottom, right)
        if not even and (kind is not _max_pool or a.get("ceil_mode")):
            return None
        padding = pair((top, left)) if even else (top, bottom, left, right)
        return b.place(id, kind(a, pair(kernel), pair(a.get("strides") or [1, 1]), padding), [image])

    return read


def _max_pool(a: Settings, kernel: Any, stride: Any, padding: Any) -> Layer:
    return MaxPool2d(kernel, stride, padding, pair(a.get("dilations") or [1, 1]), bool(a.get("ceil_mode")))


def _avg_pool(a: Settings, kernel: Any, stride: Any, padding: Any) -> Layer:
    return AvgPool2d(kernel, stride, padding, bool(a.get("ceil_mode")), bool(a.get("count_include_pad")))


def _global_pool(b: Builder, a: Settings, id: str, x: Any) -> Result:
    image = as_image(b, x)
    return b.place(id, AdaptiveAvgPool2d(1), [image]) if image else None


def _mean(b: Builder, a: Settings, id: str, x: View) -> Result:
    axes = {x.axes[int(axis)] for axis in a.get("axes") or ()}
    if axes != {2, 3} or len(x.axes) != 4 or not b.whole(x):
        return None
    if a.get("keepdims", 1):
        return View(b.place(id, AdaptiveAvgPool2d(1), [x]).id, x.axes)
    return b.place(id, GlobalAvgPool(), [x])


def _resized(b: Builder, a: Settings, id: str, x: Any) -> Result:
    """Upsample, where each output pixel takes of the input what it would there."""
    if (image := as_image(b, x)) is None or a.get("antialias") or a.get("exclude_outside"):
        return None
    before = (1, *b.shapes[image.id])
    wanted, factors = resized(a, before)
    scale = [n // m for n, m in zip(wanted[2:], before[2:], strict=True)]
    if wanted[:2] != list(before[:2]) or [s * m for s, m in zip(scale, before[2:], strict=True)] != wanted[2:]:
        return None
    nearest = a.get("mode", "nearest") == "nearest"
    mode, where = ("nearest", "asymmetric") if nearest else ("linear", "half_pixel")
    ours = {"version": 18, "mode": mode, "coordinate_transformation_mode": where, "nearest_mode": "floor"}
    for size, n, factor, s in zip(before[2:], wanted[2:], factors[2:], scale, strict=True):
        pixels = torch.arange(n, dtype=torch.float64)
        pairs = zip(taps(a, pixels, size, factor), taps(ours, pixels, size, float(s)), strict=True)
        if any(len(found) != len(own) or not all(map(torch.equal, found, own)) for found, own in pairs):
            return None
    return b.place(id, Upsample(pair(scale), "nearest" if nearest else "bilinear"), [image])


def _zeros(b: Builder, a: Settings, id: str, x: View) -> Result:
    rank = len(x.axes)
    axes = [int(axis) % rank for axis in a["axes"]] if a.get("axes") else list(range(rank))
    before, behind = a["pads"][: len(axes)], a["pads"][len(axes) :]
    sides = {x.axes[axis]: (int(m), int(n)) for axis, m, n in zip(axes, before, behind, strict=True) if m or n}
    value = a.get("value") or 0.0
    if not sides:
        return x
    if sides.keys() - {2, 3} or not b.whole(x):
        return None
    (top, bottom), (left, right) = sides.get(2, (0, 0)), sides.get(3, (0, 0))
    if (mode := a.get("mode", "constant")) != "constant":
        if mode in BORDERS and x.axes == (0, 1, 2, 3) and min(top, bottom, left, right) >= 0:
            b.borders[id] = x, BORDERS[mode], (top, bottom, left, right)
        return None  # by itself it is no layer, only with a convolution behind it
    if value not in (0.0, [0.0]):
        return None
    padding = top if top == bottom == left == right else (top, bottom, left, right)
    return View(b.place(id, ZeroPad2d(padding), [x]).id, x.axes)


def _depth_to_space(b: Builder, a: Settings, id: str, x: Any) -> Result:
    image = as_image(b, x)
    return b.place(id, PixelShuffle(a["blocksize"]), [image]) if image and a.get("mode") == "CRD" else None


WINDOW_KINDS: dict[str, Reading] = {
    "Conv": _conv,
    "ConvTranspose": _stamped,
    "MaxPool": _pooled(_max_pool),
    "AveragePool": _pooled(_avg_pool),
    "GlobalAveragePool": _global_pool,
    "ReduceMean": _mean,
    "Resize": _resized,
    "Upsample": _resized,
    "Pad": _zeros,
    "DepthToSpace": _depth_to_space,
}
"""How each operator is read."""
