"""Python source laid out on lines of at most 120 characters, as ruff and black do it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf
from typing import Any

WIDTH = 120


@dataclass(frozen=True)
class Group:
    """Something in brackets. tall: one item a line in any case; literal: a tuple or list, one a line where too long."""

    opening: str
    items: tuple[Doc, ...]
    closing: str = ")"
    tall: bool = False
    literal: bool = False


Doc = str | Group
"""A piece of source before it is laid out."""


def call(name: str, *items: Doc, tall: bool = False) -> Group:
    """name(item, item)"""
    return Group(f"{name}(", items, tall=tall)


def named(name: str, value: Doc, sign: str = "=") -> Doc:
    """name=value"""
    if isinstance(value, str):
        return f"{name}{sign}{value}"
    return Group(f"{name}{sign}{value.opening}", value.items, value.closing, value.tall, value.literal)


def flat(doc: Doc) -> str:
    """On one line."""
    if isinstance(doc, str):
        return doc
    return doc.opening + ", ".join(map(flat, doc.items)) + doc.closing


def laid_out(before: str, doc: Doc, indent: int, after: str = "") -> list[str]:
    """The lines of `before` + doc + `after`, the first one indented by so many characters."""
    line = f"{' ' * indent}{before}{flat(doc)}{after}"
    if isinstance(doc, str) or (len(line) <= WIDTH and not _tall(doc)):
        return [line]
    inner = f"{' ' * (indent + 4)}{', '.join(map(flat, doc.items))}"
    if len(inner) <= WIDTH and not _tall(doc) and not doc.literal:
        body = [inner]
    else:
        body = [line for item in doc.items for line in laid_out("", item, indent + 4, ",")]
    return [f"{' ' * indent}{before}{doc.opening}", *body, f"{' ' * indent}{doc.closing}{after}"]


def literal(value: Any) -> str:
    """A setting as it is written in source."""
    if isinstance(value, str):
        return f'"{value}"'  # one of our own choices: nothing to escape
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and isinf(value):
        return f'float("{value}")'
    if isinstance(value, float):
        return re.sub(r"e([+-])0", r"e\1", repr(value))
    return repr(value)


def title(text: str) -> str:
    """Text from outside for a docstring: it cannot end it, or hold what an editor would not show."""
    return "".join(c if c.isprintable() else " " for c in text).replace("\\", "/").replace('"', "'")


def class_name(words: Iterable[str]) -> str:
    """Words as the name of a class: ResNet50."""
    plain = "".join(word[0].upper() + word[1:] for text in words for word in re.findall(r"[A-Za-z0-9]+", text))
    return plain if plain and not plain[0].isdigit() else f"Network{plain}"


def _tall(doc: Doc) -> bool:
    return not isinstance(doc, str) and (doc.tall or any(map(_tall, doc.items)))
