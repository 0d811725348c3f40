"""Normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explorer.layers.windows import image
from explorer.network.layer import Layer, Shape, setting


@dataclass(frozen=True)
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
        return 2 * x[0] if self.affine else 0

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.BatchNorm2d(x[0], self.eps, self.momentum, self.affine)
