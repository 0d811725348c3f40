"""The `nn` handed to `Layer.module`: torch.nn, with the few modules torch lacks or has in part."""

from __future__ import annotations

from math import ceil, inf, prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import *  # noqa: F403  (the point of this module)
from torch.nn import Conv2d as TorchConv2d
from torch.nn import GroupNorm as TorchGroupNorm
from torch.nn import LayerNorm as TorchLayerNorm
from torch.nn import Linear as TorchLinear
from torch.nn import MaxPool2d as TorchMaxPool2d
from torch.nn import Module
from torch.nn.functional import normalize, pad

from explorer.engine.operations import Opaque as Opaque
from explorer.engine.region_ops import roi_align
from explorer.layers.sliding import both
from explorer.maths.yolo import within

MODES = {"zeros": "constant"}


class Conv2d(TorchConv2d):  # type: ignore[no-redef]
    """torch's convolution, with padding also as (top, bottom, left, right)."""

    def __init__(self, inputs: int, channels: int, kernel: Any, stride: Any, padding: Any, *rest: Any) -> None:
        self.sides = padding if isinstance(padding, tuple) and len(padding) == 4 else None
        super().__init__(inputs, channels, kernel, stride, 0 if self.sides else padding, *rest)

    def forward(self, x: Tensor) -> Tensor:
        if self.sides:
            top, bottom, left, right = self.sides
            x = pad(x, (left, right, top, bottom), MODES.get(self.padding_mode, self.padding_mode))
        return super().forward(x)


class MaxPool2d(TorchMaxPool2d):  # type: ignore[no-redef]
    """torch's maximum, with padding also as (top, bottom, left, right)."""

    def __init__(self, kernel: Any, stride: Any, padding: Any, *rest: Any, **named: Any) -> None:
        self.sides = padding if isinstance(padding, tuple) and len(padding) == 4 else None
        super().__init__(kernel, stride, 0 if self.sides else padding, *rest, **named)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor
        if not self.sides:
            y = super().forward(x)
            return y
        top, bottom, left, right = self.sides
        high, wide = x.shape[2:]
        (kernel_h, kernel_w), (stride_h, stride_w) = both(self.kernel_size), both(self.stride)
        if 2 * max(top, bottom) > kernel_h or 2 * max(left, right) > kernel_w:
            raise ValueError("padding is more than half of the window")
        y = super().forward(pad(x, (left, right, top, bottom), value=-inf))
        return y[:, :, : ceil((high + top) / stride_h), : ceil((wide + left) / stride_w)]  # as torch does when it pads


class Add(Module):
    """Sum of the inputs."""

    def forward(self, *x: Tensor) -> Tensor:
        return sum(x[1:], start=x[0])


class Multiply(Module):
    """Product of the inputs."""

    def forward(self, *x: Tensor) -> Tensor:
        return prod(x[1:], start=x[0])


class Slice(Module):
    """Some of the channels."""

    def __init__(self, start: int, channels: int) -> None:
        super().__init__()
        self.start, self.channels = start, channels

    def forward(self, x: Tensor) -> Tensor:
        return x.narrow(1, self.start, self.channels)


class Reorg(Module):
    """Darknet's order of the channels, see `explorer.layers.resizing.Reorg`."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        r = self.factor
        blocks = x.reshape(n, c // r**2, h, r, w, r).permute(0, 3, 5, 1, 2, 4)
        return blocks.reshape(n, c * r**2, h // r, w // r)


class Yolo(Module):
    """What a YOLO head makes of the map (N, A·(5 + C), H, W); the shape stays. Where growth is "square", a sigmoid came
    before it."""

    def __init__(self, anchors: int, classes: int, chances: str, reach: float, growth: str = "exp") -> None:
        super().__init__()
        self.anchors, self.classes, self.chances, self.reach, self.growth = anchors, classes, chances, reach, growth

    def forward(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        boxes = x.reshape(n, self.anchors, 5 + self.classes, h, w)
        middle, size, there, what = torch.split(boxes, [2, 2, 1, self.classes], 2)
        if self.growth == "exp":
            middle, there = middle.sigmoid(), there.sigmoid()
            what = what if self.chances == "softmax" else what.sigmoid()
        what = what.softmax(2) if self.chances == "softmax" else what
        return torch.cat((within(middle, self.reach), size, there, what), 2).reshape(x.shape)


class CenterCrop(Module):
    """The middle of the image."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        for axis, kept in zip((2, 3), self.size, strict=True):
            x = x.narrow(axis, (x.shape[axis] - kept) // 2, kept)
        return x


class GlobalAvgPool(Module):
    """The mean of each channel."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


class GroupNorm(TorchGroupNorm):  # type: ignore[no-redef]
    """torch's, always over channels that lie first: where they lie last it takes the variance from the sum of squares,
    which loses most digits where the mean is large."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.contiguous())


class LayerNorm(TorchLayerNorm):  # type: ignore[no-redef]
    """torch's, also over the channels of an image, which torch has no word for."""

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() > 2 and len(self.normalized_shape) == 1:
            return super().forward(x.movedim(1, -1)).movedim(-1, 1)
        return super().forward(x)


class Linear(TorchLinear):  # type: ignore[no-redef]
    """torch's, over the channels, which torch has last."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Scale(Module):
    """Each channel times a number of its own, plus another."""

    def __init__(self, channels: int, bias: bool) -> None:
        super().__init__()
        self.weight = Parameter(torch.ones(channels))  # noqa: F405
        self.bias = Parameter(torch.zeros(channels)) if bias else None  # noqa: F405

    def forward(self, x: Tensor) -> Tensor:
        along = (-1, *(1 for _ in x.shape[2:]))
        y = x * self.weight.reshape(along)
        return y if self.bias is None else y + self.bias.reshape(along)


class Permute(Module):
    """The axes in another order."""

    def __init__(self, order: tuple[int, ...]) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.order)


class Concat(Module):
    """The inputs' channels one behind the other."""

    def forward(self, *x: Tensor) -> Tensor:
        return torch.cat(x, 1)


class L2Norm(Module):
    """The channels at each pixel, as a vector of length 1."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return normalize(x, dim=1, eps=self.eps)


class RoIAlign(Module):
    """The whole of the coarsest feature map in `size` × `size` numbers: what RoIAlign makes of the whole picture."""

    def __init__(self, size: int, samples: int, levels: int) -> None:
        super().__init__()
        self.size, self.samples, self.levels = size, samples, levels

    def forward(self, *x: Tensor) -> Tensor:
        maps = x[self.levels - 1].contiguous()
        high, wide = maps.shape[2:]
        whole = [[float(number), 0.0, 0.0, wide, high] for number in range(len(maps))]
        return roi_align(maps, torch.tensor(whole, device=maps.device), self.size, 1.0, self.samples)
