"""What a rule is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.maths.explanations import Gathered, Step, Window
from explorer.maths.records import Place
from explorer.maths.worked import Worked
from explorer.network.layer import Shape

Line = Sequence[int]
"""Channels, rows or columns."""
Lines = tuple[Line, Line, Line]
"""Some channels, some rows, some columns: the numbers where they meet."""


@dataclass(frozen=True)
class Account:
    """What a rule found; see `Explanation`."""

    windows: tuple[Window, ...]
    steps: tuple[Step, ...]
    said: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """One number of a layer: where it is, in the map and by its index in the output's own shape, and what came in.

    x: the inputs without the batch, on the device. tensors: the layer's parameters and buffers, on the device.
    """

    layer: Any
    place: Place
    index: tuple[int, ...]
    inputs: tuple[str, ...]
    x: tuple[Tensor, ...]
    tensors: Mapping[str, Tensor]

    def take(self, name: str, at: Any) -> NDArray[Any] | None:
        """Part of one of the layer's tensors; None where it has none of this name."""
        tensor = self.tensors.get(name)
        return None if tensor is None else tensor[at].float().cpu().numpy()

    def leaf(self, letter: str, name: str, at: Any) -> Worked | None:
        """One number of the layer's tensors under a letter."""
        number = self.take(name, at)
        return None if number is None else Worked(letter, float(number))

    def window(
        self,
        lines: Lines,
        port: int = 0,
        weights: NDArray[Any] | None = None,
        copies: tuple[Line, Line] | None = None,
        gathered: Gathered = "sum",
    ) -> Window:
        """Numbers of an input: some channels, rows and columns of it.

        Rows and columns outside of it are padding: zeros, or copies of the rows and columns `copies`.
        """
        x = cube(self.x[port])
        channels, *spots = (np.asarray(line, np.int64) for line in lines)
        out = [(line < 0) | (line >= size) for line, size in zip(spots, x.shape[1:], strict=True)]
        padded = out[0][:, None] | out[1][None, :]
        if copies is None:
            rows, columns = (np.where(o, -1, line) for o, line in zip(out, spots, strict=True))
        else:
            rows, columns = (np.asarray(line, np.int64) for line in copies)
        values: NDArray[Any] = x.cpu().numpy()[np.ix_(channels, rows, columns)]
        if copies is None:
            values = np.where(padded, np.float32(0), values)
        return Window(self.inputs[port], channels, rows, columns, padded, values, weights, None, gathered)

    def spot(self, port: int = 0) -> tuple[Window, float]:
        """The number of an input in the same place, and its value."""
        place = self.place
        found = self.window(([place.channel], [place.row], [place.column]), port)
        return found, float(found.values[0, 0, 0])

    def whole(self, port: int = 0) -> Window:
        """All numbers of an input."""
        channels, rows, columns = cube(self.x[port]).shape
        return self.window((range(channels), range(rows), range(columns)), port)


Rule = Callable[[Case], Account]


def cube(value: Tensor) -> Tensor:
    """A value as maps (C, H, W), as they are looked at; a vector is (C, 1, 1)."""
    rows = value.shape[1] if value.ndim > 1 else 1
    return value.reshape(len(value), rows, -1)


def index_of(place: Place, shape: Shape) -> tuple[int, ...]:
    """A place's index in a value of this shape."""
    rest = np.unravel_index(place.column, shape[2:]) if len(shape) > 2 else ()
    return (place.channel, *((place.row,) if len(shape) > 1 else ()), *map(int, rest))


def place_at(node: str, number: int, shape: Shape) -> Place:
    """The place of a value's number, counted in the order in which it lies in memory."""
    rows = shape[1] if len(shape) > 1 else 1
    columns = int(np.prod(shape[2:]))
    channel, rest = divmod(number, rows * columns)
    return Place(node, channel, *divmod(rest, columns))
