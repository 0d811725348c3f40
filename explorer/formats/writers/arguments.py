"""What a class must be told, where parts of a network are built alike but for some numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.formats.writers.source import literal
from explorer.formats.writers.torch_layers import CHANNELS, REQUIRED, Argument

Column = tuple[str, Argument]
"""An argument of a module within a class, and the module's path there."""

Values = tuple[Any, ...]
"""One for each place where the class is used."""


@dataclass(frozen=True)
class Variable:
    """An argument of a class: its name, its values, torch's default where it has one."""

    name: str
    values: Values
    default: Any = REQUIRED

    @property
    def declared(self) -> str:
        """As it stands in `__init__`: stride: int = 1."""
        known = [*self.values] if self.default is REQUIRED else [*self.values, self.default]
        default = "" if self.default is REQUIRED else f" = {literal(self.default)}"
        return f"{self.name}: {' | '.join(dict.fromkeys(map(_type, known)))}{default}"

    def given(self, place: int) -> Argument:
        """What the class is called with there."""
        return Argument(self.name, self.values[place], self.default, self.default is REQUIRED)


def arguments(table: Sequence[Sequence[Column]], sizes: Sequence[tuple[int, int]]) -> tuple[list[Variable], list[str]]:
    """The arguments a class needs, and what is written in it for each column, "" where torch's default does.

    table: the columns of each place; all have the same. sizes: channels that come in and go out there.
    """
    columns = [(*column[0], tuple(argument.value for _, argument in column)) for column in zip(*table, strict=True)]
    counts = {values for _, argument, values in columns if _role(argument) == "channels"}
    apart: dict[tuple[str, Values], tuple[str, Argument, Values]] = {}
    for path, argument, values in columns:
        if not _equal(values):
            apart.setdefault(_key(argument, values, counts), (path, argument, values))
    names = _names([(path, *key) for key, (path, _, _) in apart.items()], sizes)
    variables = {
        key: Variable(name, values, REQUIRED if key[0] == "channels" else argument.default)
        for (key, (_, argument, values)), name in zip(apart.items(), names, strict=True)
    }
    words = [
        _fixed(values[0], argument.default) if _equal(values) else variables[_key(argument, values, counts)].name
        for _, argument, values in columns
    ]
    return sorted(variables.values(), key=lambda variable: variable.default is not REQUIRED), words


def _names(wanted: list[tuple[str, str, Values]], sizes: Sequence[tuple[int, int]]) -> list[str]:
    """in_channels and out_channels, width where there is one more; stride, or conv1_stride where there are several."""
    ins, outs = zip(*sizes, strict=True)
    known = {ins: "channels"} if ins == outs else {ins: "in_channels", outs: "out_channels"}
    roles = [role for _, role, values in wanted if role != "channels" or values not in known]
    names: list[str] = []
    for path, role, values in wanted:
        if role == "channels" and values in known:
            name = known[values]
        elif roles.count(role) == 1:
            name = "width" if role == "channels" else role
        else:
            name = f"{path}_{role}"
        number = 1
        stem = name
        while name in names:
            number += 1
            name = f"{stem}_{number}"
        names.append(name)
    return names


def _key(argument: Argument, values: Values, counts: set[Values]) -> tuple[str, Values]:
    """What is one argument of the class: a depthwise convolution has as many groups as channels."""
    return ("channels" if argument.name == "groups" and values in counts else _role(argument)), values


def _role(argument: Argument) -> str:
    """Equal numbers of channels are one argument, whatever torch calls them."""
    counts = argument.name in CHANNELS or argument.name.endswith("_channels")
    return "channels" if counts and argument.default is REQUIRED else argument.name


def _equal(values: Values) -> bool:
    return len(set(map(repr, values))) == 1


def _fixed(value: Any, default: Any) -> str:
    return "" if type(value) is type(default) and value == default else literal(value)


def _type(value: Any) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(type(part).__name__ for part in value)}]"
    return "None" if value is None else type(value).__name__
