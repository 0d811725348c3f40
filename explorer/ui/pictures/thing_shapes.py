"""What is drawn of a thing beside its box: its mask, its landmarks, and the limbs between them."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from explorer.maths.keypoints import limbs, sure_ones
from explorer.maths.records import Guess

VEIL = 0.4
"""Opacity of a mask."""
RING = 4.0
"""Radius in pixels of a point that the network is not sure of."""
DASH = 4.0
"""Pixels of a dash, and between two, of a line to a point that the network is not sure of."""


def draw_mask(painter: QPainter, guess: Guess, outline: QRectF, colour: QColor) -> None:
    """Colour the part of the box, which is drawn as `outline`, that the thing takes."""
    if guess.mask is None:
        return
    from explorer.maths.masks import outlines  # nobody waits for it when the program starts

    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for line in outlines(guess.mask):
        path.addPolygon(QPolygonF([QPointF(*point) for point in line]))
        path.closeSubpath()
    place = QTransform(outline.width(), 0, 0, outline.height(), outline.left(), outline.top())
    shape, veil = place.map(path), QColor(colour)
    veil.setAlphaF(VEIL)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(veil)
    painter.drawPath(shape)
    painter.restore()


def draw_points(painter: QPainter, guess: Guess, outline: QRectF, colour: QColor) -> None:
    """Draw the landmarks of a guess, and lines between those that COCO joins.

    Those that the network is not sure of are rings, and lines to them dashed.
    """
    points = landmarks(guess, outline)
    sure = sure_ones(len(points), guess.sure)
    lines: dict[bool, list[QLineF]] = {False: [], True: []}
    for one, other in limbs(len(points)):
        line = QLineF(points[one], points[other])
        lines[sure[one] and sure[other]].append(_between(line, *(0.0 if sure[end] else RING for end in (one, other))))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(lines[True] or lines[False]))
    for tone, width, radius in ((QColor("black"), 4.0, 4.0), (colour, 2.0, 3.0)):  # seen on any ground
        painter.setPen(_dashed(tone, width / 2))
        painter.drawLines(lines[False])
        painter.setPen(QPen(tone, width))
        painter.drawLines(lines[True])
        for point, filled in zip(points, sure, strict=True):
            painter.setPen(Qt.PenStyle.NoPen if filled else QPen(tone, width * 0.75))
            painter.setBrush(tone if filled else Qt.BrushStyle.NoBrush)
            size = radius if filled else RING
            painter.drawEllipse(point, size, size)
    painter.restore()


def _between(line: QLineF, start: float, end: float) -> QLineF:
    """A line without so much at its start and its end."""
    length = max(line.length(), 1e-9)
    return QLineF(line.pointAt(min(start / length, 0.5)), line.pointAt(max(1 - end / length, 0.5)))


def _dashed(tone: QColor, width: float) -> QPen:
    """Dashes of one length for every width, so that one line lies on the other's."""
    pen = QPen(tone, width, c=Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([DASH / width, DASH / width])
    return pen


def landmarks(guess: Guess, outline: QRectF) -> list[QPointF]:
    """Where the points of a guess lie, whose box is drawn as `outline`."""
    if guess.box is None or not guess.points:
        return []
    left, top, right, bottom = guess.box
    across, down = outline.width() / max(right - left, 1e-9), outline.height() / max(bottom - top, 1e-9)
    return [outline.topLeft() + QPointF((x - left) * across, (y - top) * down) for x, y in guess.points]
