"""Layers that move numbers to other places, and compute none."""

from __future__ import annotations

from math import prod
from typing import Any

from explorer.layers.sliding import Padding, Pair, both, image, padded_sides
from explorer.network.layer import Layer, Shape, ShapeError, Spans, described, everything
from explorer.network.settings import setting
from explorer.network.symbol import Constant, quotient

LEFT = "The sizes of the other axes, multiplied: this axis takes what they leave."

Numbers = int | tuple[int, ...]


class Flatten(Layer, group="Shape"):
    """Lay the image out as one long vector: channel by channel, row by row."""

    def output(self, x: Shape) -> Shape:
        return (prod(x[1:], start=x[0]),)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Flatten()


class Reshape(Layer, group="Shape"):
    """Take the same numbers, in their order, as another shape."""

    shape: Numbers = setting((1, 1, 1), "numbers", "the new shape: channels first, and at most one 0 for what is left")

    def output(self, x: Shape) -> Shape:
        shape = several(self.shape)
        known, there = prod(n for n in shape if n), prod(x[1:], start=x[0])
        if shape.count(0) > 1 or there % known or (0 not in shape and known != there):
            raise ShapeError(f"{int(there):,} numbers cannot take the shape {described(shape)}")
        return tuple(n or quotient(there, Constant(known, LEFT)) for n in shape)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def module(self, nn: Any, x: Shape) -> Any:
        return (
            nn.Unflatten(1, self.output(x))
            if len(x) == 1
            else nn.Sequential(nn.Flatten(), nn.Unflatten(1, self.output(x)))
        )

    def brief(self) -> str:
        return "to " + "×".join(str(n or "…") for n in several(self.shape))


class Permute(Layer, group="Shape"):
    """Put the axes into another order, as from channels first to channels last: 2, 3, 1."""

    order: Numbers = setting(
        (2, 3, 1), "numbers", "the axes in their new order: 1 channels, 2 rows, 3 columns", low=1, high=8
    )  # fmt: skip

    def output(self, x: Shape) -> Shape:
        order = several(self.order)
        if sorted(order) != list(range(1, len(x) + 1)):
            raise ShapeError(f"{described(x)} has the axes 1 to {len(x)}: each must be named once")
        return tuple(x[axis - 1] for axis in order)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return spans if several(self.order)[1:] == (2, 3) else [everything(axis, x)] * len(spans)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Permute(several(self.order))

    def brief(self) -> str:
        return ", ".join(map(str, several(self.order)))


class Identity(Layer, group="Shape"):
    """Pass everything on as it came: a place to look, or to come back to."""

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Identity()


class ZeroPad2d(Layer, group="Shape"):
    """Put a border of zeros around the image."""

    padding: Padding = setting(1, "padding", "pixels added on each side, or top, bottom, left, right", letters="p P")

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        along, across = (both(side) for side in padded_sides(self.padding))
        return c, h + along[0] + along[1], w + across[0] + across[1]

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        before = both(padded_sides(self.padding)[axis])[0]
        return [(first - before, last - before) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        (top, bottom), (left, right) = (both(side) for side in padded_sides(self.padding))
        return nn.ZeroPad2d((left, right, top, bottom))

    def brief(self) -> str:
        return "p" + (",".join(map(str, self.padding)) if isinstance(self.padding, tuple) else str(self.padding))


class CenterCrop(Layer, group="Shape"):
    """Keep the middle of the image; where the border is odd, one more pixel goes at the bottom and at the right.

    Source: Ronneberger et al. 2015, U-Net, arXiv:1505.04597 (what the shortcuts do).
    """

    size: Pair = setting(1, "pair", "output pixels: one number, or height × width", letters="n′ O", low=1)

    def output(self, x: Shape) -> Shape:
        c, *pixels = image(x)
        for n, kept in zip(pixels, both(self.size), strict=True):
            if kept > n:
                raise ShapeError(f"{int(kept)} pixels cannot be kept of {int(n)}")
        return c, *both(self.size)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        before = (x[1 + axis] - both(self.size)[axis]) // 2
        return [(first + before, last + before) for first, last in spans]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.CenterCrop(both(self.size))

    def brief(self) -> str:
        return f"to {'×'.join(map(str, both(self.size)))}"


class PadChannels(Layer, group="Shape"):
    """Add channels of zeros behind those there are: a shortcut to more channels that has no weights.

    Source: He et al. 2015, Deep residual learning, arXiv:1512.03385, option A.
    """

    channels: int = setting(64, "number", "output channels", letters="n_C′ C′", low=1)

    def output(self, x: Shape) -> Shape:
        if self.channels < image(x)[0]:
            raise ShapeError(f"{int(x[0])} channels are more than {int(self.channels)} already")
        return self.channels, *x[1:]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.ConstantPad3d((0, 0, 0, 0, 0, self.channels - x[0]), 0.0)

    def brief(self) -> str:
        return f"to {self.channels}"


class Slice(Layer, group="Shape"):
    """Take some of the channels, in their order: one part of a network that splits its channels."""

    start: int = setting(0, "number", "the first channel taken, counted from 0")
    channels: int = setting(1, "number", "how many are taken", letters="n_C′ C′", low=1)

    def output(self, x: Shape) -> Shape:
        if self.start + self.channels > x[0]:
            last = int(self.start) + int(self.channels) - 1
            raise ShapeError(f"channels {int(self.start)} to {last} are not all among the {int(x[0])} there are")
        return self.channels, *x[1:]

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Slice(self.start, self.channels)

    def brief(self) -> str:
        return f"{self.start} to {self.start + self.channels - 1}"


class ChannelShuffle(Layer, group="Shape"):
    """Deal the channels of each group to all groups, like cards, so that the groups hear of each other.

    Source: Zhang et al. 2017, ShuffleNet, arXiv:1707.01083.
    """

    groups: int = setting(2, "number", "groups the channels come in", letters="g G", low=1)

    def output(self, x: Shape) -> Shape:
        if image(x)[0] % self.groups:
            raise ShapeError(f"{int(x[0])} channels do not split into {int(self.groups)} groups")
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.ChannelShuffle(self.groups)

    def brief(self) -> str:
        return f"g{self.groups}"


def several(value: Numbers) -> tuple[int, ...]:
    """One number or several, as several."""
    return value if isinstance(value, tuple) else (value,)
