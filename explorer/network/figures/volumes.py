"""The classic figure of a convolutional network: its feature maps as boxes in perspective.

Source of the look: LeCun et al. 1998, figure 2, and Krizhevsky et al. 2012, figure 2: sizes in proportion, the window
of a convolution on the map it looks at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from explorer.maths.drawing import Anchor, Label, Outline, Point, Shape, arrow, rounded, text_width
from explorer.network.figures.flow import Line, Room, Row
from explorer.network.figures.look import DIM, INK, LINE, fill, mixed, written
from explorer.network.figures.units import Unit
from explorer.network.layer import Shape as Size

SIDE = 84.0
"""Points along the largest image's side."""
THICK = 2.0, 24.0
"""Points of the thinnest and the thickest box."""
MOST = 1024
"""Channels of the thickest box."""
ABREAST = 240.0
"""Points for all branches of a block, one below the other."""
TALL = 16.0, 76.0
"""Points of the shortest and the longest vector."""
LONGEST = 4096
"""Numbers of the longest vector."""
SLANT = 0.32
"""How far the third axis goes right and up, of its length."""
LEAST = 3.5
"""Points along the smallest image's side."""
SIGN = 9.0
"""Points across the circle of a sum."""
SIGNS = {"Add": "+", "Multiply": "×"}
SIZE, SMALL = 7.0, 6.0
START: Anchor = "start"
END: Anchor = "end"
GAP = 13.0, 7.0
"""Between boxes along the flow, and across it."""
SMALLEST = 0.8
"""Letters are drawn this much smaller before a row is cut in two."""
SLABS = 3
"""So many repeats are drawn as boxes that touch; more are counted in words."""


@dataclass(frozen=True)
class Solid:
    """A box: width to the right (channels), height, and how far its back is right and up; points."""

    wide: float
    high: float
    back: float


