"""What is drawn of a thing beside its box: its mask, its landmarks, and the limbs between them."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from explorer.maths.keypoints import limbs
from explorer.maths.records import Guess

VEIL = 0.4
"""Opacity of a mask."""


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
    """Draw the landmarks of a guess, and lines between those that COCO joins."""
    points = landmarks(guess, outline)
    lines = [QLineF(points[one], points[other]) for one, other in limbs(len(points))]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(lines))
    for tone, width, radius in ((QColor("black"), 4, 4), (colour, 2, 3)):  # seen on any ground
        painter.setPen(QPen(tone, width))
        painter.drawLines(lines)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        for point in points:
            painter.drawEllipse(point, radius, radius)
    painter.restore()


def landmarks(guess: Guess, outline: QRectF) -> list[QPointF]:
    """Where the points of a guess lie, whose box is drawn as `outline`."""
    if guess.box is None or not guess.points:
        return []
    left, top, right, bottom = guess.box
    across, down = outline.width() / max(right - left, 1e-9), outline.height() / max(bottom - top, 1e-9)
    return [outline.topLeft() + QPointF((x - left) * across, (y - top) * down) for x, y in guess.points]
