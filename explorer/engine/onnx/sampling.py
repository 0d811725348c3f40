"""What ONNX's operators that look at an image between its pixels, or put pixels back, compute, as torch code."""

from __future__ import annotations

from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings
from explorer.engine.onnx.windows import bordered, borders

MODES = {"linear": "bilinear", "cubic": "bicubic"}
"""Since version 20 these words fit any number of axes."""


def _looked_up(a: Settings, x: Tensor, grid: Tensor) -> Tensor:
    mode: str = a.get("mode", "bilinear")
    around: str = a.get("padding_mode", "zeros")
    return F.grid_sample(x, grid, MODES.get(mode) or mode, around, bool(a.get("align_corners", 0)))


def _grid(a: Settings, theta: Tensor) -> Tensor:
    """Where each pixel of an image of that size comes from, by a matrix."""
    size = [int(n) for n in a["size"]]
    if prod(size) > 1 << 27:
        raise OperatorError("makes an image that is too large")
    return F.affine_grid(theta, size, bool(a.get("align_corners", 0)))


def _at(pixels: Tensor, size: int) -> Tensor:
    """Places in pixels, from the middle of the first one, as grid_sample counts them: -1 to 1 from border to border."""
    return (2 * pixels + 1) / size - 1


def _deformed(
    a: Settings, x: Tensor, weight: Tensor, offset: Tensor, bias: Tensor | None = None, mask: Tensor | None = None
) -> Tensor:
    """A convolution, each tap of which looks where `offset` says.

    offset: (N, 2·offset groups·taps, H, W), rows before columns; mask: (N, offset groups·taps, H, W).
    Source: Zhu et al. 2018, Deformable ConvNets v2, arXiv:1811.11168, equation 1.
    """
    if x.dim() != 4:
        raise OperatorError("bends a window over other than rows and columns")
    n, channels, height, width = x.shape
    rows, columns = weight.shape[2:]
    groups, parts = a.get("group", 1), a.get("offset_group", 1)
    strides, dilations, pads = a.get("strides") or [1, 1], a.get("dilations") or [1, 1], a.get("pads") or [0] * 4
    high, wide = offset.shape[2:]
    shift = offset.reshape(n, parts, rows * columns, 2, high, wide)
    top, left = (
        torch.cumsum(x.new_ones(count), 0) * stride - (stride + pad)
        for count, stride, pad in zip((high, wide), strides, pads, strict=False)
    )
    image = x.reshape(n * parts, channels // parts, height, width)
    taps = []
    for tap in range(rows * columns):
        y = top[:, None] + tap // columns * dilations[0] + shift[:, :, tap, 0]
        z = left + tap % columns * dilations[1] + shift[:, :, tap, 1]
        grid = torch.stack([_at(z, width), _at(y, height)], -1).reshape(n * parts, high, wide, 2)
        found = F.grid_sample(image, grid, align_corners=False).reshape(n, parts, channels // parts, high, wide)
        if mask is not None:
            found = found * mask.reshape(n, parts, rows * columns, 1, high, wide)[:, :, tap]
        taps.append(found.reshape(n, channels, high, wide))
    seen = torch.stack(taps, 2).reshape(n, groups, channels // groups * rows * columns, high * wide)
    result = torch.matmul(weight.reshape(groups, weight.shape[0] // groups, -1), seen)
    result = result.reshape(n, weight.shape[0], high, wide)
    return result if bias is None else result + bias.reshape(1, -1, 1, 1)


def _aligned(a: Settings, x: Tensor, boxes: Tensor, which: Tensor) -> Tensor:
    """Means over the cells of a grid in each box (x1, y1, x2, y2), looked up between pixels.

    Along each axis that is a matrix of weights. Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3.
    """
    points = a.get("sampling_ratio", 0)
    if a.get("mode", "avg") != "avg" or points < 1 or len(x) != 1:
        raise OperatorError("looks at as many points of a box as the box is large, or takes the largest")
    half = a.get("coordinate_transformation_mode", "half_pixel") == "half_pixel" and a["version"] >= 16
    boxes = boxes * a.get("spatial_scale", 1.0) - (0.5 if half else 0.0)

    def weights(start: Tensor, end: Tensor, cells: int, size: int) -> Tensor:
        length = end - start if half else torch.clamp(end - start, min=1.0)
        steps = (torch.cumsum(x.new_ones(cells * points), 0) - 0.5) / (cells * points)
        at = start[:, None] + steps * length[:, None]  # [R, cells·points]
        inside = torch.logical_and(at >= -1, at <= size).to(x.dtype)
        pixels = torch.cumsum(x.new_ones(size), 0) - 1
        near = torch.clamp(1 - torch.abs(torch.clamp(at, 0, size - 1)[..., None] - pixels), min=0)
        return (near * inside[..., None]).reshape(len(boxes), cells, points, size).mean(2)  # [R, cells, size]

    down = weights(boxes[:, 1], boxes[:, 3], a.get("output_height", 1), x.shape[2])
    along = weights(boxes[:, 0], boxes[:, 2], a.get("output_width", 1), x.shape[3])
    return torch.einsum("chw,rph,rqw->rcpq", x[0], down, along)


def _put_back(a: Settings, x: Tensor, places: Tensor, wanted: Tensor | None = None) -> Tensor:
    """Maxima where they were found, zeros elsewhere; places count all numbers of the larger image."""
    strides = a.get("strides") or [1] * len(a["kernel_shape"])
    pads = a.get("pads") or [0] * 2 * len(strides)
    sizes = [
        (n - 1) * s + k - before - after
        for n, s, k, before, after in zip(
            x.shape[2:], strides, a["kernel_shape"], pads[: len(strides)], pads[len(strides) :], strict=True
        )
    ]
    shape = [*x.shape[:2], *sizes] if not a.get("output_shape") else [int(n) for n in a["output_shape"]]
    if prod(shape) > 1 << 27:
        raise OperatorError("puts maxima into an image that is too large")
    flat = x.new_zeros(prod(shape))
    return torch.scatter(flat, 0, places.reshape(-1), x.reshape(-1)).reshape(shape)


def _from_columns(a: Settings, x: Tensor) -> Tensor:
    """Windows that lie as columns, added up where they overlap."""
    kernel, pads = a["block_shape"], a.get("pads") or [0] * 4
    size = [int(n) for n in a["image_shape"]]
    if len(kernel) != 2:
        raise OperatorError("puts together other than rows and columns")
    whole = [n + pads[i] + pads[i + 2] for i, n in enumerate(size)]
    dilations, strides = a.get("dilations") or (1, 1), a.get("strides") or (1, 1)
    y = F.fold(x, tuple(whole), tuple(kernel), tuple(dilations), 0, tuple(strides))
    return y[:, :, pads[0] : pads[0] + size[0], pads[1] : pads[1] + size[1]]


def _p_pool(a: Settings, x: Tensor) -> Tensor:
    kernel, p = a["kernel_shape"], float(a.get("p", 2))
    if x.dim() != 4 or any(d != 1 for d in a.get("dilations") or ()):
        raise OperatorError("adds up powers over a window with gaps, or over other than rows and columns")
    sides = borders(a, x.shape[2:], kernel, [1, 1])
    powers = bordered(torch.pow(torch.abs(x), p), sides)
    mean = F.avg_pool2d(powers, kernel, a.get("strides") or [1, 1], 0, bool(a.get("ceil_mode")), divisor_override=1)
    return torch.pow(mean, 1 / p)


def _p_norm(a: Settings, x: Tensor) -> Tensor:
    p = float(a.get("p", 2))
    return torch.pow(torch.sum(torch.pow(torch.abs(x), p), list(range(2, x.dim())), True), 1 / p)


SAMPLING: dict[str, Function] = {
    "GridSample": _looked_up, "AffineGrid": _grid, "DeformConv": _deformed, "RoiAlign": _aligned,
    "MaxUnpool": _put_back, "Col2Im": _from_columns, "LpPool": _p_pool, "GlobalLpPool": _p_norm,
}  # fmt: skip
"""What each operator computes."""
