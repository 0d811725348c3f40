"""Layers that work number by number, and softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explorer.network.layer import Layer, Shape, ShapeError, described, setting


@dataclass(frozen=True)
class ReLU(Layer, group="Activation"):
    """max(0, x), number by number.

    Source: Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines.
    """

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.ReLU()


@dataclass(frozen=True)
class ReLU6(Layer, group="Activation"):
    """min(6, max(0, x)), number by number.

    Source: Howard et al. 2017, MobileNets, arXiv:1704.04861.
    """

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.ReLU6()


@dataclass(frozen=True)
class Softmax(Layer, group="Activation"):
    """Turn scores into probabilities: exp(x), divided by its sum over one axis.

    Source: Bridle 1990, Probabilistic interpretation of feedforward classification network outputs.
    """

    axis: int = setting(1, "number", "axis that sums to 1: 1 channels or classes, 2 rows, 3 columns", low=1, high=3)

    def output(self, x: Shape) -> Shape:
        if self.axis > len(x):
            raise ShapeError(f"axis {self.axis} does not exist in {described(x)}: take 1")
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Softmax(dim=self.axis)


@dataclass(frozen=True)
class Dropout(Layer, group="Activation"):
    """In training, set a random share of the numbers to 0; when the network runs, nothing.

    Source: Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting.
    """

    share: float = setting(0.5, "fraction", "share of the numbers set to 0 in training", low=0, high=1)

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Dropout(self.share)

    def brief(self) -> str:
        return f"{self.share:.0%}"
