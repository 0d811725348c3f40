"""The `nn` handed to `Layer.module`: torch.nn, with the few modules torch lacks or has in part."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import *  # noqa: F403  (the point of this module)
from torch.nn import Conv2d as TorchConv2d
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


class Concat(Module):
    """The inputs' channels one behind the other."""

    def forward(self, *x: Tensor) -> Tensor:
        return torch.cat(x, 1)
