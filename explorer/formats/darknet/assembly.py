"""The network of a Darknet text while its sections are read, with every shape and the order of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from explorer.formats.darknet.sections import MOST, Section
from explorer.layers.dense import Input
from explorer.network.layer import Layer, Shape, ShapeError, described
from explorer.network.network import Network, Node
from explorer.network.settings import SettingError


@dataclass(frozen=True)
class Numbers:
    """One tensor of the weights file: its name in the weight store, its shape, the layer it belongs to."""

    name: str
    shape: Shape
    layer: int

    @property
    def count(self) -> int:
        """How many numbers."""
        return prod(self.shape)


class Assembly:
    """Layers so far. A layer's nodes are called after its section and its number in Darknet, counted from 0 behind
    [net]: conv0, conv0.bn, conv0.leaky; the last of them gives the layer's output.

    letterbox: whether pictures keep their proportions. ends: the last node of each layer. weights: all tensors, in
    the order of the weights file.
    """

    def __init__(self, net: Section) -> None:
        self.nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}
        self.ends: list[str] = []
        self.weights: list[Numbers] = []
        self.section, self.last = net, ""
        size = [net.number(key, 0, low=1) for key in ("channels", "height", "width")]
        self.letterbox = bool(net.number("letter_box", 0))
        self.add("input", Input, *size)
        self.picture = self.shape

    @property
    def network(self) -> Network:
        """What is written so far."""
        return Network(self.nodes)

    @property
    def number(self) -> int:
        """Darknet's number of the layer being read."""
        return len(self.ends)

    @property
    def shape(self) -> Shape:
        """Of what was added last."""
        return self.shapes[self.last]

    def add(self, id: str, kind: type[Layer], *settings: object, inputs: Sequence[str] = ()) -> str:
        """Add a node behind `inputs`, or behind the last one where there are none; returns its id. Raises Fault."""
        before = tuple(inputs) or ((self.last,) if kind.inputs else ())
        try:
            layer = kind(*settings)
            shape = layer.output(*(self.shapes[i] for i in before))
        except (SettingError, ShapeError) as error:
            raise self.section.fault(str(error)) from error
        if max(shape) > MOST:
            raise self.section.fault(f"gives {described(shape)}, of which one side is above {MOST:,}")
        self.nodes[id], self.shapes[id], self.last = Node(id, layer, before), shape, id
        return id

    def takes(self, *tensors: tuple[str, Shape]) -> None:
        """These tensors come next in the weights file."""
        self.weights += [Numbers(name, shape, self.number) for name, shape in tensors]

    def layer(self, index: int) -> str:
        """The node that gives the output of layer `index`; a negative one counts back from here. Raises Fault."""
        number = index if index >= 0 else self.number + index
        if not 0 <= number < self.number:
            raise self.section.fault(f"takes layer {index}, which is not among the {self.number} before it")
        return self.ends[number]

    def begin(self, section: Section) -> None:
        """The next layer."""
        self.section = section

    def finish(self) -> None:
        """What was added last is the layer's output."""
        self.ends.append(self.last)
