"""All links as one item: drawn where exposed, found by arithmetic.

The item itself is turned where links run to the right, so all in it is reckoned in the flow's axes: "upright" is along
the flow, x lies across it.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from explorer.maths.steps import at_once
from explorer.network.direction import Direction
from explorer.network.network import Network
from explorer.network.obstacles import NOTHING
from explorer.network.routes import Link, Route
from explorer.network.routing import STEP, Steps
from explorer.ui import theme
from explorer.ui.canvas.everywhere import Everywhere
from explorer.ui.canvas.link_shapes import NO_LANE, Part, box, distance, long_lane, short_lane, smooth
from explorer.ui.canvas.plain_shapes import draw_lines
from explorer.ui.canvas.turning import turn, turned
from explorer.ui.controls.guarded import guarded

FEW = 16
"""Of up to so many nodes each link is repainted by itself, of more nodes the whole picture: that is faster then."""
SMOOTH = 2000
"""Links in one picture above which all are straight pieces, drawn at once: nobody tells them apart."""


class Links(Everywhere):
    """Every link of the network. Culling and hit tests read one table of bounding boxes.

    routes: in the flow's axes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-1)
        self.routes: dict[Link, Route] = {}
        self.direction = Direction.TOP_DOWN
        self._network = Network()
        self.chosen: Link | None = None
        self.strong: frozenset[str] = frozenset()
        self._keys: list[Link] = []
        self._rows: dict[Link, int] = {}
        self._strong_rows: list[int] | None = None  # once somebody asks
        # By rows, of which those that are in `_rows` are drawn; None while there are no links.
        self._boxes: Any = None  # array (links, 4): left, top, right, bottom
        self._lanes: Any = None  # array (links, 3): see short_lane
        self._paths: dict[Link, dict[Part, QPainterPath]] = {}
        self._lines: array[float] | None = None  # once somebody asks

    def run(self, direction: Direction) -> bool:
        """Let the links run this way; whether they ran otherwise. Then none is drawn until there are routes for it."""
        if direction is self.direction:
            return False
        self.direction = direction
        self.setTransform(turn(direction))
        at_once(self.showing({}, Network()))
        return True

    def showing(self, routes: Mapping[Link, Route], network: Network) -> Steps[None]:
        """Draw these links of a network and no others, step by step; only the last one changes what is drawn."""
        before = self.routes
        boxes, lanes = [], []
        for number, route in enumerate(routes.values()):
            boxes.append(box(route))
            lanes.append(short_lane(route))
            if number % STEP == STEP - 1:
                yield STEP
        self._paths = {key: path for key, path in self._paths.items() if before[key] == routes.get(key)}
        if routes:
            import numpy as np  # imported late: the window is on the screen a tenth of a second earlier

        self._network = network
        self._become(dict(routes), np.array(boxes) if routes else None, np.array(lanes) if routes else None)

    def drop(self, loose: Collection[Link]) -> None:
        """Draw some of the links no more: those that have come loose."""
        rows = [self._rows[link] for link in loose]
        self._lines = None
        for link in loose:
            del self.routes[link], self._rows[link]
            self._paths.pop(link, None)
        if rows:  # the tables keep their rows, where nothing is: making them anew takes as long as all that is left
            self._boxes[rows], self._lanes[rows] = NOTHING, NO_LANE
            self._strong_rows = None
            self.repaint()

    def _become(self, routes: dict[Link, Route], boxes: Any, lanes: Any) -> None:
        self.routes, self._boxes, self._lanes = routes, boxes, lanes
        self._keys = list(routes)
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self._strong_rows = self._lines = None
        self.repaint()

    def follow(self, routes: Mapping[Link, Route]) -> None:
        """Draw some of the links elsewhere, while their nodes are dragged."""
        self._lines = None
        for key, route in routes.items():
            row = self._rows.get(key)
            if row is not None:
                self.repaint(self._room(row))
                self.routes[key] = route
                self._paths.pop(key, None)
                self._boxes[row], self._lanes[row] = box(route), short_lane(route)
                self.repaint(self._room(row))

    def emphasise(self, ids: Collection[str], chosen: Link | None) -> None:
        """Make the links of some nodes strong, and one link chosen."""
        changed = self.strong ^ frozenset(ids)
        touched = {link for link in {self.chosen} ^ {chosen} if link in self._rows}
        self.strong, self.chosen = frozenset(ids), chosen
        self._strong_rows = None
        if len(changed) > FEW:
            self.repaint()
            return
        touched.update(self.of(changed) if changed else ())
        for link in touched:
            self.repaint(self._room(self._rows[link]))

    def of(self, ids: Collection[str]) -> list[Link]:
        """The links drawn that begin or end at some nodes; of a few without a look at all the others."""
        if len(ids) > FEW:
            return [link for link in self._rows if link[0] in ids or link[1] in ids]
        nodes, users = self._network.nodes, self._network.users
        near = dict.fromkeys(target for id in ids if id in nodes for target in (id, *users[id]))
        every = ((source, target, index) for target in near for index, source in enumerate(nodes[target].inputs))
        return [link for link in every if link in self._rows and (link[0] in ids or link[1] in ids)]

    def at(self, point: QPointF, reach: float) -> Link | None:
        """The link that passes nearest to a point, within `reach` scene units."""
        if not self._keys or not self.isVisible():
            return None
        import numpy as np

        x, y = self.direction.turned((point.x(), point.y()))
        boxes = self._boxes
        near = (boxes[:, 0] <= x + reach) & (boxes[:, 2] >= x - reach)
        near &= (boxes[:, 1] <= y + reach) & (boxes[:, 3] >= y - reach)
        distances = ((distance(x, y, self.routes[self._keys[row]]), self._keys[row]) for row in np.flatnonzero(near))
        best = min(distances, default=None)
        return best[1] if best is not None and best[0] <= reach else None

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.paint_within(painter, option.exposedRect)

    def paint_within(self, painter: QPainter, area: QRectF, marks: bool = True) -> None:
        """Draw the links that touch `area`; with `marks` the strong ones last, on top, else all alike."""
        if not self._keys:
            return
        import numpy as np

        boxes = self._boxes
        seen = (boxes[:, 0] <= area.right() + 4) & (boxes[:, 2] >= area.left() - 4)
        seen &= (boxes[:, 1] <= area.bottom() + 4) & (boxes[:, 3] >= area.top() - 4)
        colours = theme.current()
        plain, strong, chosen = (
            QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            for colour, width in ((colours.link, 1.5), (colours.accent, 2.0), (colours.accent, 3.5))
        )
        later: list[tuple[QPen, Link]] = []
        top, bottom = area.top() - 4, area.bottom() + 4
        passing = seen & (self._lanes[:, 1] <= top) & (self._lanes[:, 2] >= bottom)
        if marks and (self.chosen or self.strong):
            passing[self._marked()] = False
        across = sorted(set(self._lanes[passing, 0].tolist()))  # np.unique would load numpy.ma here, 20 ms
        straight = array("d", [value for x in across for value in (x, top, x, bottom)])
        seen &= ~passing
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(plain)
        rows = np.flatnonzero(seen).tolist()
        for row in rows:
            key = self._keys[row]
            if marks and key == self.chosen:
                later.append((chosen, key))
            elif marks and not self.strong.isdisjoint(key[:2]):
                later.append((strong, key))
            elif len(route := self.routes[key]) == 2 and route[0][0] == route[1][0]:
                straight.extend((*route[0], *route[1]))
            elif len(rows) > SMOOTH:
                straight.extend([value for a, b in pairwise(route) for value in (*a, *b)])
            elif len(route) == 6 and (lane := long_lane(route)):
                x, upper, lower = lane
                if upper < bottom and lower > top:
                    straight.extend((x, max(upper, top), x, min(lower, bottom)))
                if upper > top and min(route[0][1], route[1][1], route[2][1]) < bottom:
                    painter.drawPath(self._path(key, "head"))
                if lower < bottom and max(route[3][1], route[4][1], route[5][1]) > top:
                    painter.drawPath(self._path(key, "tail"))
            else:
                painter.drawPath(self._path(key))
        plain.setCapStyle(Qt.PenCapStyle.FlatCap)  # many times as fast, and upright lines end in cards
        painter.setPen(plain)
        draw_lines(painter, straight)
        for pen, key in later:
            painter.setPen(pen)
            painter.drawPath(self._path(key))

    def _marked(self) -> list[int]:
        """The rows of the links that are drawn strong, or as chosen."""
        if self._strong_rows is None:
            links = self.of(self.strong) if self.strong else []
            self._strong_rows = [self._rows[link] for link in (*links, self.chosen) if link in self._rows]
        return self._strong_rows

    def lines(self) -> array[float]:
        """All links as straight pieces, to be drawn at once from far away: x and y in the scene of the ends of each."""
        if not self.isVisible():
            return array("d")
        if self._lines is None:
            self._lines = self._pieces()
        return self._lines

    def _pieces(self) -> array[float]:
        routes = self.routes.values()
        if self.direction.turns:
            return array("d", [v for route in routes for a, b in pairwise(route) for v in (*a[::-1], *b[::-1])])
        return array("d", [value for route in routes for a, b in pairwise(route) for value in (*a, *b)])

    def paint_all(self, painter: QPainter, area: QRectF) -> None:
        """Draw those that touch a rectangle of the scene, all alike, on a painter that draws in the scene's units."""
        painter.save()
        painter.setTransform(turn(self.direction), True)
        self.paint_within(painter, turned(self.direction, area), marks=False)
        painter.restore()

    def _path(self, key: Link, part: Part = "all") -> QPainterPath:
        paths = self._paths.setdefault(key, {})
        if part not in paths:
            route, lane = self.routes[key], long_lane(self.routes[key]) if part != "all" else None
            if lane:
                x, upper, lower = lane
                route = (*route[:3], (x, upper)) if part == "head" else ((x, lower), *route[3:])
            paths[part] = smooth(route)
        return paths[part]

    def _room(self, row: int) -> QRectF:
        left, top, right, bottom = self._boxes[row].tolist()
        return QRectF(left - 4, top - 4, right - left + 8, bottom - top + 8)
