"""Layers that make the image larger, and those that trade channels for pixels."""

from __future__ import annotations

from typing import Any

from explorer.layers.sliding import Pair, both, image, reached
from explorer.network.layer import Layer, Shape, ShapeError, Spans, affine, everything
from explorer.network.settings import setting
from explorer.network.symbol import Constant, quotient

SIDES = Constant(2, "Padding is cut off on both sides.")
FIRST = Constant(1, "The first stamp takes no step.")


class ConvTranspose2d(Layer, group="Window"):
    """Stamp a learned kernel into the output for each input pixel: a convolution run backwards, which enlarges.

    Source: Zeiler et al. 2010, Deconvolutional networks; Dumoulin & Visin 2016, arXiv:1603.07285, section 4.
    """

    channels: int = setting(64, "number", "output channels", letters="n_C′ C′", low=1)
    kernel: Pair = setting(2, "pair", "stamp in pixels: one number, or height × width", letters="f K", low=1)
    stride: Pair = setting(2, "pair", "pixels from one stamp to the next", letters="s S", low=1)
    padding: Pair = setting(0, "pair", "pixels cut off on each side", letters="p P")
    output_padding: Pair = setting(0, "pair", "pixels added at the bottom and at the right", letters="o O")
    dilation: Pair = setting(1, "pair", "pixels from one kernel tap to the next", letters="d D", low=1)
    groups: int = setting(1, "number", "channel groups that do not see each other", letters="g G", low=1)
    bias: bool = setting(True, "switch", "add one learned number per output channel")

    def output(self, x: Shape) -> Shape:
        c, *size = image(x)
        if c % self.groups or self.channels % self.groups:
            raise ShapeError(f"{int(c)} and {int(self.channels)} channels do not split into {int(self.groups)} groups")
        axes = zip(
            size, both(self.kernel), both(self.stride), both(self.padding), both(self.output_padding),
            both(self.dilation), strict=True,
        )  # fmt: skip
        return self.channels, *(stamped(*axis) for axis in axes)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        kernel, stride, padding, dilation = (
            both(v)[axis] for v in (self.kernel, self.stride, self.padding, self.dilation)
        )
        reach = dilation * (kernel - 1)
        return [(-(-(first + padding - reach) // stride), (last + padding) // stride) for first, last in spans]

    def parameters(self, x: Shape) -> int:
        weights = self._weights() * x[0]
        return weights + self.channels if self.bias else weights

    def tensors(self, x: Shape) -> dict[str, Shape]:
        weight = (x[0], self.channels // self.groups, *both(self.kernel))
        return {"weight": weight, **affine((self.channels,), False, self.bias)}

    def macs(self, y: Shape, x: Shape) -> int:
        return x[1] * x[2] * x[0] * self._weights()

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.ConvTranspose2d(
            x[0], self.channels, self.kernel, self.stride, self.padding, self.output_padding,
            self.groups, self.bias, self.dilation,
        )  # fmt: skip

    def brief(self) -> str:
        kernel, stride = (("×".join(map(str, both(v)))) for v in (self.kernel, self.stride))
        return f"{kernel} ·{stride} · {self.channels}"

    def _weights(self) -> int:
        """Weights of one input channel."""
        kernel_h, kernel_w = both(self.kernel)
        weights: int = kernel_h * kernel_w * quotient(self.channels, self.groups)
        return weights


class Upsample(Layer, group="Window"):
    """Enlarge the image by whole factors, repeating pixels or blending them."""

    scale: Pair = setting(2, "pair", "output pixels for each input pixel", letters="s S", low=1, high=1024)
    mode: str = setting("nearest", "choice", "repeat each pixel, or blend four", choices=("nearest", "bilinear"))

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        across, along = both(self.scale)
        return c, h * across, w * along

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        scale = both(self.scale)[axis]
        if self.mode == "nearest" or scale == 1:
            return [(first // scale, last // scale) for first, last in spans]
        # A pixel's middle lies between the middles of two input pixels; at the border both are the outermost one.
        least, most = everything(axis, x)
        return [
            (
                max((2 * first + 1 - scale) // (2 * scale), least),
                min(-(-(2 * last + 1 - scale) // (2 * scale)), most),
            )
            for first, last in spans
        ]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Upsample(scale_factor=self.scale, mode=self.mode)

    def brief(self) -> str:
        return f"×{self.scale if isinstance(self.scale, int) else ','.join(map(str, self.scale))} {self.mode}"


class PixelShuffle(Layer, group="Shape"):
    """Depth to space: r² channels become one that is r times as high and wide.

    Source: Shi et al. 2016, Real-time single image super-resolution, arXiv:1609.05158.
    """

    factor: int = setting(2, "number", "how much larger", letters="r", low=1, high=1024)

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        if c % self.factor**2:
            raise ShapeError(f"{int(c)} channels are not a multiple of {int(self.factor)}² = {int(self.factor) ** 2}")
        return quotient(c, self.factor * self.factor), h * self.factor, w * self.factor

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [(first // self.factor, last // self.factor) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.PixelShuffle(self.factor)

    def brief(self) -> str:
        return f"×{self.factor}"


class PixelUnshuffle(Layer, group="Shape"):
    """Space to depth: the pixels of each r × r block become r² channels.

    Source: Shi et al. 2016, Real-time single image super-resolution, arXiv:1609.05158, turned round.
    """

    factor: int = setting(2, "number", "how much smaller", letters="r", low=1, high=1024)

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        if h % self.factor or w % self.factor:
            raise ShapeError(f"{int(h)}×{int(w)} pixels are no whole number of {int(self.factor)}-wide blocks")
        return c * self.factor * self.factor, quotient(h, self.factor), quotient(w, self.factor)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [(first * self.factor, (last + 1) * self.factor - 1) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.PixelUnshuffle(self.factor)

    def brief(self) -> str:
        return f"/{self.factor}"


class Reorg(Layer, group="Shape"):
    """YOLOv2's passthrough: r² channels where there was one, 1 / r as high and wide, in Darknet's own order.

    Darknet reads the image as if it had 1 / r² of the channels and r times the height and width, takes that apart into
    r × r blocks and writes it down as it comes. Neighbours stay neighbours where the height is a multiple of r².
    Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242, section 2.
    """

    factor: int = setting(2, "number", "how much smaller", letters="r", low=1, high=1024)

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        if h % self.factor or w % self.factor:
            raise ShapeError(f"{int(h)}×{int(w)} pixels are no whole number of {int(self.factor)}-wide blocks")
        if c % self.factor**2:
            raise ShapeError(f"{int(c)} channels are not a multiple of {int(self.factor)}² = {int(self.factor) ** 2}")
        return c * self.factor * self.factor, quotient(h, self.factor), quotient(w, self.factor)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        r = self.factor
        if axis == 1:
            return [(first * r, (last + 1) * r - 1) for first, last in spans]
        if x[1] % r**2:  # then a row goes on at the other end of the next channel
            return [everything(axis, x)] * len(spans)
        return [(first // r * r**2 + first % r, last // r * r**2 + last % r + (r - 1) * r) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Reorg(self.factor)

    def brief(self) -> str:
        return f"/{self.factor}"


def stamped(size: int, kernel: int, stride: int, padding: int, added: int, dilation: int) -> int:
    """Pixels along one axis after a transposed convolution.

    (n − 1)·s − 2p + f + o; a dilated kernel reaches over d·(f − 1) + 1 pixels.
    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14.
    """
    if added >= stride and added >= dilation:
        raise ShapeError(f"output padding {int(added)} must be smaller than the stride or the dilation")
    count = (size - FIRST) * stride + reached(kernel, dilation)
    if padding:
        count = count - SIDES * padding
    if added:
        count = count + added
    if count < 1:
        raise ShapeError(f"padding {int(padding)} cuts off all of the output")
    return count
