"""An ONNX graph while it is written: operators, numbers, and names for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from explorer.layers.sliding import both, padded_sides
from explorer.network.layer import Layer
from explorer.network.network import Node


class Graph:
    """Collects operators and numbers; every value is called after the node it belongs to.

    weights: arrays by `node id.parameter`. taken: names that only their nodes may have.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]], taken: Iterable[str]) -> None:
        self.weights, self._taken = weights, set(taken)
        self.operators: list[NodeProto] = []
        self.numbers: list[TensorProto] = []
        self.node = Node("", Layer())

    def add(self, operator: str, *inputs: str, part: str = "", **settings: Any) -> str:
        """One operator; its output goes by the node's id, or by that and `part` within the node."""
        name = self._free(f"{self.node.id}/{part}") if part else self.node.id
        settings = {key: value for key, value in settings.items() if value is not None}
        self.operators.append(helper.make_node(operator, inputs, [name], name=name, **settings))
        return name

    def weight(self, parameter: str) -> str:
        """The name of a trained tensor of the node, or "" where it has none."""
        name = f"{self.node.id}.{parameter}"
        return self.number(name, self.weights[name]) if name in self.weights else ""

    def constant(self, part: str, value: Any, type: Any = np.float32) -> str:
        """The name of numbers that are not trained."""
        return self.number(f"{self.node.id}/{part}", np.asarray(value, type))

    def number(self, name: str, value: NDArray[Any]) -> str:
        """Keep a tensor, under this name where it is free."""
        name = self._free(name)
        self.numbers.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def sides(padding: Any) -> list[int]:
    """Padding as ONNX writes it: top, left, bottom, right."""
    (top, bottom), (left, right) = (both(side) for side in padded_sides(padding))
    return [top, left, bottom, right]


def ends(border: list[int]) -> list[int]:
    """The same for all four axes, the batch and the channels first."""
    return [0, 0, *border[:2], 0, 0, *border[2:]]


def padded(g: Graph, x: str, border: list[int], mode: str, fill: float = 0.0) -> str:
    """Put a border around an image, top, left, bottom, right; mode and fill say what it holds."""
    value = [g.constant("border", fill)] if mode == "constant" else []
    return g.add("Pad", x, g.constant("sides", ends(border), np.int64), *value, part="padded", mode=mode)
