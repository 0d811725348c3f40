"""Objects of JSON from strangers, asked for what they should hold."""

from __future__ import annotations

from typing import Any

from explorer.formats.checkpoint.stored import MOST_AXES, NotRead
from explorer.formats.words import shown


class Part:
    """One JSON object; `where` names it in messages."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise NotRead(f"has something else than an object for {shown(where, 60)}")
        self.value: dict[str, Any] = value
        self.where = where

    def get(self, key: str) -> Any:
        if key not in self.value:
            raise NotRead(f"lacks “{key}” of {shown(self.where, 60)}")
        return self.value[key]

    def part(self, key: str) -> Part:
        return Part(self.get(key), f"{key} of {self.where}")

    def items(self, key: str, most: int) -> list[Any]:
        value = self.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise NotRead(f"has something else than a list of at most {most:,} for {key} of {shown(self.where, 60)}")
        return value

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= 200 or not value.isprintable():
            raise NotRead(f"has no readable {key} of {shown(self.where, 60)}")
        return value

    def whole(self, key: str) -> int:
        value = self.get(key)
        if type(value) is not int or not 0 <= value < 1 << 40:
            raise NotRead(f"has no whole number from 0 on for {key} of {shown(self.where, 60)}")
        return value

    def sizes(self, key: str) -> tuple[int, ...]:
        """A shape that is known, or strides."""
        return tuple(Part(size, f"{key} of {self.where}").whole("as_int") for size in self.items(key, MOST_AXES))

    def one(self) -> tuple[str, Any]:
        """The one key of a choice, and its value."""
        if len(self.value) != 1:
            raise NotRead(f"has {len(self.value)} things where one is due, for {shown(self.where, 60)}")
        return next(iter(self.value.items()))
