"""A face with numbered landmarks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from explorer.ui.pictures.class_colours import class_colour, text_on
from explorer.ui.pictures.plates import within
from explorer.ui.pictures.point_sheet import Point, PointSheet


class LandmarkSheet(PointSheet):
    """Dots with their numbers; rings where a network that learns from two labels would put them."""

    def __init__(self) -> None:
        super().__init__((1.0, 1.0), 1.0, growing=True)
        self.setAccessibleName("Face with landmarks")
        self._rings: Sequence[Point] = ()
        self._labels: Sequence[str] = ()

    def show_rings(self, rings: Sequence[Point], labels: Sequence[str]) -> None:
        """Draw rings, and write these labels beside the points."""
        self._rings, self._labels = rings, labels
        told = (f"{label}: {x:g}, {y:g}" for label, (x, y) in zip(labels, self.points, strict=True))
        self.setAccessibleDescription("; ".join(told))
        self.update()

    def plates(self) -> list[QRectF]:
        """Where the points' labels lie, inside the picture."""
        measure, found = QFontMetrics(self.words()), []
        for point, label in zip(self.points, self._labels, strict=True):
            size = measure.horizontalAdvance(label) + 6, measure.height()
            place = self.on_widget(*point) + QPointF(9 * self.larger, -measure.height())
            found.append(QRectF(*within(place.x(), place.y(), size, self.area), *size))
        return found

    def paint_on(self, painter: QPainter) -> None:
        painter.setFont(self.words())
        for number, (x, y) in enumerate(self._rings):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for tone, line in ((QColor("black"), 4), (class_colour(number), 2)):
                painter.setPen(QPen(tone, line))
                painter.drawLine(self.on_widget(x, y), self.on_widget(*self.points[number]))
                painter.drawEllipse(self.on_widget(x, y), 9 * self.larger, 9 * self.larger)
        for number, (point, label, plate) in enumerate(zip(self.points, self._labels, self.plates(), strict=True)):
            place, colour = self.on_widget(*point), class_colour(number)
            chosen = number == self.chosen
            painter.setPen(QPen(QColor("black"), 1.5))
            painter.setBrush(colour)
            radius = (7 if chosen else 5) * self.larger
            painter.drawEllipse(place, radius, radius)
            painter.fillRect(plate, colour)
            painter.setPen(text_on(colour))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)
