"""Layers that work number by number, and softmax."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from explorer.network.layer import Layer, Shape, ShapeError, Spans, described, everything
from explorer.network.settings import setting
from explorer.network.symbol import Constant

SLOPE = Constant(1, "One slope for all channels.")


class Pointwise:
    """The same function for each number: the shape stays. torch's module has this name and takes these settings."""

    def output(self, x: Shape) -> Shape:
        """As it came."""
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        """torch's own."""
        settings = (getattr(self, f.name) for f in fields(self))  # type: ignore[arg-type]  # it is mixed into one
        return getattr(nn, type(self).__name__)(*settings)


class ReLU(Pointwise, Layer, group="Activation"):
    """max(0, x), number by number.

    Source: Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines.
    """


class ReLU6(Pointwise, Layer, group="Activation"):
    """min(6, max(0, x)), number by number.

    Source: Howard et al. 2017, MobileNets, arXiv:1704.04861.
    """


class LeakyReLU(Pointwise, Layer, group="Activation"):
    """x where x is positive, a small part of x where it is not: no unit falls silent for good.

    Source: Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models.
    """

    slope: float = setting(0.01, "fraction", "part of x that stays below zero", letters="a", low=0, high=1)

    def brief(self) -> str:
        return f"{self.slope:g}·x below 0"


class PReLU(Layer, group="Activation"):
    """Like LeakyReLU, but the slope below zero is learned.

    Source: He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852.
    """

    each: bool = setting(False, "switch", "learn a slope for each channel instead of one for all")

    def output(self, x: Shape) -> Shape:
        return x

    def parameters(self, x: Shape) -> int:
        return x[0] if self.each else SLOPE

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (x[0] if self.each else 1,)}

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.PReLU(x[0] if self.each else 1)

    def brief(self) -> str:
        return "a slope each" if self.each else "one slope"


class ELU(Pointwise, Layer, group="Activation"):
    """x where x is positive, α·(exp(x) − 1) where it is not: smooth, and never below −α.

    Source: Clevert et al. 2015, Fast and accurate deep network learning by exponential linear units, arXiv:1511.07289.
    """

    alpha: float = setting(1.0, "fraction", "how far below zero it can go", letters="α", low=0, high=16)


class SiLU(Pointwise, Layer, group="Activation"):
    """x·sigmoid(x), also called swish: a ReLU with a smooth bend.

    Source: Elfwing et al. 2017, Sigmoid-weighted linear units, arXiv:1702.03118; Ramachandran et al. 2017,
    Searching for activation functions, arXiv:1710.05941.
    """


class Mish(Pointwise, Layer, group="Activation"):
    """x·tanh(ln(1 + exp(x))): a ReLU with a smooth bend that dips below zero, as in YOLOv4.

    Source: Misra 2019, Mish, arXiv:1908.08681.
    """


class GELU(Layer, group="Activation"):
    """x times the probability that a normal random number is below x.

    Source: Hendrycks & Gimpel 2016, Gaussian error linear units, arXiv:1606.08415.
    """

    approximate: str = setting("none", "choice", "compute it exactly, or nearly by tanh", choices=("none", "tanh"))

    def output(self, x: Shape) -> Shape:
        return x

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.GELU(approximate=self.approximate)


class Hardswish(Pointwise, Layer, group="Activation"):
    """x·min(6, max(0, x + 3)) / 6: SiLU built of straight lines, cheap on a phone.

    Source: Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244.
    """


class Hardsigmoid(Pointwise, Layer, group="Activation"):
    """min(6, max(0, x + 3)) / 6: a sigmoid built of straight lines.

    Source: Courbariaux et al. 2015, BinaryConnect, arXiv:1511.00363.
    """


class Sigmoid(Pointwise, Layer, group="Activation"):
    """1 / (1 + exp(−x)): every number becomes one between 0 and 1."""


class Tanh(Pointwise, Layer, group="Activation"):
    """(exp(x) − exp(−x)) / (exp(x) + exp(−x)): every number becomes one between −1 and 1.

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition (scaled there).
    """


class Softmax(Layer, group="Activation"):
    """Turn scores into probabilities: exp(x), divided by its sum over one axis.

    Source: Bridle 1990, Probabilistic interpretation of feedforward classification network outputs.
    """

    axis: int = setting(1, "number", "axis that sums to 1: 1 channels or classes, 2 rows, 3 columns", low=1, high=3)

    def output(self, x: Shape) -> Shape:
        if self.axis > len(x):
            raise ShapeError(f"axis {self.axis} does not exist in {described(x)}: take 1")
        return x

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans) if axis == self.axis - 2 else spans

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Softmax(dim=self.axis)


class Dropout(Pointwise, Layer, group="Activation"):
    """In training, set a random share of the numbers to 0; when the network runs, nothing.

    Source: Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting.
    """

    share: float = setting(0.5, "fraction", "share of the numbers set to 0 in training", low=0, high=1)

    def brief(self) -> str:
        return f"{self.share:.0%}"
