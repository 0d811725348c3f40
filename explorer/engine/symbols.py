"""What a step of a traced graph gives: a node's value as the module sees it, a tensor of the module, or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Axes = tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """The value of a node, its axes (batch first) in the order in which the module has them."""

    id: str
    axes: Axes

    @property
    def plain(self) -> bool:
        """Whether the axes are in our order."""
        return self.axes == tuple(range(len(self.axes)))


@dataclass(frozen=True)
class Held:
    """A tensor of the module itself, or what was made of some: their names, and how.

    raw: whether it is one of them as it is.
    """

    names: tuple[str, ...]
    compute: Callable[[Mapping[str, Tensor]], Any]
    raw: bool = False


@dataclass(frozen=True)
class Several:
    """The results of a step that gives more than one: each becomes a node when it is taken."""

    take: Callable[[int], Any]


def permuted(name: str, args: Any, seen: Seen) -> Axes | None:
    """The axes after a call that only puts them into another order."""
    rank, given = len(seen.axes), args[1:]
    if name == "permute":
        order = given[0] if len(given) == 1 and isinstance(given[0], list | tuple) else given
    elif name in ("transpose", "swapaxes") and len(given) == 2:
        order = list(range(rank))
        order[given[0]], order[given[1]] = order[given[1]], order[given[0]]
    else:
        return None
    if args[0] is not seen or len(order) != rank or not all(type(axis) is int for axis in order):
        return None
    axes = tuple(seen.axes[axis] for axis in order)
    return axes if axes[0] == 0 else None


def inverse(axes: Axes) -> Axes:
    return tuple(axes.index(axis) for axis in range(len(axes)))


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, slice):
        value = [value.start, value.stop, value.step]
    if isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def filled(value: Any, state: Mapping[str, Tensor], tensors: Mapping[Seen, Tensor] | None = None) -> Any:
    """Arguments with tensors in the place of what stands for them."""
    if isinstance(value, Seen):
        return (tensors or {})[value]
    if isinstance(value, Held):
        return value.compute(state)
    if isinstance(value, Mapping):
        return {key: filled(part, state, tensors) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(part, state, tensors) for part in value)
    return value
