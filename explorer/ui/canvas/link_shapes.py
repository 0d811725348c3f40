"""What a route is drawn as, and where: in the flow's axes, as the route itself."""

from __future__ import annotations

from itertools import pairwise
from math import hypot, inf
from typing import Literal

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from explorer.network.project import Place
from explorer.network.routes import Route

BEND = 14.0
"""Radius of a link's corners, scene units."""

Part = Literal["all", "head", "tail"]
"""Of a link's way: all of it, or what lies before or behind its lane."""


def smooth(route: Route) -> QPainterPath:
    """The route with rounded corners; a lone slanted piece becomes an S."""
    points = [QPointF(*place) for place in route]
    path = QPainterPath(points[0])
    if len(points) == 2:
        a, b = points
        if a.x() == b.x() and b.y() > a.y():
            path.lineTo(b)
        else:
            fall = b.y() - a.y()
            bend = QPointF(0, fall / 2 if fall > 0 else 40.0)
            path.cubicTo(a + bend, b - bend, b)
        return path
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        path.lineTo(_towards(corner, before))
        path.quadTo(corner, _towards(corner, after))
    path.lineTo(points[-1])
    return path


def _towards(corner: QPointF, other: QPointF) -> QPointF:
    """Where the bend at `corner` ends on the way to `other`: half of that way at most."""
    way = other - corner
    length = hypot(way.x(), way.y())
    return corner + way * (min(BEND, length / 2) / length) if length else corner


def box(route: Route) -> tuple[float, float, float, float]:
    """Around all that is drawn of a route."""
    if len(route) == 2 and route[0][1] < route[1][1]:
        (ax, ay), (bx, by) = route
        return (ax, ay, bx, by) if ax < bx else (bx, ay, ax, by)
    across, down = zip(*route, strict=True)
    # The S of a link that runs upwards swings out beyond its ends.
    swing = 40.0 if len(route) == 2 and down[1] <= down[0] else 0.0
    return min(across), min(down) - swing, max(across), max(down) + swing


NO_LANE = (0.0, inf, -inf)
"""Of a link that is nowhere an upright line."""


def short_lane(route: Route) -> tuple[float, float, float]:
    """Where a link is nothing but an upright line: at which x, from which height to which; from below to above where
    it is so nowhere. A DenseNet has thousands that pass a view in hundreds of lanes."""
    if len(route) != 6 or route[2][0] != route[3][0]:
        return NO_LANE
    down = [y for _, y in route]
    return route[2][0], max(down[:3]) + BEND, min(down[3:]) - BEND


def long_lane(route: Route) -> tuple[float, float, float] | None:
    """Where a link with a lane can be drawn as one line between its head and its tail, which bend as the whole would:
    at which x, from which height to which. From most places one sees one of the three."""
    if len(route) != 6 or route[2][0] != route[3][0]:
        return None
    upper, lower = route[2][1] + 2 * BEND, route[3][1] - 2 * BEND
    return (route[2][0], upper, lower) if upper < lower else None


def distance(x: float, y: float, route: Route) -> float:
    """How far a point is from the nearest piece of a route."""
    return min(_from_piece(x, y, a, b) for a, b in pairwise(route))


def _from_piece(x: float, y: float, a: Place, b: Place) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / square)) if square else 0.0
    return hypot(x - a[0] - along * dx, y - a[1] - along * dy)
