"""`@dataclass(frozen=True)` as in the standard library, with methods that all classes share.

The library writes six methods for each class as text and compiles them, half a millisecond a class: for the many
questions and records that are there before the window is painted, a tenth of the start. Here the same methods read
the fields as they run. Making a value takes a microsecond longer: what is made by the thousand takes the library's own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)

Rule = tuple[str, Any, Any]
"""A field's name, its default, and what makes one anew for each value; MISSING where there is none."""

RULES, COMPARED = "_rules_of_fields", "_compared_fields"
"""Where a class keeps the rules of its fields, and the names of those that are compared."""
HASH = "_hash"
"""Where a value keeps its own; see `hashed_once`."""


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def dataclass(*, frozen: bool = True, eq: bool = True) -> Callable[[Class], Class]:
    """Make a class a frozen dataclass; all that the standard library does with such works (`fields`, `replace` …).

    eq: whether values are compared and hashed by content, else by identity. Raises ValueError where one asks for a
    class that is not frozen, or has fields that a value is not made with (`field(init=False)`, `InitVar`).
    """

    def made(kind: Class) -> Class:
        dataclasses.dataclass(init=False, repr=False, eq=False)(kind)
        fields = dataclasses.fields(kind)
        if (
            not frozen
            or not all(field.init for field in fields)
            or len(fields) != len(vars(kind)["__dataclass_fields__"])
        ):
            raise ValueError(f"{kind.__qualname__} is no plain frozen dataclass: take the standard library's")
        setattr(kind, RULES, [(field.name, field.default, field.default_factory) for field in fields])
        setattr(kind, COMPARED, [field.name for field in fields if field.compare])
        for method in (*ALWAYS, *(BY_CONTENT if eq else ())):
            if method.__name__ not in kind.__dict__:
                setattr(kind, method.__name__, method)
        return kind

    return made


def hashed_once(kind: Class) -> Class:
    """Let the values of a frozen dataclass remember their hash: of what is looked up in every frame."""
    fresh: Callable[[Any], int] = vars(kind)["__hash__"]

    def __hash__(self: Any) -> int:
        content: dict[str, int] = self.__dict__  # past `__setattr__`, which refuses
        if HASH not in content:
            content[HASH] = fresh(self)
        return content[HASH]

    setattr(kind, "__hash__", __hash__)  # noqa: B010  mypy allows no assignment to a method
    return kind


def __init__(self: Any, *values: Any, **named: Any) -> None:
    rules: list[Rule] = getattr(self, RULES)
    if len(values) > len(rules):
        raise TypeError(f"{type(self).__qualname__} has {len(rules)} fields, not {len(values)}")
    content = self.__dict__  # past `__setattr__`, which refuses
    for (name, _, _), value in zip(rules, values, strict=False):
        content[name] = value
    for name, default, make in rules[len(values) :]:
        if name in named:
            content[name] = named.pop(name)
        elif default is not dataclasses.MISSING:
            content[name] = default
        elif make is not dataclasses.MISSING:
            content[name] = make()
        else:
            raise TypeError(f"{type(self).__qualname__} needs a value for '{name}'")
    for name in named:
        why = "is given twice" if name in content else "is no field of it"
        raise TypeError(f"{type(self).__qualname__}: '{name}' {why}")
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def __repr__(self: Any) -> str:
    shown = (field.name for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def __setattr__(self: Any, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field '{name}'")


def __delattr__(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field '{name}'")


def __eq__(self: Any, other: object) -> Any:
    return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented


def __hash__(self: Any) -> int:
    return hash(_compared(self))


def _compared(value: Any) -> tuple[Any, ...]:
    content = value.__dict__
    return tuple([content[name] for name in getattr(value, COMPARED)])


ALWAYS = (__init__, __repr__, __setattr__, __delattr__)
BY_CONTENT = (__eq__, __hash__)
