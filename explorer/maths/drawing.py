"""A drawing as a short list of shapes: what is drawn once, and painted in a window or written to a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import hypot
from typing import Literal

Point = tuple[float, float]
"""Right and down from the drawing's left upper corner, points (1/72 inch)."""

Anchor = Literal["start", "middle", "end"]

WIDTHS = {
    0.36: " ,./:;\\ijl|·'′⁽⁾", 0.42: "!()-I[]ft⌊⌋⌈⌉²¹", 0.54: '*J`sz°"r', 0.6: "?_cvxy",
    0.66: "$0123456789abdeghknopqu{}", 0.72: "FLPSTZΣ", 0.78: "ABCEKRVXY", 0.84: "#+<=>DGOQ^~×−", 0.9: "&HNUw",
    1.02: "%@m→…∞≤≥",
}  # fmt: skip
"""Signs by their width, of the type's size: the widest of the common families, rounded up. Others are OTHER wide."""
OTHER = 1.08
BOLD = 1.1
"""How much wider the bold type is."""

_width = {sign: width for width, signs in WIDTHS.items() for sign in signs}


@dataclass(frozen=True)
class Outline:
    """A closed area, or a line through points; colours as #rrggbb, "" for none. width: of the line, points."""

    points: tuple[Point, ...]
    fill: str = ""
    line: str = ""
    width: float = 0.5
    closed: bool = True

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        across, down = zip(*self.points, strict=True)
        return min(across), min(down), max(across), max(down)

    def moved(self, dx: float, dy: float, scale: float = 1.0) -> Outline:
        """First scaled about the origin, then moved."""
        points = tuple((x * scale + dx, y * scale + dy) for x, y in self.points)
        return replace(self, points=points, width=self.width * scale)


@dataclass(frozen=True)
class Label:
    """One line of text. at: on its base line, at its start, middle or end."""

    at: Point
    text: str
    size: float
    anchor: Anchor = "middle"
    bold: bool = False
    colour: str = "#000000"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the room it needs in any common typeface."""
        (x, y), wide = self.at, text_width(self.text, self.size, self.bold)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, y - 0.76 * self.size, left + wide, y + 0.24 * self.size

    def moved(self, dx: float, dy: float, scale: float = 1.0) -> Label:
        """First scaled about the origin, then moved."""
        return replace(self, at=(self.at[0] * scale + dx, self.at[1] * scale + dy), size=self.size * scale)


Shape = Outline | Label


@dataclass(frozen=True)
class Drawing:
    """Shapes on a page, the first one at the back. serif: which family its text has."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str = ""
    serif: bool = False

    @property
    def labels(self) -> list[Label]:
        """Its lines of text."""
        return [shape for shape in self.shapes if isinstance(shape, Label)]


def text_width(text: str, size: float, bold: bool = False) -> float:
    """How wide a line of text is at most, in the unit of its size."""
    return size * (BOLD if bold else 1.0) * sum(_width.get(sign, OTHER) for sign in text)


def bounds(shapes: Iterable[Shape]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all these shapes, at least one."""
    left, top, right, bottom = zip(*(shape.box for shape in shapes), strict=True)
    return min(left), min(top), max(right), max(bottom)


def arrow(points: tuple[Point, ...], colour: str, width: float = 0.6, head: float = 3.2) -> tuple[Outline, ...]:
    """A line through points that ends in an arrow head, `head` points long."""
    (ax, ay), (bx, by) = next(
        (a, b) for a, b in zip(reversed(points[:-1]), reversed(points[1:]), strict=True) if a != b
    )
    far = hypot(bx - ax, by - ay)
    dx, dy = (bx - ax) / far, (by - ay) / far
    neck = bx - head * dx, by - head * dy
    sides = tuple((neck[0] + side * head * 0.42 * dy, neck[1] - side * head * 0.42 * dx) for side in (1, -1))
    return Outline((*points[:-1], neck), "", colour, width, False), Outline(((bx, by), *sides), colour)


def rounded(points: tuple[Point, ...], bend: float) -> tuple[Point, ...]:
    """A line whose corners are rounded, each within `bend` points of it."""
    way = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _near(corner, before, bend), _near(corner, after, bend)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            a, b, c = (1 - share) ** 2, 2 * share * (1 - share), share**2
            way.append((a * ax + b * corner[0] + c * bx, a * ay + b * corner[1] + c * by))
    return (*way, points[-1])


def _near(corner: Point, other: Point, bend: float) -> Point:
    far = hypot(other[0] - corner[0], other[1] - corner[1])
    share = min(bend, far / 2) / far if far else 0.0
    return corner[0] + share * (other[0] - corner[0]), corner[1] + share * (other[1] - corner[1])
