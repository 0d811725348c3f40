"""What ONNX's Resize, and Upsample before it, compute, as torch code."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import torch
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings

MOST_PIXELS = 1 << 16
"""Along one axis after a Resize."""


def resized(a: Settings, size: Sequence[int]) -> tuple[list[int], list[float]]:
    """The size after a Resize, and the factor of each axis."""
    if a.get("axes"):
        size, places = list(size), [int(axis) % len(size) for axis in a["axes"]]
    else:
        size, places = list(size), list(range(len(size)))
    scales, sizes = a.get("scales") or [], a.get("sizes") or []
    if sizes:
        factors = [n / size[i] for i, n in zip(places, sizes, strict=True)]
        policy = a.get("keep_aspect_ratio_policy", "stretch")
        if policy != "stretch":
            factors = [min(factors) if policy == "not_larger" else max(factors)] * len(places)
            sizes = [round(size[i] * f) for i, f in zip(places, factors, strict=True)]
    else:
        factors, sizes = list(scales), [floor(size[i] * f) for i, f in zip(places, scales, strict=True)]
    if any(n > MOST_PIXELS for n in sizes):
        raise OperatorError(f"asks for more than {MOST_PIXELS:,} pixels along an axis")
    whole, factor = list(size), [1.0] * len(size)
    for i, n, f in zip(places, sizes, factors, strict=True):
        whole[i], factor[i] = int(n), float(f)
    return whole, factor


def _resized(a: Settings, x: Tensor) -> Tensor:
    """One axis after the other: each output pixel is a weighted sum of a few input pixels."""
    if a.get("antialias") or a.get("exclude_outside"):
        raise OperatorError("resizes in a way that is not read")
    wanted, factors = resized(a, x.shape)
    for axis, (n, factor) in enumerate(zip(wanted, factors, strict=True)):
        if n != x.shape[axis] or factor != 1:
            pixels = torch.cumsum(x.new_ones(n, dtype=torch.float64), 0) - 1  # on the same device as x
            shape = [-1 if i == axis else 1 for i in range(x.dim())]
            places, weights = taps(a, pixels, int(x.shape[axis]), factor)
            parts = [
                x.index_select(axis, place) * weight.to(x.dtype).reshape(shape)
                for place, weight in zip(places, weights, strict=True)
            ]
            x = sum(parts[1:], start=parts[0])
    return x


def taps(a: Settings, pixels: Tensor, size: int, factor: float) -> tuple[list[Tensor], list[Tensor]]:
    """For each tap of the filter: which input pixel each output pixel takes, and with what weight.

    pixels: 0, 1, 2 … along the output, float64; size: of the input.
    """
    mode = a.get("mode", "nearest")
    old = a["version"] < 11  # Upsample, and the first Resize
    where = a.get("coordinate_transformation_mode", "asymmetric" if old else "half_pixel")
    places = _places(where, pixels, size, factor)
    if mode == "nearest":
        found = _nearest(a.get("nearest_mode", "floor" if old else "round_prefer_floor"), places)
        return [_inside(found, size)], [torch.ones_like(pixels)]
    if mode not in ("linear", "bilinear", "cubic"):
        raise OperatorError("resizes in a way that is not read")
    first = torch.floor(places)
    offsets = (-1, 0, 1, 2) if mode == "cubic" else (0, 1)
    distances = [torch.abs(places - first - i) for i in offsets]
    curve = a.get("cubic_coeff_a", -0.75)
    weights = [_cubic(d, curve) if mode == "cubic" else 1 - d for d in distances]
    return [_inside(first + i, size) for i in offsets], weights


def _inside(places: Tensor, size: int) -> Tensor:
    return torch.clamp(places, 0, size - 1).to(torch.int64)


def _places(where: str, pixels: Tensor, size: int, factor: float) -> Tensor:
    """Where in the input the middle of each output pixel lies."""
    wanted = len(pixels)
    match where:
        case "asymmetric":
            return pixels / factor
        case "align_corners":
            return pixels * (size - 1) / max(wanted - 1, 1)
        case "half_pixel":
            return (pixels + 0.5) / factor - 0.5
        case "pytorch_half_pixel":
            return (pixels + 0.5) / factor - 0.5 if wanted > 1 else pixels
        case "half_pixel_symmetric":
            return (pixels + 0.5) / factor - 0.5 + size / 2 * (1 - wanted / (factor * size))
    raise OperatorError("resizes in a way that is not read")


def _nearest(rule: str, places: Tensor) -> Tensor:
    match rule:
        case "floor":
            return torch.floor(places)
        case "ceil":
            return torch.ceil(places)
        case "round_prefer_floor":
            return torch.ceil(places - 0.5)
    return torch.floor(places + 0.5)


def _cubic(distance: Tensor, a: float) -> Tensor:
    """Weights of cubic convolution. Source: Keys 1981, Cubic convolution interpolation, equation 15."""
    near = (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    far = a * distance**3 - 5 * a * distance**2 + 8 * a * distance - 4 * a
    return torch.where(distance <= 1, near, torch.where(distance < 2, far, torch.zeros_like(distance)))


RESIZING: dict[str, Function] = {"Resize": _resized, "Upsample": _resized}
"""What each operator computes."""
