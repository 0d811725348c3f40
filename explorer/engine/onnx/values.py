"""The values of an ONNX graph while it is read: numbers that are known, and views of what a node of ours gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.network.layer import Shape


@dataclass(frozen=True, eq=False)
class Known:
    """Numbers that do not depend on the picture. trained: whether they were most likely learned."""

    tensor: Tensor
    trained: bool = False


def known(numbers: NDArray[Any], trained: bool = False) -> Known:
    """Numbers of the file, where they lie in it if torch can take them there."""
    own = numbers if numbers.flags.behaved else np.require(numbers, requirements=["ALIGNED", "WRITEABLE"])
    return Known(torch.from_numpy(own), trained)


@dataclass(frozen=True)
class View:
    """The value of a node, its axes (0 is the batch, then ours) in the order in which the graph has them.

    Axes that are left out have size 1: a graph may drop the batch. kind: "float", "int" or "bool", what the
    graph takes the numbers for; between nodes they are float32.
    """

    id: str
    axes: tuple[int, ...]
    kind: str = "float"

    @property
    def plain(self) -> bool:
        """Whether nothing but the order of the axes could differ, and it does not."""
        return self.axes == tuple(range(len(self.axes)))


def size(view: View, shape: Shape) -> tuple[int, ...]:
    """The shape as the graph has it, where the node gives `shape`."""
    whole = (1, *shape)
    return tuple(whole[axis] for axis in view.axes)


def seen(x: Tensor, view: View) -> Tensor:
    """The node's value, with its batch, as the graph has it."""
    dropped = [axis for axis in range(x.dim()) if axis not in view.axes]
    y = x.permute([*dropped, *view.axes]).reshape([x.shape[axis] for axis in view.axes])
    return y if view.kind == "float" else y != 0 if view.kind == "bool" else y.long()


def kept(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """A result of the graph as a node gives it, when it is seen with these axes (none is left out but the batch)."""
    if 0 not in axes:
        y, axes = y.reshape(1, *(y.shape or (1,))), (0, *(axes or (1,)))
    return y.permute([axes.index(axis) for axis in range(len(axes))]).float()


def result_axes(shape: tuple[int, ...], views: list[View]) -> tuple[int, ...]:
    """How a result of this shape is seen: as the first input with as many axes is, else in its own order."""
    for view in views:
        complete = sorted(view.axes) == list(range(len(shape)))
        if len(view.axes) == len(shape) > 0 and complete and shape[view.axes.index(0)] == 1:
            return view.axes
    batch = len(shape) > 1 and shape[0] == 1 and any(0 in view.axes for view in views)
    return tuple(range(len(shape))) if batch else tuple(range(1, len(shape) + 1))


def word(tensor: Tensor) -> str:
    """What a tensor's numbers are taken for."""
    if tensor.dtype.is_floating_point:
        return "float"
    return "bool" if tensor.dtype is torch.bool else "int"
