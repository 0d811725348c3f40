"""Sums and maxima over windows: convolution, pooling, fully connected, blending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.engine.explaining.case import Account, Case, Line, Rule
from explorer.layers.dense import Linear
from explorer.layers.regions import RoIAlign
from explorer.layers.resizing import ConvTranspose2d, Upsample
from explorer.layers.sliding import both, padded_sides
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.maths.explanations import Step, Window
from explorer.maths.regions import blend
from explorer.maths.worked import Worked

COPIED = {"reflect": "mirrored", "replicate": "the border repeated", "circular": "taken from the other side"}
"""What padding holds that is not zeros."""


def convolution(case: Case) -> Account:
    """Σ w·x + b over the window in all channels of the group."""
    layer: Conv2d = case.layer
    count, place = case.x[0].shape[0] // layer.groups, case.place
    first = place.channel // (layer.channels // layer.groups) * count
    rows, columns = _taps(layer, 0, place.row), _taps(layer, 1, place.column)
    copies = None
    if layer.padding_mode != "zeros":
        _, high, wide = case.x[0].shape
        copies = _copied(rows, high, layer.padding_mode), _copied(columns, wide, layer.padding_mode)
    window = case.window(
        (range(first, first + count), rows, columns), weights=case.take("weight", place.channel), copies=copies
    )
    padding = int(window.padded.sum())
    holds = COPIED.get(layer.padding_mode, "zeros")
    said = f"Padding, {holds}: {padding} of {window.padded.size} cells." if padding else ""
    return Account((window,), weighted(window, case), said)


def transposed(case: Case) -> Account:
    """Σ w·x + b over all inputs whose stamp reaches the place. Source: Dumoulin & Visin 2016, section 4."""
    layer: ConvTranspose2d = case.layer
    count, each, place = case.x[0].shape[0] // layer.groups, layer.channels // layer.groups, case.place
    first = place.channel // each * count
    sizes = case.x[0].shape[1:]
    (rows, down), (columns, across) = (
        _stamps(layer, axis, at, sizes[axis]) for axis, at in enumerate((place.row, place.column))
    )
    kernels = case.take("weight", (slice(first, first + count), place.channel % each))
    assert kernels is not None
    weights = kernels[:, down][:, :, across]
    window = case.window((range(first, first + count), rows, columns), weights=weights)
    reached = len(rows) * len(columns)
    said = f"The stamps of {reached} input pixel{'s' * (reached != 1)} reach this place." if reached else (
        "No input pixel's stamp reaches this place."
    )  # fmt: skip
    return Account((window,), weighted(window, case), said)


def dense(case: Case) -> Account:
    """Σ w·x + b over the whole vector, or over the channels at one pixel."""
    place, count = case.place, case.x[0].shape[0]
    weights = case.take("weight", place.channel)
    assert weights is not None
    window = case.window((range(count), [place.row], [place.column]), weights=weights[:, None, None])
    return Account((window,), weighted(window, case))


def weighted(window: Window, case: Case) -> tuple[Step, ...]:
    """The sum of all products, and the bias where there is one."""
    total = Worked("Σ w·x", float(window.products.sum()))
    bias = case.leaf("b", "bias", case.place.channel)
    return (Step("output", total if bias is None else total + bias),)


def maximum(case: Case) -> Account:
    """The largest number of the window; of equal ones the first, as torch takes it."""
    layer: MaxPool2d = case.layer
    rows, columns = (
        _within([at + int(d) * i for i in range(k)], size)
        for at, d, k, size in zip(
            _starts(case, layer), both(layer.dilation), both(layer.kernel), case.x[0].shape[1:], strict=True
        )
    )
    window = case.window(([case.place.channel], rows, columns))
    winner = int(window.values.argmax())  # which of NaN and numbers takes the NaN, as torch does
    kept = replace(window, winner=winner, gathered="max")
    value = float(window.values.flat[winner])
    whole = int(np.prod(both(layer.kernel)))
    said = _outside(whole - window.values.size, whole, "never the largest")
    return Account((kept,), (Step("output", Worked("max x", value)),), said)


def average(case: Case) -> Account:
    """The mean of the window; padding counts as zeros or not at all, and what hangs over it never counts."""
    layer: AvgPool2d = case.layer
    lines = []
    for at, kernel, padding, size in zip(
        _starts(case, layer), both(layer.kernel), both(layer.padding), case.x[0].shape[1:], strict=True
    ):
        line = [i for i in range(at, at + kernel) if i < size + padding]
        lines.append(line if layer.count_include_pad else _within(line, size))
    window = _mean(case, *lines)
    whole = int(np.prod(both(layer.kernel)))
    said = _outside(whole - window.values.size, whole, "not counted")
    return Account((window,), _averaged(window), said)


def adaptive(case: Case) -> Account:
    """The mean of the part of the map that becomes this pixel."""
    layer: AdaptiveAvgPool2d = case.layer
    lines = [
        range(at * size // parts, -(-(at + 1) * size // parts))
        for at, size, parts in zip(
            (case.place.row, case.place.column), case.x[0].shape[1:], both(layer.size), strict=True
        )
    ]
    window = _mean(case, *lines)
    return Account((window,), _averaged(window))


def everywhere(case: Case) -> Account:
    """The mean of the whole map."""
    window = _mean(case, *(range(size) for size in case.x[0].shape[1:]))
    return Account((window,), _averaged(window))


def blended(case: Case) -> Account:
    """A pixel repeated, or four blended by how near they are to the new pixel's middle."""
    layer: Upsample = case.layer
    (rows, down), (columns, across) = (
        _between(at, size, scale, layer.mode)
        for at, size, scale in zip(
            (case.place.row, case.place.column), case.x[0].shape[1:], both(layer.scale), strict=True
        )
    )
    window = case.window(([case.place.channel], rows, columns), weights=np.outer(down, across)[None])
    total = Worked("Σ w·x", float(window.products.sum()))
    said = "It is repeated." if window.values.size == 1 else "The weights say how near each pixel is; their sum is 1."
    return Account((window,), (Step("output", total),), said)


