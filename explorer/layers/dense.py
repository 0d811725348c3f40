"""The input and the fully connected layer."""

from __future__ import annotations

from math import prod
from typing import Any

from explorer.network.layer import Layer, Shape, ShapeError, affine, described
from explorer.network.settings import setting
from explorer.network.symbol import Constant

BIAS = Constant(1, "One bias for each output, added to its weighted sum.")


class Input(Layer, group="Input", inputs=0):
    """The picture as it enters the network."""

    channels: int = setting(3, "number", "3 for colour, 1 for grey", letters="n_C C", low=1)
    height: int = setting(224, "number", "pixels", letters="n_H H", low=1)
    width: int = setting(224, "number", "pixels", letters="n_W W", low=1)

    def output(self) -> Shape:
        return self.channels, self.height, self.width

    def module(self, nn: Any) -> Any:
        return nn.Identity()

    def brief(self) -> str:
        return "picture" if self.height * self.width > 1 else "numbers"


class Linear(Layer, group="Dense"):
    """Fully connected: every output is a weighted sum of every input.

    Over the channels it does so at each pixel by itself, with the same weights at all of them, as a 1×1 convolution.
    """

    features: int = setting(10, "number", "outputs", letters="n′ N′", low=1, high=16777216)
    bias: bool = setting(True, "switch", "add one learned number per output")
    over: str = setting(
        "everything", "choice", "what is summed: a whole vector, or the channels at each pixel",
        choices=("everything", "channels"),
    )  # fmt: skip

    def output(self, x: Shape) -> Shape:
        if self.over == "channels":
            return self.features, *x[1:]
        if len(x) != 1:
            raise ShapeError(f"needs a vector, got {described(x)}: put a Flatten before it")
        return (self.features,)

    def parameters(self, x: Shape) -> int:
        return (x[0] + BIAS) * self.features if self.bias else x[0] * self.features

    def tensors(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (self.features, x[0]), **affine((self.features,), False, self.bias)}

    def macs(self, y: Shape, x: Shape) -> int:
        return prod(x[1:], start=x[0] * self.features)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Linear(x[0], self.features, self.bias)

    def brief(self) -> str:
        return f"{self.features:,}" + ("" if self.bias else ", no bias") + (" each" if self.over == "channels" else "")
