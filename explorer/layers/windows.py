"""Layers that slide a window over the image: convolution and pooling."""

from __future__ import annotations

from math import prod
from typing import Any

from explorer.layers.sliding import (
    Padding,
    Pair,
    Side,
    both,
    image,
    left_out,
    padded_sides,
    pooled,
    same_elsewhere,
    slid,
    window,
)
from explorer.network.layer import Layer, Shape, ShapeError, Spans, affine, described, everything
from explorer.network.settings import setting
from explorer.network.symbol import Constant, quotient

BIAS = Constant(1, "One bias for each output channel: each kernel adds it to its sums.")


class Conv2d(Layer, group="Window"):
    """Slide learned kernels over the image; each one draws one output channel.

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition.
    """

    channels: int = setting(64, "number", "kernels, and so output channels", letters="n_C′ C′", low=1)
    kernel: Pair = setting(3, "pair", "window in pixels: one number, or height × width", letters="f K", low=1)
    stride: Pair = setting(1, "pair", "step in pixels", letters="s S", low=1)
    padding: Padding = setting(
        0, "padding", "pixels added on each side; “same” keeps the size, “valid” adds none",
        letters="p P", choices=("same", "valid"),
    )  # fmt: skip
    dilation: Pair = setting(1, "pair", "pixels from one kernel tap to the next", letters="d D", low=1)
    groups: int = setting(1, "number", "channel groups that do not see each other", letters="g G", low=1)
    bias: bool = setting(True, "switch", "add one learned number per output channel")
    padding_mode: str = setting(
        "zeros", "choice", "what the added pixels hold", choices=("zeros", "reflect", "replicate", "circular")
    )

    def output(self, x: Shape) -> Shape:
        c, *size = image(x)
        if c % self.groups or self.channels % self.groups:
            raise ShapeError(f"{c} and {self.channels} channels do not split into {self.groups} groups")
        if self.padding == "same":
            if set(both(self.stride)) != {1}:
                raise ShapeError("“same” padding needs stride 1: give the padding as a number instead")
            sides: tuple[Side, Side] = (0, 0)
        else:
            sides = padded_sides(self.padding)
            size = [
                window(n, k, s, p, d)
                for n, k, s, p, d in zip(
                    size, both(self.kernel), both(self.stride), sides, both(self.dilation), strict=True
                )
            ]
        self._check_border(x, sides)
        return self.channels, *size

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        kernel, dilation = both(self.kernel)[axis], both(self.dilation)[axis]
        around = dilation * (kernel - 1) if self.padding == "same" else 0  # the smaller half of it lies before
        before = around // 2 or both(padded_sides(self.padding)[axis])[0]
        return slid(spans, kernel, both(self.stride)[axis], before, dilation)

    def parameters(self, x: Shape) -> int:
        weights = self._weights(x)
        return (weights + BIAS) * self.channels if self.bias else weights * self.channels

    def tensors(self, x: Shape) -> dict[str, Shape]:
        weight = (self.channels, x[0] // self.groups, *both(self.kernel))
        return {"weight": weight, **affine((self.channels,), False, self.bias)}

    def macs(self, y: Shape, x: Shape) -> int:
        return y[1] * y[2] * y[0] * self._weights(x)

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        (came,) = x
        said = []
        if self.padding == "same":
            said.append("“same” padding keeps the size, (f − 1) / 2 on each side; TensorFlow's “same” means ⌈n / s⌉.")
        else:
            said += left_out(came, self.kernel, self.stride, padded_sides(self.padding), self.dilation)
            said += same_elsewhere(self.kernel, self.stride, came, y) if self.dilation == 1 else ()
        dense = prod(came) * prod(y)
        said.append(
            f"Why not fully connected? From {described(came)} to {described(y)} that would take {dense:,} weights; "
            f"this has {self.parameters(came):,} parameters, for it looks everywhere with the same."
        )
        return tuple(said)

    def module(self, nn: Any, x: Shape) -> Any:
        padding = "valid" if self.padding == "valid" else self.padding
        return nn.Conv2d(
            x[0], self.channels, self.kernel, self.stride, padding,
            self.dilation, self.groups, self.bias, self.padding_mode,
        )  # fmt: skip

    def brief(self) -> str:
        apart = "" if self.groups == 1 else " dw" if self.groups == self.channels else f" g{self.groups}"
        return f"{_window_brief(self)} · {self.channels}{apart}"

    def _weights(self, x: Shape) -> int:
        """Weights of one kernel."""
        kernel_h, kernel_w = both(self.kernel)
        weights: int = kernel_h * kernel_w * quotient(x[0], self.groups)
        return weights

    def _check_border(self, x: Shape, sides: tuple[Side, Side]) -> None:
        """Mirrored and wrapped borders are taken from the image, so they cannot be larger than it."""
        if self.padding_mode not in ("reflect", "circular"):
            return
        if self.padding == "same":
            totals = (d * (k - 1) for d, k in zip(both(self.dilation), both(self.kernel), strict=True))
            sides = tuple((t // 2, t - t // 2) for t in totals)  # type: ignore[assignment]
        for n, side in zip(x[1:], sides, strict=True):
            widest, most = max(both(side)), n - 1 if self.padding_mode == "reflect" else n
            if widest > most:
                raise ShapeError(f"{self.padding_mode} padding of {widest} needs more than the {n} pixels there are")


class MaxPool2d(Layer, group="Window"):
    """Keep the largest value in each window."""

    kernel: Pair = setting(2, "pair", "window in pixels", letters="f K", low=1)
    stride: Pair = setting(2, "pair", "step in pixels", letters="s S", low=1)
    padding: Padding = setting(
        0, "padding", "border of −∞ on each side, or top, bottom, left, right, pixels", letters="p P"
    )
    dilation: Pair = setting(1, "pair", "pixels from one window tap to the next", letters="d D", low=1)
    ceil_mode: bool = setting(False, "switch", "round the size up: a last window may hang over the edge")

    def output(self, x: Shape) -> Shape:
        return pooled(x, self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        kernel, stride, dilation = (both(v)[axis] for v in (self.kernel, self.stride, self.dilation))
        return slid(spans, kernel, stride, both(padded_sides(self.padding)[axis])[0], dilation)

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        sides = padded_sides(self.padding)
        return () if self.ceil_mode else left_out(x[0], self.kernel, self.stride, sides, self.dilation)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.MaxPool2d(self.kernel, self.stride, self.padding, self.dilation, ceil_mode=self.ceil_mode)

    def brief(self) -> str:
        return _window_brief(self)


class AvgPool2d(Layer, group="Window"):
    """Average each window."""

    kernel: Pair = setting(2, "pair", "window in pixels", letters="f K", low=1)
    stride: Pair = setting(2, "pair", "step in pixels", letters="s S", low=1)
    padding: Pair = setting(0, "pair", "zeros added on each side, pixels", letters="p P")
    ceil_mode: bool = setting(False, "switch", "round the size up: a last window may hang over the edge")
    count_include_pad: bool = setting(True, "switch", "the added zeros count in the average")

    def output(self, x: Shape) -> Shape:
        return pooled(x, self.kernel, self.stride, self.padding, 1, self.ceil_mode)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        kernel, stride, padding = (both(v)[axis] for v in (self.kernel, self.stride, self.padding))
        return slid(spans, kernel, stride, padding)

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        return () if self.ceil_mode else left_out(x[0], self.kernel, self.stride, both(self.padding), 1)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.AvgPool2d(self.kernel, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def brief(self) -> str:
        return _window_brief(self)


class AdaptiveAvgPool2d(Layer, group="Window"):
    """Average so that the output has the wanted size, whatever the input's; size 1 is the global average.

    Source: Lin et al. 2013, Network in network, arXiv:1312.4400 (global average pooling).
    """

    size: Pair = setting(1, "pair", "output pixels: one number, or height × width", letters="n′ O", low=1)

    def output(self, x: Shape) -> Shape:
        return image(x)[0], *both(self.size)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        pixels, parts = x[1 + axis], both(self.size)[axis]
        return [(first * pixels // parts, -(-(last + 1) * pixels // parts) - 1) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.AdaptiveAvgPool2d(self.size)

    def brief(self) -> str:
        return f"to {'×'.join(map(str, both(self.size)))}"


class GlobalAvgPool(Layer, group="Window"):
    """Average each channel over the whole image: one number a channel, as a vector.

    Source: Lin et al. 2013, Network in network, arXiv:1312.4400.
    """

    def output(self, x: Shape) -> Shape:
        return image(x)[:1]

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.GlobalAvgPool()


def _window_brief(layer: Conv2d | MaxPool2d | AvgPool2d) -> str:
    """`7×7 /2 p3`: window, then stride, padding and dilation where they are not the plain ones."""
    text = "×".join(map(str, both(layer.kernel)))
    if layer.stride != 1:
        text += f" /{_short(layer.stride)}"
    if layer.padding not in (0, "valid"):
        text += f" {layer.padding}" if isinstance(layer.padding, str) else f" p{_short(layer.padding)}"
    dilation = getattr(layer, "dilation", 1)
    return text + (f" d{_short(dilation)}" if dilation != 1 else "")


def _short(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
