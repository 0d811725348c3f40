"""Colours and words that all figures share."""

from __future__ import annotations

from explorer.maths.drawing import text_width
from explorer.network.figures.units import Unit
from explorer.network.layer import Shape, described

INK, DIM, LINE = "#1b1f27", "#5b6472", "#6b7485"

FILLS = {
    "Input": "#e6e6e6", "Window": "#bcd4f0", "Dense": "#dcc6ea", "Activation": "#f8dfb8", "Norm": "#cdeac9",
    "Join": "#f4ccd4", "Shape": "#f0ecc8", "Detection": "#d9e6b4",
}  # fmt: skip
"""A fill for each group of kinds: light enough for black letters, and still told apart when printed in grey."""
POOL = "#f6c9a8"
"""Windows that learn nothing."""


def fill(unit: Unit) -> str:
    """The colour of a unit, by what it is about."""
    group = unit.head.layer.group
    return POOL if group == "Window" and not unit.trained else FILLS.get(group, "#dddddd")


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share, 0 to 1, of another one."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def written(shape: Shape | None, order: str) -> str:
    """A shape as figures write it; ? where it is not known."""
    if shape is None:
        return "?"
    return described((*shape[1:], shape[0]) if order == "HWC" else shape)


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or as much of it as has room, with … behind it."""
    if text_width(text, size, bold) <= room:
        return text
    while text and text_width(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"
