"""Notes and arrows as one item under links and cards: drawn where exposed, found by arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from explorer.network.annotations import Annotation, Arrow, Note
from explorer.ui import theme
from explorer.ui.canvas.card import ROUND, font
from explorer.ui.canvas.everywhere import Everywhere
from explorer.ui.controls.guarded import guarded

Part = Literal["body", "tip", "tail"]
"""What is dragged of one: all of it, the corner or tip that gives its size, or where an arrow begins."""

FAMILIES = {
    "orange": "Activation", "blue": "Window", "green": "Norm", "violet": "Join", "pink": "Dense", "grey": "Shape",
}  # fmt: skip
"""The colours of layer families, told apart also by colour-blind eyes, that notes and arrows share."""
ROOM = 8.0
"""Between a note's frame and its text."""
HEAD = 13.0
"""Length of an arrow's head."""
HANDLE = 4.5


class Annotations(Everywhere):
    """Every note and arrow, large ones below small ones; some may be selected, and one alone then has handles."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-2)
        self.shown: dict[str, Annotation] = {}
        self.selected: tuple[str, ...] = ()
        self.written = ""  # the note whose text is being written in a field of its own

    def show_all(self, annotations: Mapping[str, Annotation]) -> None:
        """Draw these and no others."""
        if annotations != self.shown:
            self.shown = dict(sorted(annotations.items(), key=lambda each: -abs(each[1].size[0] * each[1].size[1])))
            self.select(self.selected)
            self.repaint()

    @property
    def chosen(self) -> str:
        """The only one that is selected, "" for none or several."""
        return self.selected[0] if len(self.selected) == 1 else ""

    def put(self, id: str, annotation: Annotation) -> None:
        """Draw one otherwise while it is dragged."""
        self.shown[id] = annotation
        self.repaint()

    def select(self, ids: Iterable[str]) -> None:
        """Show these as selected, and no others."""
        selected = tuple(id for id in dict.fromkeys(ids) if id in self.shown)
        if selected != self.selected:
            self.selected = selected
            self.repaint()

    def within(self, area: QRectF) -> list[str]:
        """Those that lie wholly in a rectangle: what is a frame behind many layers is not caught with a few of them."""
        return [id for id, each in self.shown.items() if area.contains(_area(each).adjusted(0, 0, 0.01, 0.01))]

    def area(self, id: str = "") -> QRectF:
        """The rectangle around one, or all."""
        area = QRectF()
        for each in [self.shown[id]] if id else self.shown.values():
            area = area.united(_area(each).adjusted(-1, -1, 1, 1))  # Qt unites no empty rectangle, as of a level arrow
        return area

    def at(self, point: QPointF, reach: float) -> tuple[str, Part] | None:
        """What lies under a point, and which part of it; only the chosen one has handles."""
        if self.chosen:
            for part, handle in _handles(self.shown[self.chosen]).items():
                if QLineF(handle, point).length() <= max(2 * reach, 2 * HANDLE):
                    return self.chosen, part
        for id, each in reversed(self.shown.items()):
            if _touches(each, point, reach):
                return id, "body"
        return None

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.paint_within(painter, option.exposedRect)

    def paint_within(self, painter: QPainter, area: QRectF, marks: bool = True) -> None:
        """Draw those that touch `area`; with `marks` the handles of the chosen one."""
        for id, each in self.shown.items():
            if _area(each).adjusted(-HEAD, -HEAD, HEAD, HEAD).intersects(area):
                if isinstance(each, Note):
                    _paint_note(painter, each, "" if id == self.written else each.text)
                else:
                    _paint_arrow(painter, each)
        for id in self.selected if marks else ():
            _paint_mark(painter, self.shown[id])
        if marks and self.chosen:
            self._paint_handles(painter, self.shown[self.chosen])

    def _paint_handles(self, painter: QPainter, each: Annotation) -> None:
        painter.setPen(QPen(QColor(theme.current().accent), 1.5))
        painter.setBrush(QColor(theme.current().card))
        for handle in _handles(each).values():
            painter.drawRect(QRectF(handle - QPointF(HANDLE, HANDLE), handle + QPointF(HANDLE, HANDLE)))


def colour_of(annotation: Annotation) -> QColor:
    """As the theme has it."""
    return theme.current().family(FAMILIES[annotation.colour])


def spoken(annotation: Annotation) -> str:
    """What a screen reader says of it."""
    if isinstance(annotation, Note):
        return f"{annotation.colour} note: {annotation.text or 'empty'}"
    right, down = annotation.size
    ways = [word for way, word in ((down, "down"), (-down, "up"), (right, "right"), (-right, "left")) if way > 0]
    return f"{annotation.colour} arrow that points {' and '.join(ways) or 'nowhere'}"


def _area(annotation: Annotation) -> QRectF:
    (x, y), (width, height) = annotation.place, annotation.size
    return QRectF(x, y, width, height).normalized()


def _ends(arrow: Annotation) -> QLineF:
    (x, y), (right, down) = arrow.place, arrow.size
    return QLineF(x, y, x + right, y + down)


def _handles(annotation: Annotation) -> dict[Part, QPointF]:
    ends = _ends(annotation)
    return {"tip": ends.p2(), "tail": ends.p1()} if isinstance(annotation, Arrow) else {"tip": ends.p2()}


def _touches(annotation: Annotation, point: QPointF, reach: float) -> bool:
    if isinstance(annotation, Note):
        return _area(annotation).contains(point)
    (x, y), (right, down) = annotation.place, annotation.size
    dx, dy, square = point.x() - x, point.y() - y, right * right + down * down
    along = max(0.0, min(1.0, (dx * right + dy * down) / square)) if square else 0.0
    return hypot(dx - along * right, dy - along * down) <= max(reach, 4.0)


def _paint_mark(painter: QPainter, each: Annotation) -> None:
    """The outline of what is selected."""
    accent = QColor(theme.current().accent)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(accent, 1.5))
    if isinstance(each, Note):
        painter.drawRoundedRect(_area(each).adjusted(-2, -2, 2, 2), ROUND + 2, ROUND + 2)
    else:
        accent.setAlphaF(0.35)
        painter.setPen(QPen(accent, 8.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(_ends(each))


def _paint_note(painter: QPainter, note: Note, text: str) -> None:
    colour = colour_of(note)
    painter.setPen(QPen(colour, 1.25))
    ground = QColor(colour)
    ground.setAlphaF(0.14)
    painter.setBrush(ground)
    area = _area(note)
    painter.drawRoundedRect(area, ROUND, ROUND)
    painter.setFont(font(note.text_size))
    painter.setPen(QColor(theme.current().text))
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(area.adjusted(ROOM, ROOM - 2, -ROOM, 0), flags, text)
    painter.restore()


def _paint_arrow(painter: QPainter, arrow: Annotation) -> None:
    line, colour = _ends(arrow), colour_of(arrow)
    length = line.length()
    painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    if length < 1:
        painter.drawPoint(line.p1())
        return
    along = (line.p2() - line.p1()) / length
    back, aside = line.p2() - along * min(HEAD, length), QPointF(-along.y(), along.x()) * min(HEAD, length) * 0.42
    painter.drawLine(QLineF(line.p1(), back))
    painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([line.p2(), back + aside, back - aside]))
