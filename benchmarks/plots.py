"""How figures grow, drawn by our own drawings: a picture for each axis, times at the left and memory at the right.

Both axes are logarithmic; a panel has each series' points, the line through them and its slope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from benchmarks.slopes import AXES, SERIES, Line, Series
from explorer.formats.svg import svg
from explorer.maths.drawing import Drawing, Label, Outline, Point, Shape

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart also by those who do not tell red from green. Source: Okabe & Ito 2008, Color universal design."""
INK, GRID, FRAME = "#222222", "#e4e4e4", "#888888"
PANEL, HIGH, LEFT, TOP, BETWEEN = 300.0, 220.0, 46.0, 30.0, 74.0
"""Points: a panel's width and height, what stands left of it and above, and between two."""
LINE, MARK = 14.0, 2.6
"""Points: a line of the legend; half a mark."""


def name_of(axis: str) -> str:
    """The file of an axis."""
    return f"scale-{axis.replace(' ', '-')}.svg"


def plot(axis: str, figures: Mapping[str, Any]) -> str:
    """The picture as the text of an SVG file; "" where nothing of the axis was measured. figures: by a series' key its
    x, y, slope and factor."""
    panels = [
        (unit, [series for series in SERIES if series.axis == axis and series.unit in units and series.key in figures])
        for unit, units in (("processor time", ("ms", "s")), ("memory", ("MB",)))
    ]
    panels = [(unit, some) for unit, some in panels if some]
    if not panels:
        return ""
    shapes: list[Shape] = []
    for number, (unit, some) in enumerate(panels):
        shapes += _panel(LEFT + number * (PANEL + BETWEEN), unit, axis, some, figures)
    wide = LEFT + len(panels) * PANEL + (len(panels) - 1) * BETWEEN + 16
    high = TOP + HIGH + 38 + LINE * max(len(some) for _, some in panels) + 8
    return svg(Drawing(wide, high, tuple(shapes), f"Growth with {AXES[axis][0]}"))


def _panel(left: float, unit: str, axis: str, some: Sequence[Series], figures: Mapping[str, Any]) -> list[Shape]:
    """Frame, grid, points, lines and legend of some series of one unit."""
    unit = f"{unit}, {some[0].unit}"
    every_x = [x for series in some for x in figures[series.key]["x"]]
    every_y = [y for series in some for y in figures[series.key]["y"]]
    low_x, high_x = log10(min(every_x)) - 0.08, log10(max(every_x)) + 0.08
    marks = ticks(min(every_y), max(every_y))
    low_y, high_y = log10(marks[0]), log10(marks[-1])

    def at(x: float, y: float) -> Point:
        across = (log10(x) - low_x) / (high_x - low_x)
        up = (log10(y) - low_y) / (high_y - low_y)
        return left + across * PANEL, TOP + (1 - min(max(up, 0.0), 1.0)) * HIGH

    shapes: list[Shape] = [Label((left, TOP - 10), unit, 10, "start", True, INK)]
    for mark in marks:
        _, y = at(10**low_x, mark)
        shapes += [
            Outline(((left, y), (left + PANEL, y)), "", GRID, 0.7, False),
            Label((left - 5, y + 3), f"{mark:,.6g}", 8.5, "end", False, INK),
        ]
    for x in sorted({*figures[some[0].key]["x"]}):
        where, _ = at(x, marks[0])
        shapes += [
            Outline(((where, TOP), (where, TOP + HIGH)), "", GRID, 0.7, False),
            Label((where, TOP + HIGH + 12), f"{x:,.0f}", 8.5, "middle", False, INK),
        ]
    corners = ((left, TOP), (left + PANEL, TOP), (left + PANEL, TOP + HIGH), (left, TOP + HIGH))
    shapes.append(Outline(corners, "", FRAME, 0.8))
    shapes.append(Label((left + PANEL / 2, TOP + HIGH + 25), AXES[axis][0], 9, "middle", False, INK))
    for number, series in enumerate(some):
        known = figures[series.key]
        colour, line = COLOURS[number % len(COLOURS)], Line(known["slope"], known["factor"])
        ends = tuple(at(x, line.at(x)) for x in (min(known["x"]), max(known["x"])))
        shapes.append(Outline(ends, "", colour, 1.1, False))
        shapes += [_mark(at(x, y), colour) for x, y in zip(known["x"], known["y"], strict=True)]
        y = TOP + HIGH + 38 + LINE * (number + 0.5)
        shapes += [_mark((left + 4, y - 3), colour), Label((left + 13, y), told(series, known), 9, "start", False, INK)]
    return shapes


def ticks(low: float, high: float) -> list[float]:
    """Marks of a logarithmic axis around these two: powers of ten, or 1, 2 and 5 times these where there would be
    few."""
    wide = log10(high / low) > 2
    steps = (1.0,) if wide else (1.0, 2.0, 5.0)
    powers = range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
    known = [step * 10.0**power for power in powers for step in steps]
    first = max(number for number, mark in enumerate(known) if mark <= low)
    last = min(number for number, mark in enumerate(known) if mark >= high)
    return known[first : max(last, first + 1) + 1]


def told(series: Series, known: Mapping[str, Any]) -> str:
    """A series in the legend."""
    return f"{series.name.removeprefix('memory of ')}: slope {known['slope']:.2f} (goal: at most {series.most:g})"


def _mark(at: Point, colour: str) -> Outline:
    x, y = at
    return Outline(((x - MARK, y), (x, y - MARK), (x + MARK, y), (x, y + MARK)), colour, "#ffffff", 0.5)
