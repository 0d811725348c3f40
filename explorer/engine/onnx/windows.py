"""What ONNX's operators that slide a window over an image compute, as torch code; and borders."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings

CONV = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}


STAMP = {3: F.conv_transpose1d, 4: F.conv_transpose2d, 5: F.conv_transpose3d}


MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def borders(a: Settings, size: Sequence[int], kernel: Sequence[int], dilations: Sequence[int]) -> list[int]:
    """Pixels added before each axis, then behind each, also where they follow from the image's size (auto_pad)."""
    auto, strides = a.get("auto_pad", "NOTSET"), a.get("strides") or [1] * len(size)
    if auto == "VALID":
        return [0] * 2 * len(size)
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        around = [
            max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            for n, k, s, d in zip(size, kernel, strides, dilations, strict=True)
        ]
        less, more = [n // 2 for n in around], [n - n // 2 for n in around]
        return less + more if auto == "SAME_UPPER" else more + less
    return list(a.get("pads") or [0] * 2 * len(size))


def bordered(x: Tensor, sides: Sequence[int], value: float = 0.0, mode: str = "constant") -> Tensor:
    """With a border: `sides` before each of the last axes, then behind each."""
    count = len(sides) // 2
    pairs = [
        n for before, after in reversed(list(zip(sides[:count], sides[count:], strict=True))) for n in (before, after)
    ]
    if not any(pairs):
        return x
    return F.pad(x, pairs, mode, value) if mode == "constant" else F.pad(x, pairs, mode)


def _even(sides: Sequence[int]) -> bool:
    return list(sides[: len(sides) // 2]) == list(sides[len(sides) // 2 :])


def _conv(a: Settings, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    kernel = weight.shape[2:]
    dilations, strides = a.get("dilations") or [1] * len(kernel), a.get("strides") or [1] * len(kernel)
    sides = borders(a, x.shape[2:], kernel, dilations)
    padding = sides[: len(kernel)] if _even(sides) else [0] * len(kernel)
    x = x if _even(sides) else bordered(x, sides)
    return CONV[x.dim()](x, weight, bias, strides, padding, dilations, a.get("group", 1))


def _stamped(a: Settings, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    kernel = weight.shape[2:]
    ones = [1] * len(kernel)
    dilations, strides = a.get("dilations") or ones, a.get("strides") or ones
    added = list(a.get("output_padding") or [0] * len(kernel))
    full = [
        (n - 1) * s + d * (k - 1) + 1 + o
        for n, s, d, k, o in zip(x.shape[2:], strides, dilations, kernel, added, strict=True)
    ]
    auto, wanted = a.get("auto_pad", "NOTSET"), a.get("output_shape")
    if auto.startswith("SAME") and not wanted:
        wanted = [n * s for n, s in zip(x.shape[2:], strides, strict=True)]
    sides = list(a.get("pads") or [0] * 2 * len(kernel))
    if wanted:
        around = [max(f - n, 0) for f, n in zip(full, wanted[-len(full) :], strict=True)]
        less, more = [n // 2 for n in around], [n - n // 2 for n in around]
        sides = less + more if auto == "SAME_UPPER" else more + less
    y = STAMP[x.dim()](x, weight, bias, strides, 0, added if any(added) else 0, a.get("group", 1), dilations)
    for i, (n, before, after) in enumerate(zip(full, sides[: len(full)], sides[len(full) :], strict=True)):
        y = y.narrow(i + 2, before, n - before - after)
    return y


def _max_pool(a: Settings, x: Tensor) -> Any:
    kernel = a["kernel_shape"]
    dilations, strides = a.get("dilations") or [1] * len(kernel), a.get("strides") or [1] * len(kernel)
    sides = borders(a, x.shape[2:], kernel, dilations)
    fits = _even(sides) and all(2 * p <= k for p, k in zip(sides, kernel, strict=False))
    x = x if fits else bordered(x, sides, float("-inf"))
    pool: Function = {3: F.max_pool1d, 4: F.max_pool2d, 5: F.max_pool3d}[x.dim()]
    padding = sides[: len(kernel)] if fits else [0] * len(kernel)
    ceil = bool(a.get("ceil_mode"))
    if a["outputs"] == 1:
        return pool(x, kernel, strides, padding, dilations, ceil)
    if not fits or a.get("storage_order"):
        raise OperatorError("says where its maxima are with an uneven border, or column by column")
    y, places = pool(x, kernel, strides, padding, dilations, ceil, True)
    before = torch.cumsum(torch.ones_like(y[:, :, :1, :1], dtype=torch.int64).flatten(), 0) - 1
    return y, places + (before * prod(x.shape[2:])).reshape(*y.shape[:2], *[1] * (x.dim() - 2))


def _avg_pool(a: Settings, x: Tensor) -> Any:
    kernel = a["kernel_shape"]
    if any(d != 1 for d in a.get("dilations") or ()):
        raise OperatorError("averages over a window with gaps")
    strides, ceil = a.get("strides") or [1] * len(kernel), bool(a.get("ceil_mode"))
    sides = borders(a, x.shape[2:], kernel, [1] * len(kernel))
    pool: Function = {3: F.avg_pool1d, 4: F.avg_pool2d, 5: F.avg_pool3d}[x.dim()]
    fits = _even(sides) and all(2 * p <= k for p, k in zip(sides, kernel, strict=False))
    include = bool(a.get("count_include_pad"))
    if fits:
        return pool(x, kernel, strides, sides[: len(kernel)], ceil, include)
    total = pool(bordered(x, sides), kernel, strides, 0, ceil, True)
    ones = torch.ones_like(x[:1, :1])
    counted = pool(bordered(ones, sides, float(include)), kernel, strides, 0, ceil, True)
    return total / counted


def _padded(a: Settings, x: Tensor) -> Tensor:
    pads, mode = [int(n) for n in a["pads"]], MODES.get(a.get("mode", "constant"), "")
    value = a.get("value") or 0.0
    axes = [int(axis) % x.dim() for axis in a["axes"]] if a.get("axes") else list(range(x.dim()))
    sides = [0] * 2 * x.dim()
    for axis, before, after in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        sides[axis], sides[axis + x.dim()] = before, after
    if mode == "constant":
        return bordered(x, sides, float(value[0] if isinstance(value, list) else value))
    grown = [i for i in range(x.dim()) if sides[i] or sides[i + x.dim()]]
    if not mode or not 0 < len(grown) < 4:
        raise OperatorError("puts a border around all sides that is not read")
    order = [i for i in range(x.dim()) if i not in grown] + grown
    y = x.permute(order)
    kept = y.shape[: -len(grown)]
    y = y.reshape(1, prod(kept), *y.shape[-len(grown) :])
    y = bordered(y, [sides[i] for i in grown] + [sides[i + x.dim()] for i in grown], mode=mode)
    return y.reshape(*kept, *y.shape[2:]).permute([order.index(i) for i in range(x.dim())])


def _channels(value: Tensor, x: Tensor) -> Tensor:
    return value.reshape([-1 if i == 1 else 1 for i in range(x.dim())])


def _pixels(x: Tensor) -> list[int]:
    return list(range(2, x.dim()))


WINDOWS: dict[str, Function] = {
    "Conv": _conv,
    "ConvTranspose": _stamped,
    "MaxPool": _max_pool,
    "AveragePool": _avg_pool,
    "GlobalAveragePool": lambda a, x: torch.mean(x, _pixels(x), True),
    "GlobalMaxPool": lambda a, x: torch.amax(x, _pixels(x), True),
    "Pad": _padded,
}
"""What each operator computes."""
