"""A network that grows while an ONNX graph is read: nodes, their shapes, their weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from torch import Tensor

from explorer.engine.onnx.operators import OperatorError
from explorer.engine.onnx.values import View, size
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.layers.resizing import PixelShuffle
from explorer.layers.shapes import ChannelShuffle, Flatten, Permute, Reshape
from explorer.network.layer import Layer, Shape
from explorer.network.network import Node

SHUFFLED = (0, 2, 1, 3, 4)
"""The axes of groups × channels × rows × columns after the channels were dealt to the groups."""

WOVEN = (0, 1, 4, 2, 5, 3)
"""The axes of channels × r × r × rows × columns after each block was laid out."""


class Builder:
    """Nodes so far, and what each of them gives. uses: how many operators look at a node's value, in whatever view.
    borders: by a node that puts a mirrored or repeated border around an image: that, and top, bottom, left, right."""

    def __init__(self) -> None:
        self.uses: Counter[str] = Counter()
        self.nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}
        self.tensors: dict[str, Mapping[str, Tensor]] = {}
        self.numbered: Counter[str] = Counter()
        self.borders: dict[str, tuple[View, str, tuple[int, int, int, int]]] = {}

    def place(self, id: str, layer: Layer, views: Sequence[View], **weights: Tensor | None) -> View:
        """Add a node, which takes the values as our nodes give them. Raises ShapeError, OperatorError."""
        shapes = [self.shapes[view.id] for view in views]
        shape = layer.output(*shapes)
        given = {name: tensor for name, tensor in weights.items() if tensor is not None}
        need = layer.parameters(*shapes) + layer.buffers(*shapes)
        if not isinstance(layer, Opaque) and sum(tensor.numel() for tensor in given.values()) != need:
            raise OperatorError("has not as many weights as it needs for its input")
        self.nodes[id] = Node(id, layer, tuple(view.id for view in views))
        self.shapes[id] = shape
        self.tensors[id] = given
        return View(id, tuple(range(len(shape) + 1)))

    def entry(self, id: str, shape: Shape, axes: tuple[int, ...]) -> View:
        """Add an Input, whose value (1, …) of this shape the graph sees by these axes."""
        input = self.place(id, Input(*(*shape, 1, 1)[:3]), [])
        return View((input if len(shape) == 3 else self.shaped("flatten", input, (1, *shape))).id, axes)

    def free(self, stem: str) -> str:
        """An unused id."""
        while (id := f"{stem}_{number}" if (number := self.numbered[stem]) else stem) in self.nodes:
            self.numbered[stem] += 1
        return id

    def size(self, view: View) -> tuple[int, ...]:
        """The shape as the graph has it, with its batch of one where it has one."""
        return size(view, self.shapes[view.id])

    def whole(self, view: View) -> bool:
        """Whether no axis of the node is left out."""
        return len(view.axes) == len(self.shapes[view.id]) + 1

    def plain(self, view: View) -> View:
        """The value with its axes really in the order in which the graph has them, the batch first."""
        if view.plain and self.whole(view):
            return view
        if view.axes[:1] != (0,):
            raise OperatorError("works over the batch")
        return self.shaped("permute", view, self.size(view))

    def shaped(self, id: str, view: View, shape: Sequence[int]) -> View:
        """The value's numbers, in the graph's order, as another shape; where that begins with 1, this is the batch."""
        if self.size(view) == tuple(shape) and self.whole(view) and view.plain:
            return view
        if found := self.woven(id, view, tuple(shape)):
            return found
        long = [axis for axis, n in zip(view.axes, self.size(view), strict=True) if n > 1]
        if long != sorted(long):
            order = [axis for axis in range(1, len(self.shapes[view.id]) + 1) if axis not in view.axes]
            order += [axis for axis in view.axes if axis]
            view = self.place(self.free("permute"), Permute(tuple(order)), [view])
        batch = shape[0] == 1 and len(shape) > 1
        target = tuple(shape[1:] if batch else shape) or (1,)
        axes = tuple(range(len(target) + 1)) if batch else tuple(range(1, len(shape) + 1))
        if self.shapes[view.id] == target:
            return View(view.id, axes, view.kind)
        layer = Flatten() if len(target) == 1 else Reshape(target)
        return View(self.place(self.free(id), layer, [view]).id, axes, view.kind)

    def woven(self, id: str, view: View, shape: tuple[int, ...]) -> View | None:
        """A ChannelShuffle or a PixelShuffle, where one is written as a Reshape, a Transpose and this Reshape."""
        node = self.nodes[view.id]
        if not isinstance(node.layer, Reshape) or len(shape) != 4 or shape[0] != 1:
            return None
        before, parts = self.shapes[node.inputs[0]], self.shapes[view.id]
        source = View(node.inputs[0], (0, 1, 2, 3))
        if view.axes == SHUFFLED and before == shape[1:] and parts[2:] == before[1:] and prod(parts[:2]) == before[0]:
            return self.place(self.free(id), ChannelShuffle(parts[0]), [source])
        if view.axes == WOVEN and len(before) == 3 and parts[1] == parts[2] and parts[3:] == before[1:]:
            if shape[1:] == (parts[0], before[1] * parts[1], before[2] * parts[1]):
                return self.place(self.free(id), PixelShuffle(parts[1]), [source])
        return None


def with_numbers(layer: Opaque, numbers: Mapping[str, Tensor]) -> Opaque:
    """The same operations with other constants of the same shapes."""
    operations = layer.operations
    own = {
        name: (kind, shape, tuple(numbers[name].flatten().tolist()) if name in numbers else values)
        for name, (kind, shape, values) in operations.constants.items()
    }
    return layer if own == operations.constants else Opaque(layer.name, replace(operations, constants=own).written())
