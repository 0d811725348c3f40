"""Notes, arrows and bookmarks in a project file, from and to JSON, strictly. docs/project-file.md has the format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.formats.strict_json import Fault, Part, list_of, number_of, object_of, quoted, several, text_of
from explorer.network.annotations import BOOKMARKS, Annotation, Arrow, Bookmark, Note, WrongAnnotation

MOST = 10_000
"""Notes and arrows."""
COMMON = ("kind", "place", "size", "colour")


def annotations_as_json(annotations: Mapping[str, Annotation]) -> dict[str, Any]:
    """By id, in order."""
    return {id: _as_json(each) for id, each in sorted(annotations.items())}


def annotations_of(value: Any) -> dict[str, Annotation]:
    """Notes and arrows by id. Raises Fault."""
    found = object_of(value, "annotations")
    if len(found) > MOST:
        raise Fault(f"has {len(found):,} notes and arrows, at most {MOST:,} are read")
    return {text_of(id, "annotations"): _annotation(each, f"annotations.{quoted(id)}") for id, each in found.items()}


def bookmarks_as_json(bookmarks: Mapping[int, Bookmark]) -> dict[str, Any]:
    """By number, in order."""
    return {
        str(number): {"name": each.name, "middle": [float(x) for x in each.middle], "scale": float(each.scale)}
        for number, each in sorted(bookmarks.items())
    }


def bookmarks_of(value: Any) -> dict[int, Bookmark]:
    """Views by number. Raises Fault."""
    numbers = {str(number): number for number in BOOKMARKS}
    found = {}
    for key, each in object_of(value, "bookmarks").items():
        if key not in numbers:
            raise Fault(f"has a bookmark {quoted(key)}, not one from {BOOKMARKS[0]} to {BOOKMARKS[-1]}")
        part = Part(each, f"bookmarks.{key}", ("name", "middle", "scale"))
        try:
            middle = _pair(each["middle"], f"{part.where}.middle")
            found[numbers[key]] = Bookmark(part.text("name"), middle, part.number("scale"))
        except WrongAnnotation as error:
            raise Fault(f"has at {part.where} what cannot be: {error}") from error
    return found


def _as_json(each: Annotation) -> dict[str, Any]:
    place, size = ([float(x) for x in pair] for pair in (each.place, each.size))
    common = {"kind": type(each).__name__.lower(), "place": place, "size": size, "colour": each.colour}
    return {**common, "text": each.text, "text_size": each.text_size} if isinstance(each, Note) else common


def _annotation(value: Any, where: str) -> Annotation:
    note = object_of(value, where).get("kind") == "note"
    part = Part(value, where, (*COMMON, "text", "text_size") if note else COMMON)
    place, size = (_pair(value[key], f"{where}.{key}") for key in ("place", "size"))
    try:
        if note:
            letters = part.number("text_size")
            return Note(place, size, part.text("colour"), part.text("text"), int(letters) if letters % 1 == 0 else 0)
        if part.text("kind") != "arrow":
            raise Fault(f"has at {where} a kind {quoted(part.text('kind'))}, neither note nor arrow")
        return Arrow(place, size, part.text("colour"))
    except WrongAnnotation as error:
        raise Fault(f"has at {where} what cannot be: {error}") from error


def _pair(value: Any, where: str) -> tuple[float, float]:
    pair = several(list_of(value, where, 2), where, number_of)
    if len(pair) != 2:
        raise Fault(f"has at {where} {len(pair)} numbers, not 2")
    return pair[0], pair[1]
