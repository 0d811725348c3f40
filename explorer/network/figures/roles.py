"""Which layers tell the style and which the content of a picture that is painted, marked as on the canvas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import cos, pi, sin

from explorer.maths.drawing import Label, Outline, Point, Shape, bounds, text_width
from explorer.network.direction import CARD
from explorer.network.figures.look import INK
from explorer.network.project import Place

PLATES = {"content": ("C", "#214ea7"), "style": ("S", "#9a5b00")}
"""What a mark says, and its colour: dark enough for white letters."""
SIZE = 18.0
"""Across a mark, scene units."""
LETTER = 11.0


def role_shapes(
    roles: Mapping[str, Collection[str]], places: Mapping[str, Place], drawn: Sequence[Shape]
) -> list[Shape]:
    """A mark on the upper right corner of each card that tells something, and below all what the marks mean."""
    shapes: list[Shape] = []
    for id, told in roles.items():
        for number, role in enumerate(role for role in PLATES if role in told):
            x, y = places[id]
            shapes += _plate(role, (x + CARD[0] - 14 - number * (SIZE + 2), y))
    left, _, _, low = bounds(drawn)
    for role in (role for role in PLATES if any(role in told for told in roles.values())):
        words, y = f"{role} layer", low + 2 * SIZE
        shapes += _plate(role, (left + SIZE / 2, y))
        shapes.append(Label((left + SIZE + 6, y + LETTER * 0.36), words, LETTER, "start", colour=INK))
        left += SIZE + 24 + text_width(words, LETTER)
    return shapes


def _plate(role: str, middle: Point) -> list[Shape]:
    letter, colour = PLATES[role]
    x, y = middle
    turns = [2 * pi * i / 32 for i in range(32)]
    rim = tuple((x + SIZE / 2 * cos(turn), y + SIZE / 2 * sin(turn)) for turn in turns)
    return [
        Outline(rim, colour, "#ffffff", 2.0),
        Label((x, y + LETTER * 0.36), letter, LETTER, bold=True, colour="#ffffff"),
    ]
