"""As much of an unknown network as names and shapes of its weights show: layers with their sizes, in the file's order.

Strides, poolings, activations and the picture's size leave no weights; and which layer feeds which is only known as
far as channels fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt

from explorer.layers.dense import Input, Linear
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, GlobalAvgPool
from explorer.network.layer import Layer, Shape
from explorer.network.network import Network, Node
from explorer.network.settings import SettingError

SIDE = 64
"""Height and width of the picture, where nothing tells them."""


def guessed(shapes: Mapping[str, Shape]) -> Network:
    """A chain of convolutions, normalisations and fully connected layers; what fits nowhere begins a piece of its own.

    shapes: of weights by name, in order. Names that end neither in weight nor in what belongs to one are left over.
    """
    layers: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        id, _, tensor = name.rpartition(".")
        layers.setdefault(id, {})[tensor] = shape
    chain = _Chain()
    for id, arrays in layers.items():
        try:
            chain.take(id or "layer", arrays)
        except SettingError:  # no layer has such sizes: its weights are left over
            continue
    return Network(chain.nodes)


class _Chain:
    """Nodes so far; the channels of each, or the length of its vector."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.channels: dict[str, int] = {}
        self.images: dict[int, str] = {}  # by channels, the last node that has so many
        self.last = ""

    def take(self, id: str, arrays: dict[str, Shape]) -> None:
        """Add the layer with these weights, if they are those of one. Raises SettingError."""
        weight, bias = arrays.get("weight", ()), "bias" in arrays
        if len(weight) == 4 and 0 not in weight:
            self.conv(id, weight, bias)
        elif len(weight) == 2 and 0 not in weight:
            self.linear(id, weight, bias)
        elif "running_mean" in arrays and arrays["running_mean"] == (self.channels.get(self.last),):
            self.add(id, BatchNorm2d(affine="weight" in arrays), self.last, self.channels[self.last])

    def conv(self, id: str, weight: Shape, bias: bool) -> None:
        out, each, height, width = weight
        before, groups = self._source(out, each)
        kernel = height if height == width else (height, width)
        padding = height // 2 if height == width else (height // 2, width // 2)
        layer = Conv2d(out, kernel, 1, padding, groups=groups, bias=bias)
        if not self.nodes:
            before = self.add("input", Input(each, SIDE, SIDE), "", each)
        self.add(id, layer, before, out)

    def linear(self, id: str, weight: Shape, bias: bool) -> None:
        out, inputs = weight
        layer = Linear(out, bias)
        if not self.nodes:
            side = isqrt(inputs) if isqrt(inputs) ** 2 == inputs else 0
            self.add("input", Input(1, side or 1, side or inputs), "", 1)
            self.add("flatten", Flatten(), "input", inputs)
        before = self.last if self.channels[self.last] == inputs and self._is_vector(self.last) else ""
        self.add(id, layer, before or self._flattened(id, inputs), out)

    def add(self, id: str, layer: Layer, before: str, channels: int) -> str:
        number, name = 0, id
        while name in self.nodes:
            number += 1
            name = f"{id}_{number}"
        self.nodes[name] = Node(name, layer, (before,) if before else ())
        self.channels[name] = channels
        if not self._is_vector(name):
            self.images[channels] = name
        self.last = name
        return name

    def _source(self, out: int, each: int) -> tuple[str, int]:
        """What feeds a convolution, "" for nothing known, and its groups."""
        last = self.last if self.last and not self._is_vector(self.last) else ""
        have = self.channels.get(last)
        if last and have == each:
            return last, 1
        if last and each == 1 and out == have:
            return last, have
        if each in self.images:
            return self.images[each], 1
        if last and have and have % each == 0 and out % (have // each) == 0:
            return last, have // each
        return "", 1

    def _flattened(self, id: str, inputs: int) -> str:
        """A vector of that length made of the last image: its channels' averages, or all its numbers."""
        channels = self.channels[self.last]
        if self._is_vector(self.last) or inputs % channels:
            return ""
        if inputs == channels:
            return self.add(f"{id}.mean", GlobalAvgPool(), self.last, inputs)
        side = isqrt(inputs // channels)
        if side**2 * channels != inputs:
            return ""
        self.add(f"{id}.pool", AdaptiveAvgPool2d(side), self.last, channels)
        return self.add(f"{id}.flatten", Flatten(), self.last, inputs)

    def _is_vector(self, id: str) -> bool:
        return isinstance(self.nodes[id].layer, Linear | Flatten | GlobalAvgPool)
