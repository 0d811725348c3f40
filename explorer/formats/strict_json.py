"""JSON from strangers: parsed without what Python's own reader lets through, and taken apart with a sentence for each
fault."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from explorer.formats.words import shown

MOST_TEXT = 10_000
"""Characters in one text."""

HALF_CHARACTER = re.compile("[\\ud800-\\udfff]")  # half a surrogate pair: it could be shown and written nowhere

T = TypeVar("T")


class Fault(ValueError):
    """What is wrong with a description, with the place: goes behind “file” in a sentence."""


def parsed(data: bytes, digits: int = 18) -> Any:
    """json.loads without what it lets through: twin keys, NaN, Infinity, overflow, endless digits or brackets.

    digits: that a whole number may have.
    """
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=lambda text: _whole(text, digits),
        )
    except Fault:
        raise
    except UnicodeDecodeError as error:
        raise Fault("has a description that is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise Fault(f"has a description that is not JSON (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise Fault("has a description nested too deeply") from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    together: dict[str, Any] = {}
    for name, value in pairs:
        if name in together:
            raise Fault(f"has {quoted(name)} twice in one place")
        together[name] = value
    return together


def _no_number(text: str) -> NoReturn:
    raise Fault(f"has {text} where a number is due")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text[:20])


def _whole(text: str, digits: int) -> int:
    return int(text) if len(text) <= digits else _no_number(f"{text[:12]}… ({len(text)} digits)")


class Part:
    """One JSON object that must have exactly these keys; `where` names it in messages."""

    def __init__(self, value: Any, where: str, keys: tuple[str, ...]) -> None:
        self.value = object_of(value, where)
        self.where = where
        for key in keys:
            if key not in self.value:
                raise Fault(f"lacks “{key}”{self._in()}")
        for key in self.value:
            if key not in keys:
                raise Fault(f"has an unknown {quoted(key)}{self._in()}")

    def text(self, key: str) -> str:
        return text_of(self.value[key], self._name(key))

    def items(self, key: str, most: int) -> list[Any]:
        return list_of(self.value[key], self._name(key), most)

    def number(self, key: str) -> float:
        return number_of(self.value[key], self._name(key))

    def _name(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _in(self) -> str:
        return f" in {self.where}" if self.where else ""


def several(values: list[Any], where: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
    """Each of some values read by `read`, which is told its place."""
    return tuple(read(value, f"{where}[{i}]") for i, value in enumerate(values))


def object_of(value: Any, where: str) -> dict[str, Any]:
    """The value, which must be an object. Raises Fault."""
    if not isinstance(value, dict):
        raise Fault(f"has something else than an object at {where}")
    return value


def list_of(value: Any, where: str, most: int) -> list[Any]:
    """The value, which must be a list of at most so many. Raises Fault."""
    if not isinstance(value, list) or len(value) > most:
        raise Fault(f"has something else than a list of at most {most:,} at {where}")
    return value


def text_of(value: Any, where: str) -> str:
    """The value, which must be a text. Raises Fault."""
    if not isinstance(value, str) or len(value) > MOST_TEXT or HALF_CHARACTER.search(value):
        raise Fault(f"has something else than a text of at most {MOST_TEXT:,} characters at {where}")
    return value


def quoted(text: str) -> str:
    """A name out of the file as it is told."""
    return f"“{shown(text, 40)}”"


def number_of(value: Any, where: str) -> float:
    """The value, which must be a number. Raises Fault."""
    if type(value) not in (int, float):
        raise Fault(f"has something else than a number at {where}")
    return float(value)
