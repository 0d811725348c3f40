"""A network that grows node by node while a module is read."""

from __future__ import annotations

from collections.abc import Sequence

from torch import fx, nn

from explorer.engine.readings import TraceError
from explorer.engine.symbols import Seen
from explorer.layers.opaque import Opaque
from explorer.layers.shapes import Permute
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.network import Node


class Growing:
    """Nodes and their shapes so far, and the modules whose paths are kept for their own nodes."""

    def __init__(self, module: nn.Module) -> None:
        self.modules = dict(module.named_modules())
        self.nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}

    def place(self, id: str, layer: Layer, seen: Sequence[Seen]) -> Seen:
        """Add a node. Raises TraceError where the shapes do not fit."""
        try:
            shapes = [self.shapes[value.id] for value in seen]
            self.shapes[id] = layer.output(*shapes)
        except ShapeError as error:
            raise TraceError(f"{id}: {error}") from None
        if id in self.modules and not isinstance(layer, Opaque):
            have, need = sum(p.numel() for p in self.modules[id].parameters()), layer.parameters(*shapes)
            if have != need:
                raise TraceError(
                    f"{id} has {have:,} weights, but for its input it would need {need:,}: "
                    "the module was made for another picture size"
                )
        self.nodes[id] = Node(id, layer, tuple(value.id for value in seen))
        return Seen(id, tuple(range(len(self.shapes[id]) + 1)))

    def plain(self, step: fx.Node, seen: Seen) -> Seen:
        """The value with its axes really in the order in which they are seen."""
        if seen.plain:
            return seen
        if seen.axes[0] != 0:
            raise TraceError(f"{seen.id}: the pictures of a batch are mixed with its axes")
        path = where(step)
        return self.place(self.free(f"{path}.permute" if path else "permute"), Permute(seen.axes[1:]), [seen])

    def fresh(self, step: fx.Node, stem: str) -> str:
        """An unused id for a step's node: a module's path is left to the module."""
        return self.free(stem, step.op == "call_module")

    def free(self, stem: str, module: bool = False) -> str:
        taken = self.nodes.keys() if module else self.nodes.keys() | self.modules.keys()
        id, number = stem, 0
        while id in taken:
            number += 1
            id = f"{stem}_{number}"
        return id

    def size(self, seen: Seen) -> tuple[int, ...]:
        """The shape as the module has it, for one picture."""
        shape = (1, *self.shapes[seen.id])
        return tuple(shape[axis] for axis in seen.axes)


def where(step: fx.Node) -> str:
    """The path of the module that makes a call."""
    return next(reversed(step.meta.get("nn_module_stack", {})), "")
