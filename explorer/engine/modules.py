"""The `nn` handed to `Layer.module`: torch.nn, with the few modules torch lacks or has in part."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import *  # noqa: F403  (the point of this module)
from torch.nn import Conv2d as TorchConv2d
from torch.nn import LayerNorm as TorchLayerNorm
from torch.nn import Module
from torch.nn.functional import pad

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


class LayerNorm(TorchLayerNorm):  # type: ignore[no-redef]
    """torch's, also over the channels of an image, which torch has no word for."""

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 4 and len(self.normalized_shape) == 1:
            return super().forward(x.movedim(1, -1)).movedim(-1, 1)
        return super().forward(x)


class Concat(Module):
    """The inputs' channels one behind the other."""

    def forward(self, *x: Tensor) -> Tensor:
        return torch.cat(x, 1)