def region(case: Case) -> Account:
    """The mean of a few points of the coarsest map, each blended of the pixels beside it."""
    layer: RoIAlign = case.layer
    port = layer.levels - 1
    weights = [
        blend(size, 0, size, layer.size, layer.samples)[at]
        for at, size in zip((case.place.row, case.place.column), case.x[port].shape[1:], strict=True)
    ]
    rows, columns = (np.flatnonzero(line).tolist() for line in weights)
    down, across = weights[0][rows], weights[1][columns]
    window = case.window(([case.place.channel], rows, columns), port, weights=np.outer(down, across)[None])
    said = (
        f"The whole picture is the only region here; each number is the mean of {layer.samples}×{layer.samples} points."
    )
    return Account((window,), (Step("output", Worked("Σ w·x", float(window.products.sum()))),), said)


RULES: dict[type, Rule] = {
    RoIAlign: region,
    Conv2d: convolution,
    ConvTranspose2d: transposed,
    Linear: dense,
    MaxPool2d: maximum,
    AvgPool2d: average,
    AdaptiveAvgPool2d: adaptive,
    GlobalAvgPool: everywhere,
    Upsample: blended,
}


def _taps(layer: Conv2d, axis: int, at: int) -> list[int]:
    """The rows or columns under the kernel's taps, those of padding outside of the input."""
    kernel, stride, dilation = (int(both(v)[axis]) for v in (layer.kernel, layer.stride, layer.dilation))
    if layer.padding == "same":
        before = dilation * (kernel - 1) // 2
    else:
        before = int(both(padded_sides(layer.padding)[axis])[0])
    return [at * stride - before + dilation * i for i in range(kernel)]


def _copied(line: Line, size: int, mode: str) -> list[int]:
    """The pixels that padding is copied from."""
    if mode == "replicate":
        return [min(max(i, 0), size - 1) for i in line]
    if mode == "circular":
        return [i % size for i in line]
    return [-i if i < 0 else 2 * (size - 1) - i if i >= size else i for i in line]


def _stamps(layer: ConvTranspose2d, axis: int, at: int, size: int) -> tuple[list[int], list[int]]:
    """The input pixels whose stamp reaches an output pixel, and by which tap of the kernel."""
    kernel, stride, padding, dilation = (
        both(v)[axis] for v in (layer.kernel, layer.stride, layer.padding, layer.dilation)
    )
    found = []
    for tap in range(kernel):
        pixel, rest = divmod(at + padding - tap * dilation, stride)
        if not rest and 0 <= pixel < size:
            found.append((pixel, tap))
    found.sort()
    return [pixel for pixel, _ in found], [tap for _, tap in found]


def _between(at: int, size: int, scale: int, mode: str) -> tuple[list[int], NDArray[np.float64]]:
    """The pixels that an enlarged one is blended of, along one axis, and their shares."""
    if mode == "nearest":
        return [at // scale], np.ones(1)
    middle = max((at + 0.5) / scale - 0.5, 0.0)
    before, part = int(middle), middle % 1
    if not part or before + 1 == size:
        return [before], np.ones(1)
    return [before, before + 1], np.array([1 - part, part])


def _starts(case: Case, layer: MaxPool2d | AvgPool2d) -> list[int]:
    """Where the pooling window begins, down and across."""
    sides = padded_sides(layer.padding)
    spot = case.place.row, case.place.column
    return [at * int(s) - int(both(p)[0]) for at, s, p in zip(spot, both(layer.stride), sides, strict=True)]


def _outside(cells: int, whole: int, which: str) -> str:
    return f"Outside of the map, and so {which}: {cells} of {whole} cells." if cells else ""


def _within(line: Sequence[int], size: int) -> list[int]:
    return [i for i in line if 0 <= i < size]


def _mean(case: Case, rows: Line, columns: Line) -> Window:
    return case.window(([case.place.channel], rows, columns))


def _averaged(window: Window) -> tuple[Step, ...]:
    count = Worked("n", window.values.size)
    return (Step("output", Worked("Σ x", float(window.products.sum())) / count),)
