"""How windows slide over an image: sizes, paddings, and what lies in no window."""

from __future__ import annotations

from typing import Any

from explorer.network.layer import Shape, ShapeError, Spans, described
from explorer.network.symbol import Constant, ceiling

Pair = int | tuple[int, int]
Padding = int | tuple[int, int] | tuple[int, int, int, int] | str
Side = int | tuple[int, int]
"""Padding along one axis: the same on both sides, or (before, after)."""

NONE = Constant(0, "“valid” adds no padding: every window lies inside the image.")
SIDES = Constant(2, "Padding lies on both sides.")
FIRST = Constant(1, "The first position counts too: the division counts the steps from there.")
LEFT_OUT = Constant(1, "The last window would begin behind the image, and is left out.")
GAPS = Constant(1, "There is one gap fewer than there are kernel taps.")
LAST_TAP = Constant(1, "The last tap covers a pixel, too.")


def image(x: Shape) -> Shape:
    """`x`, checked to be an image."""
    if len(x) != 3:
        raise ShapeError(f"needs an image (channels × height × width), got {described(x)}")
    return x


def both(value: Any) -> tuple[Any, Any]:
    """One number for both axes, or the pair there is."""
    return value if isinstance(value, tuple) else (value, value)


def padded_sides(padding: Padding) -> tuple[Side, Side]:
    """Padding along height and along width."""
    if isinstance(padding, str):
        return NONE, NONE  # "valid"
    if isinstance(padding, tuple) and len(padding) == 4:
        top, bottom, left, right = padding
        return (top, bottom), (left, right)
    return both(padding)


def window(size: int, kernel: int, stride: int, padding: Side, dilation: int = 1, ceil: bool = False) -> int:
    """Positions of a sliding window along one axis.

    ⌊(n + 2p − f) / s⌋ + 1; a dilated kernel reaches over d·(f − 1) + 1 pixels. With `ceil` the size
    is rounded up, so that the last window may hang over the edge, or the only one over both; one that
    would begin behind the image and the padding before it is left out, as torch does.
    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationships 6 and 15.
    """
    reach = reached(kernel, dilation)
    around = padding[0] + padding[1] if isinstance(padding, tuple) else SIDES * padding
    room = size - reach if padding is NONE else size + around - reach
    count = (ceiling(room, stride) if ceil else room // stride) + FIRST
    if count < 1:
        added = f" and {int(around)} of padding" if around else ""
        raise ShapeError(f"the {int(reach)}-wide window does not fit into {int(size)} pixels{added}")
    before = padding[0] if isinstance(padding, tuple) else padding
    return count - LEFT_OUT if ceil and (count - 1) * stride >= size + before else count


def reached(kernel: int, dilation: int) -> int:
    """Pixels from the first to the last tap of a kernel, both counted."""
    return kernel if dilation == 1 else dilation * (kernel - GAPS) + LAST_TAP


def slid(spans: Spans, kernel: int, stride: int, before: int, dilation: int = 1) -> Spans:
    """The pixels that some positions of a sliding window cover, with `before` pixels of padding."""
    after = dilation * (kernel - 1) - before
    return [(first * stride - before, last * stride + after) for first, last in spans]


def left_out(x: Shape, kernel: Pair, stride: Pair, sides: tuple[Side, Side], dilation: Pair) -> tuple[str, ...]:
    """A sentence on the rows and columns at the end that no window reaches, where the step does not come out even."""
    ends = []
    for n, k, s, p, d in zip(x[1:], both(kernel), both(stride), sides, both(dilation), strict=True):
        around = sum(both(p))
        ends.append(((n + around - d * (k - 1) - 1) % s, both(p)[1]))
    (rows, below), (columns, right) = ends
    if not rows and not columns:
        return ()
    what = [_counted(count, thing) for count, thing in ((rows, "row"), (columns, "column")) if count]
    padding = " (of the padding)" if rows <= below and columns <= right else ""
    where = {2: "at the bottom and at the right"}.get(len(what), "at the bottom" if rows else "at the right")
    lie = "lies" if rows + columns == 1 else "lie"
    return (f"The division does not come out even: {' and '.join(what)} {where}{padding} {lie} in no window.",)


def _counted(count: int, thing: str) -> str:
    return f"{int(count)} {thing}" + ("" if count == 1 else "s")


def same_elsewhere(kernel: Pair, stride: Pair, x: Shape, y: Shape) -> tuple[str, ...]:
    """What TensorFlow's “same” would do here, where it differs: it may pad more behind than before."""
    strides, kernels = both(stride), both(kernel)
    if set(strides) == {1} or strides[0] != strides[1] or kernels[0] != kernels[1]:
        return ()
    sizes = [-(-n // s) for n, s in zip(x[1:], strides, strict=True)]
    pads = [max(0, (m - 1) * s + k - n) for m, s, k, n in zip(sizes, strides, kernels, x[1:], strict=True)]
    told = f"TensorFlow's “same” would give {sizes[0]}×{sizes[1]}"
    if pads[0] == pads[1]:
        told += f", with {pads[0] // 2} added before and {pads[0] - pads[0] // 2} behind"
    return () if y[1:] == tuple(sizes) and not pads[0] % 2 else (f"{told}.",)


def pooled(x: Shape, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair, ceil: bool) -> Shape:
    """Output shape of a pooling layer."""
    c, h, w = image(x)
    sides = padded_sides(padding)
    for k, side in zip(both(kernel), sides, strict=True):
        if 2 * max(both(side)) > k:
            raise ShapeError(f"padding {int(max(both(side)))} is more than half of the {int(k)}-wide window")
    axes = zip((h, w), both(kernel), both(stride), sides, both(dilation), strict=True)
    return c, *(window(n, k, s, p, d, ceil) for n, k, s, p, d in axes)
