"""The `nn` handed to `Layer.module`: torch.nn, with the few modules torch lacks or has in part."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import *  # noqa: F403  (the point of this module)
from torch.nn import Conv2d as TorchConv2d
from torch.nn import GroupNorm as TorchGroupNorm
from torch.nn import LayerNorm as TorchLayerNorm
from torch.nn import Linear as TorchLinear
from torch.nn import Module
from torch.nn.functional import pad

from explorer.engine.operations import Opaque as Opaque

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
