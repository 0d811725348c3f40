"""A network as thin cards with lines between them, from top to bottom, as papers print it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from explorer.maths.drawing import Label, Outline, Point, Shape, arrow, rounded, text_width
from explorer.network.figures.flow import Room, Row
from explorer.network.figures.look import DIM, INK, LINE, fill, fitted, mixed, written
from explorer.network.figures.units import Unit

SIZE, SMALL = 7.0, 6.0
EDGE = 5.0
"""Room around what is written on a card, points."""
LEADING = 8.6
SLIM = 90.0
"""Points that a card needs to have two texts side by side."""
WIDEST = 190.0
SMALLEST = 0.85
"""Letters are drawn this much smaller to have one more column on the page."""
APART = 14.0
"""Between columns, points."""
MORE = 20.0
"""Points that columns may differ."""
HIGHEST = 1.3
"""Of the page's width: a higher figure is cut into columns."""
GAP = 12.0, 7.0
"""Between cards along the flow, and across it."""


class Cards:
    """Draws units as cards, all equally wide."""

    gaps, side, down = GAP, 1, True

    def __init__(
        self, units: Mapping[str, Unit], order: str, notes: Mapping[str, tuple[str, ...]], page: float,
        narrow: bool = False,
    ) -> None:  # fmt: skip
        self.units, self.order, self.notes, self.page = units, order, notes, page
        abreast = max((len(unit.inputs) for unit in units.values()), default=1)
        self.narrow = narrow or abreast * SLIM > page  # the shape goes to a line of its own
        lines = {id: self._lines(unit) for id, unit in units.items()}
        widest = max(
            text_width(left, SIZE if bold else SMALL, bold) + text_width(right, SMALL) + (10 if left and right else 0)
            for written in lines.values() for left, right, bold in written
        )  # fmt: skip
        self.width = min(WIDEST, widest + 2 * EDGE)
        self.lines = lines
        half = self.width / 2
        self.rooms = {id: self._room(len(lines[id]) * LEADING + EDGE, half) for id in units}

    def paint(self, row: Row) -> list[Shape]:
        """Cards and lines; the flow runs down."""
        drawn: list[Shape] = []
        for line in row.lines:
            points = tuple((c, a) for a, c in line.points)
            drawn += arrow(rounded(points, 3.0), LINE)
            if line.mark:
                (x, y), down = (points[0], -3.0) if line.ends[1] else (points[-1], 3.0 + SMALL * 0.76)
                drawn.append(Label((x, y + down), line.mark, SMALL))
        for id, (a, c) in row.places.items():
            drawn += self._card(self.units[id], (c - self.width / 2, a), self.rooms[id].along)
        return drawn

    def longest(self, box: tuple[float, float, float, float]) -> float:
        """How high a column may be, of a figure that takes so much in one."""
        wide, high = box[2] - box[0], box[3] - box[1]
        room = int((self.page / SMALLEST + APART) / (wide + APART))
        return high / max(1, min(room, ceil(high / (HIGHEST * self.page)))) + MORE

    def brace(self, shapes: Sequence[Shape], row: Row, ids: Collection[str], text: str) -> list[Shape]:
        """What stands left of a repeated block."""
        top = min(row.places[id][0] for id in ids)
        low = max(row.places[id][0] + self.rooms[id].along for id in ids)
        x = min(shape.box[0] for shape in shapes if shape.box[1] < low and top < shape.box[3]) - 3
        brace = Outline(((x, top), (x - 3, top), (x - 3, low), (x, low)), "", DIM, 0.6, False)
        return [brace, Label((x - 6, (top + low) / 2 + SIZE * 0.35), text, SIZE, "end", bold=True, colour=INK)]

    def _room(self, high: float, half: float) -> Room:
        return Room(high, half, half, (0.0, high))

    def _lines(self, unit: Unit) -> list[tuple[str, str, bool]]:
        """What is written at the left and at the right of each line, and whether it is bold."""
        times = f" ×{unit.times}" if unit.times > 1 else ""
        shape = written(unit.shape, self.order)
        lines = (
            [(unit.name + times, "", True), (shape, "", False)] if self.narrow else [(unit.name + times, shape, True)]
        )
        if unit.others:
            lines.append((unit.others, "", False))
        return lines + [(note, "", False) for note in self.notes.get(unit.id, ())]

    def _card(self, unit: Unit, at: Point, high: float) -> list[Shape]:
        x, y = at
        right, low = x + self.width, y + high
        corners = ((x, y), (right, y), (right, low), (x, low))
        shapes: list[Shape] = [Outline(corners, mixed(fill(unit), "#ffffff", 0.55), INK, 0.5)]
        for number, (left, end, bold) in enumerate(self.lines[unit.id]):
            size, base = SIZE if bold else SMALL, y + EDGE / 2 + LEADING * (number + 0.76)
            room = self.width - 2 * EDGE - (text_width(end, SMALL) + 6 if end else 0)
            shapes.append(
                Label((x + EDGE, base), fitted(left, size, room, bold), size, "start", bold, INK if bold else DIM)
            )
            if end:
                shapes.append(Label((right - EDGE, base), end, SMALL, "end", colour=INK))
        return shapes
