"""Notes and arrows as they lie on the canvas, for the figure that has the canvas's arrangement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot

from explorer.maths.drawing import Label, Outline, Shape, arrow, text_width
from explorer.network.annotations import Annotation, Note
from explorer.network.figures.look import INK, fitted, mixed

INKS = {
    "orange": "#9a5b00", "blue": "#214ea7", "green": "#0b766c", "violet": "#8b3fc0", "pink": "#b0235f",
    "grey": "#5b6472",
}  # fmt: skip
"""The colours of the light theme, dark enough for print."""
PALE = 0.88
"""How much white is in a note's ground."""
ROOM = 8.0
"""Between a note's frame and its text."""
ABOVE = 6.0
"""Between its upper edge and the text."""
DEPTH = 1.24
"""Of the letters' height: a line with what hangs below it."""
LEADING = 1.22
"""From one line of text to the next, of the letters' height."""
SMALLER = 1.0, 0.9, 0.8, 0.7
"""Shares of the letters' height that are tried: the typeface of a figure may be wider than the canvas's."""
HEAD = 13.0
"""Length of an arrow's head."""


def note_shapes(annotations: Mapping[str, Annotation]) -> list[Shape]:
    """Large ones below small ones, in scene units."""
    drawn: list[Shape] = []
    for each in sorted(annotations.values(), key=lambda one: -abs(one.size[0] * one.size[1])):
        drawn += _note(each) if isinstance(each, Note) else _arrow(each)
    return drawn


def within(annotations: Mapping[str, Annotation], area: tuple[float, float, float, float]) -> dict[str, Annotation]:
    """Those that begin and end inside of left, top, right, bottom."""
    left, top, right, bottom = area
    inside = {}
    for id, each in annotations.items():
        (x, y), (wide, high) = each.place, each.size
        if all(left <= a <= right for a in (x, x + wide)) and all(top <= b <= bottom for b in (y, y + high)):
            inside[id] = each
    return inside


def _note(note: Note) -> list[Shape]:
    (x, y), (wide, high), ink = note.place, note.size, INKS[note.colour]
    corners = (x, y), (x + wide, y), (x + wide, y + high), (x, y + high)
    size, lines = _set(note.text, note.text_size, wide - 2 * ROOM, high - ABOVE)
    return [
        Outline(corners, mixed(ink, "#ffffff", PALE), ink, 1.25),
        *(
            Label((x + ROOM, y + ABOVE + size * (1 + LEADING * number)), line, size, "start", colour=INK)
            for number, line in enumerate(lines) if line
        ),
    ]  # fmt: skip


def _set(text: str, size: float, wide: float, high: float) -> tuple[float, list[str]]:
    """The size of the letters, a little smaller where else not all has room, and the lines; … ends what has none."""
    for share in SMALLER:
        letters = min(size * share, high / DEPTH)
        lines, most = list(_lines(text, letters, wide)), 1 + int((high / letters - DEPTH) / LEADING)
        if len(lines) <= most:
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], fitted(lines[most - 1] + " …", letters, wide)]
    return letters, lines


def _lines(text: str, size: float, room: float) -> Iterable[str]:
    """The text broken between words, and within those that are longer than a line."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if text_width(longer, size) <= room:
                line = longer
                continue
            if line:
                yield line
            while text_width(word, size) > room and len(word) > 1:
                fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or text_width(word[:n], size) <= room)
                yield word[:fits]
                word = word[fits:]
            line = word
        yield line


def _arrow(each: Annotation) -> list[Shape]:
    (x, y), (right, down) = each.place, each.size
    if not right and not down:
        return []
    head = min(HEAD, hypot(right, down))
    return [*arrow(((x, y), (x + right, y + down)), INKS[each.colour], 2.5, head)]
