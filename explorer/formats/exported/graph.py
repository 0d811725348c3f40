"""The graph of a program that torch.export saved: operations of ATen on numbered values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Ref(int):
    """A value by its number."""


class Type(str):
    """A type of numbers, by torch's name."""

    __slots__ = ()


@dataclass(frozen=True)
class Op:
    """One of torch's ATen operations: name with the overload, arguments by position and by name.

    results: the numbers of its values; one that is a list, or has several, is told by `several`. path and kind: of the
    module that made the call, as the file says; whole: the same of the modules around it, from the outermost.
    """

    name: str
    args: tuple[Any, ...]
    named: tuple[tuple[str, Any], ...]
    results: tuple[int, ...]
    several: bool
    around: tuple[tuple[str, str], ...]

    @property
    def base(self) -> str:
        """The name without the overload."""
        return self.name.partition(".")[0]

    @property
    def path(self) -> str:
        """Of the module that makes the call."""
        return self.around[-1][0] if self.around else ""

    @property
    def kind(self) -> str:
        """The class of that module."""
        return self.around[-1][1] if self.around else ""


@dataclass
class Graph:
    """picture: its value's number, and sizes with the batch. held: values that are tensors of the program, by name.

    tensors: their shapes by name; trained: names of those that were learned. shapes: of all values that are tensors.
    """

    picture: int = -1
    sizes: tuple[int, ...] = ()
    held: dict[int, str] = field(default_factory=dict)
    tensors: dict[str, tuple[int, ...]] = field(default_factory=dict)
    trained: set[str] = field(default_factory=set)
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    outputs: tuple[int, ...] = ()
