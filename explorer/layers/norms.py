"""Normalisation."""

from __future__ import annotations

from math import prod
from typing import Any

from explorer.layers.sliding import image
from explorer.network.layer import Layer, Shape, ShapeError, Spans, affine, everything
from explorer.network.settings import setting
from explorer.network.symbol import Constant

AFFINE = Constant(2, "A scale γ and a shift β for each channel.")
AFFINE_EACH = Constant(2, "A scale γ and a shift β for each number.")
REMEMBERED = Constant(2, "A moving mean and a moving variance for each channel.")


class BatchNorm2d(Layer, group="Norm"):
    """Give each channel mean 0 and variance 1 (as remembered from training), then scale and shift it.

    γ·(x − μ) / √(σ² + ε) + β. Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
    """

    eps: float = setting(1e-5, "fraction", "small number under the root", low=0, high=1)
    momentum: float = setting(0.1, "fraction", "how fast training forgets the old mean", low=0, high=1)
    affine: bool = setting(True, "switch", "learn a scale γ and a shift β per channel")

    def output(self, x: Shape) -> Shape:
        return image(x)

    def parameters(self, x: Shape) -> int:
        return AFFINE * x[0] if self.affine else 0

    def buffers(self, x: Shape) -> int:
        return REMEMBERED * x[0]

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return {**affine(x[:1], self.affine, self.affine), "running_mean": x[:1], "running_var": x[:1]}

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.BatchNorm2d(x[0], self.eps, self.momentum, self.affine)


class GroupNorm(Layer, group="Norm"):
    """Give each group of channels mean 0 and variance 1 within the picture, then scale and shift each channel.

    The same in training and after it, whatever the batch. Source: Wu & He 2018, arXiv:1803.08494.
    """

    groups: int = setting(1, "number", "groups of channels; 1 takes all together", letters="g G", low=1)
    eps: float = setting(1e-5, "fraction", "small number under the root", low=0, high=1)
    affine: bool = setting(True, "switch", "learn a scale γ and a shift β per channel")

    def output(self, x: Shape) -> Shape:
        if x[0] % self.groups:
            raise ShapeError(f"{int(x[0])} channels do not split into {int(self.groups)} groups")
        if prod(x) == self.groups:
            raise ShapeError("each group is a single number, which has no variance: take fewer groups")
        return x

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def parameters(self, x: Shape) -> int:
        return AFFINE * x[0] if self.affine else 0

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return affine(x[:1], self.affine, self.affine)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.GroupNorm(self.groups, x[0], self.eps, self.affine)

    def brief(self) -> str:
        return f"g{self.groups}"


class LayerNorm(Layer, group="Norm"):
    """Give the channels at each pixel (or all numbers of the picture) mean 0 and variance 1, then scale and shift them.

    Source: Ba et al. 2016, Layer normalization, arXiv:1607.06450; over the channels: Liu et al. 2022, A ConvNet for
    the 2020s, arXiv:2201.03545.
    """

    over: str = setting("channels", "choice", "what is normalised together", choices=("channels", "everything"))
    eps: float = setting(1e-6, "fraction", "small number under the root", low=0, high=1)
    affine: bool = setting(True, "switch", "learn a scale γ and a shift β for each number normalised together")

    def output(self, x: Shape) -> Shape:
        return x

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return spans if self.over == "channels" else [everything(axis, x)] * len(spans)

    def parameters(self, x: Shape) -> int:
        if not self.affine:
            return 0
        return AFFINE * x[0] if self.over == "channels" else AFFINE_EACH * prod(x[1:], start=x[0])

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return affine(x[:1] if self.over == "channels" else x, self.affine, self.affine)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.LayerNorm(x[:1] if self.over == "channels" else x, self.eps, self.affine)

    def brief(self) -> str:
        return f"over {self.over}"


class Scale(Layer, group="Norm"):
    """Multiply each channel by a learned number, as LayerScale does, and add another if wished.

    Source: Touvron et al. 2021, Going deeper with image transformers, arXiv:2103.17239, section 2.1.
    """

    bias: bool = setting(False, "switch", "add a learned number per channel")

    def output(self, x: Shape) -> Shape:
        return x

    def parameters(self, x: Shape) -> int:
        return AFFINE * x[0] if self.bias else x[0]

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return affine(x[:1], True, self.bias)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Scale(x[0], self.bias)


class LocalResponseNorm(Layer, group="Norm"):
    """Divide each number by how strong the neighbouring channels are at the same pixel: x / (k + α/n·Σx²)^β.

    Source: Krizhevsky et al. 2012, ImageNet classification with deep convolutional neural networks, section 3.3.
    """

    size: int = setting(5, "number", "channels that are summed, the middle one its own", letters="n", low=1)
    alpha: float = setting(1e-4, "fraction", "weight of the sum", letters="α", low=0, high=1)
    beta: float = setting(0.75, "fraction", "power", letters="β", low=0, high=16)
    k: float = setting(1.0, "fraction", "what the sum is added to", letters="k", low=0, high=16)

    def output(self, x: Shape) -> Shape:
        return image(x)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.LocalResponseNorm(self.size, self.alpha, self.beta, self.k)

    def brief(self) -> str:
        return f"over {self.size}"


class L2Norm(Layer, group="Norm"):
    """Divide the channels at each pixel by the length of the vector they are: x / max(√Σx², ε).

    Source: Liu et al. 2015, ParseNet, arXiv:1506.04579, section 3.3; SSD does it before a learned Scale.
    """

    eps: float = setting(1e-12, "fraction", "the least it is divided by", letters="ε", low=0, high=1)

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.L2Norm(self.eps)
