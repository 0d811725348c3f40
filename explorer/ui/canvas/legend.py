"""What the colours of the cards mean: measure, unit, lowest and highest value."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.network.cost import LEAST, Scale
from explorer.ui import theme
from explorer.ui.canvas.card import BAR, MEDIUM, SMALL, font, metrics
from explorer.ui.controls.words import cost_in_brief, measure_in_words
from explorer.ui.theme import GRID

SIZE = QSize(30 * GRID, 66)
"""Pixels, of a theme whose words are as large as the system's."""


class Legend(QWidget):
    """Lies on the view, not in its viewport: there Qt would move it when the canvas is scrolled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.scale: Scale | None = None
        self.hide()

    def lie(self, room: QRect) -> None:
        """Take the lower left corner of the room that there is, as large as the theme's words want."""
        self.setFixedSize(SIZE * theme.current().larger)
        self.move(room.left() + 2 * GRID, room.bottom() + 1 - self.height() - 2 * GRID)

    def show_scale(self, scale: Scale | None) -> None:
        """Explain another scale; without one there is no legend."""
        if scale != self.scale:
            self.scale = scale
            self.setAccessibleName(said(scale) if scale else "")
            self.update()
        self.setVisible(scale is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.scale is not None:
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.scale(theme.current().larger, theme.current().larger)
                paint_legend(painter, self.scale)


def said(scale: Scale) -> str:
    """The legend in words."""
    low, high = (cost_in_brief(scale.measure, value) for value in (scale.low, scale.high))
    return f"Colour: {measure_in_words(scale.measure)}, {low} to {high}"


def paint_legend(painter: QPainter, scale: Scale) -> None:
    """Draw the legend into the rectangle from (0, 0) to SIZE."""
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.edge), 1))
    painter.setBrush(QColor(colours.window))
    painter.drawRoundedRect(QRectF(0.5, 0.5, SIZE.width() - 1, SIZE.height() - 1), 6, 6)
    room = QRectF(1.5 * GRID, GRID, SIZE.width() - 3 * GRID, SIZE.height() - 2 * GRID)
    line = QRectF(room.left(), room.top(), room.width(), 16)
    title, middle = measure_in_words(scale.measure), Qt.AlignmentFlag.AlignVCenter
    painter.setFont(font(MEDIUM, bold=True))
    painter.setPen(QColor(colours.text))
    painter.drawText(line, middle, title)
    painter.setFont(font(SMALL))
    painter.setPen(QColor(colours.dim))
    kind = "logarithmic" if scale.logarithmic else "linear"
    room_left = line.adjusted(metrics(MEDIUM, bold=True).horizontalAdvance(title) + GRID, 0, 0, 0)
    painter.drawText(room_left, middle, kind)
    if scale.total:
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, "share")
        left = line.right() - metrics(SMALL).horizontalAdvance("share") - 2.5 * GRID
        painter.fillRect(QRectF(left, line.center().y() - 1, 2 * GRID, BAR), QColor(colours.bar))
    ramp = QRectF(room.left(), line.bottom() + 4, room.width(), 12)
    gradient = QLinearGradient(ramp.topLeft(), ramp.topRight())
    for i in range(9):
        gradient.setColorAt(i / 8, colours.heated(LEAST + (1 - LEAST) * i / 8))
    painter.setPen(QPen(QColor(colours.link), 1))
    painter.setBrush(gradient)
    painter.drawRect(ramp)
    foot = QRectF(room.left(), ramp.bottom() + 3, room.width(), 15)
    painter.setPen(QColor(colours.text))
    painter.drawText(foot, middle, cost_in_brief(scale.measure, scale.low))
    painter.drawText(foot, middle | Qt.AlignmentFlag.AlignRight, cost_in_brief(scale.measure, scale.high))