class Volumes:
    """Draws units as boxes. largest: the longest side of an image among them, pixels."""

    gaps, side, down = GAP, -1, False

    def __init__(
        self, units: Mapping[str, Unit], order: str, notes: Mapping[str, tuple[str, ...]], page: float
    ) -> None:
        self.units, self.order, self.notes, self.page = units, order, notes, page
        sides = [max(unit.shape[1:]) for unit in units.values() if unit.shape and len(unit.shape) == 3]
        self.largest = max(sides, default=1)
        self.scale = 1.0
        self.scale = min(map(self._branched, units.values()), default=1.0)
        self.rooms = {id: self._room(unit) for id, unit in units.items()}

    def solid(self, shape: Size | None) -> Solid:
        """The box of a shape; a side of 0 comes of one that is not known."""
        if shape and len(shape) == 3 and shape[1:] != (1, 1):
            sides = [max(LEAST, self.scale * SIDE * sqrt(n / self.largest)) for n in shape[1:]]
            thick = THICK[0] + (THICK[1] - THICK[0]) * sqrt(min(1.0, shape[0] / MOST))
            return Solid(thick, sides[0], SLANT * sides[1])
        long = sqrt(min(1.0, (shape[0] if shape else 1) / LONGEST))
        return Solid(4.0, TALL[0] + (TALL[1] - TALL[0]) * long, 2.5)

    def paint(self, row: Row) -> list[Shape]:
        """Boxes and lines; the flow runs to the right."""
        drawn: list[Shape] = []
        for line in row.lines:
            if not self._looks(line, row):
                drawn += arrow(rounded(line.points, 3.0), LINE)
            if line.mark:
                (x, y), anchor = (line.points[0], END) if line.ends[1] else (line.points[-1], START)
                drawn.append(Label((x + (2 if line.ends[0] else -2), y + SMALL * 0.3), line.mark, SMALL, anchor))
        for id in sorted(row.places, key=lambda id: row.places[id]):
            drawn += self._unit(self.units[id], row.places[id])
        for line in row.lines:
            if self._looks(line, row):
                drawn += self._window(line, row)
        return drawn

    def longest(self, box: tuple[float, float, float, float]) -> float:
        """How long a row may be, of a figure that takes so much in one."""
        return self.page / SMALLEST

    def brace(self, shapes: Sequence[Shape], row: Row, ids: Collection[str], text: str) -> list[Shape]:
        """What stands under a repeated block."""
        left = min(row.places[id][0] for id in ids)
        right = max(row.places[id][0] + self.rooms[id].along for id in ids)
        y = max(shape.box[3] for shape in shapes if shape.box[0] < right and left < shape.box[2]) + 3
        brace = Outline(((left, y), (left, y + 3), (right, y + 3), (right, y)), "", DIM, 0.6, False)
        return [brace, Label(((left + right) / 2, y + 4 + SIZE), text, SIZE, bold=True, colour=INK)]

    def _room(self, unit: Unit) -> Room:
        if self._sign(unit):
            return Room(SIGN, SIGN / 2, SIGN / 2, (0.0, SIGN))
        solid, words = self.solid(unit.shape), self._words(unit)
        body = self._slabs(unit) * solid.wide + solid.back
        along = max(body, *(text_width(text, size) for text, size, _ in words))
        below = sum(size * 1.2 for _, size, _ in words) + 3
        left = (along - body) / 2
        return Room(along, solid.high / 2 + solid.back, solid.high / 2 + below, (left, left + body - solid.back / 2))

    def _branched(self, join: Unit) -> float:
        """How much smaller boxes must be for all branches that come together here to have room."""
        if len(join.inputs) < 3:
            return 1.0
        high = max(solid.high + solid.back for id in join.inputs if (solid := self.solid(self.units[id].shape)))
        return min(1.0, max(LEAST * 4, ABREAST / len(join.inputs) - 3 * SIZE) / high)

    def _slabs(self, unit: Unit) -> int:
        return unit.times if unit.times <= SLABS else 1

    def _sign(self, unit: Unit) -> str:
        return SIGNS.get(unit.head.layer.kind, "")

    def _words(self, unit: Unit) -> list[tuple[str, float, str]]:
        times = f" ×{unit.times}" if unit.times > SLABS else ""
        lines = [(written(unit.shape, self.order), SIZE, INK), (unit.name + times, SMALL, DIM)]
        return lines + [(note, SMALL, DIM) for note in self.notes.get(unit.id, ())]

    def _unit(self, unit: Unit, place: Point) -> list[Shape]:
        (x, y), room = place, self.rooms[unit.id]
        if sign := self._sign(unit):
            circle = Outline(_round((x + SIGN / 2, y), SIGN / 2), "#ffffff", INK)
            return [circle, Label((x + SIGN / 2, y + SIZE * 0.32), sign, SIZE)]
        solid = self.solid(unit.shape)
        colour = fill(unit)
        shapes: list[Shape] = []
        for number in range(self._slabs(unit)):
            left = x + room.ports[0] + number * solid.wide
            shapes += _box((left, y - solid.high / 2), solid, colour)
        at = y + solid.high / 2 + 3
        for text, size, ink in self._words(unit):
            at += size * 1.2
            shapes.append(Label((x + room.along / 2, at - size * 0.3), text, size, colour=ink))
        return shapes

    def _looks(self, line: Line, row: Row) -> bool:
        """Whether the target's window is drawn on its source instead of an arrow."""
        if line.ends != (True, True) or len(line.points) > 2:
            return False
        source, target = self.units[line.source], self.units[line.target]
        image = source.shape is not None and len(source.shape) == 3 and source.shape[1:] != (1, 1)
        return image and not self._sign(source) and bool(getattr(target.head.layer, "kernel", None))

    def _window(self, line: Line, row: Row) -> list[Shape]:
        """A parallelogram on the right face of the source, with lines that meet at the target."""
        source, kernel = self.units[line.source], getattr(self.units[line.target].head.layer, "kernel", 1)
        shape, solid = source.shape or (1, 1, 1), self.solid(source.shape)
        high, deep = (kernel, kernel) if isinstance(kernel, int) else kernel
        up = max(2.6, solid.high * min(1.0, sqrt(high / shape[1])) * 0.6)
        back = max(1.6, solid.back * min(1.0, sqrt(deep / shape[2])) * 0.6)
        up, back = min(up, solid.high), min(back, solid.back)
        x, y = line.points[0]
        x, y = x - back / 2, y - solid.back / 2 + back / 2  # the middle of the right face
        corners = ((x, y + up / 2), (x + back, y + up / 2 - back), (x + back, y - up / 2 - back), (x, y - up / 2))
        meet = line.points[-1]
        beams = [Outline((corner, meet), "", DIM, 0.35, False) for corner in corners[1:3] + corners[:1]]
        return [*beams, Outline(corners, mixed(fill(source), "#000000", 0.28), INK, 0.4)]


def _box(at: Point, solid: Solid, colour: str) -> list[Shape]:
    (x, y), (wide, high, back) = at, (solid.wide, solid.high, solid.back)
    ink = mixed(colour, "#000000", 0.55)
    front = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    top = ((x, y), (x + back, y - back), (x + wide + back, y - back), (x + wide, y))
    right = ((x + wide, y), (x + wide + back, y - back), (x + wide + back, y + high - back), (x + wide, y + high))
    return [
        Outline(front, colour, ink, 0.4),
        Outline(top, mixed(colour, "#ffffff", 0.45), ink, 0.4),
        Outline(right, mixed(colour, "#000000", 0.1), ink, 0.4),
    ]


def _round(middle: Point, radius: float) -> tuple[Point, ...]:
    return tuple((middle[0] + radius * cos(pi * i / 16), middle[1] + radius * sin(pi * i / 16)) for i in range(32))
