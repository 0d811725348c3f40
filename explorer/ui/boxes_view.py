"""A picture with boxes around what was found in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from explorer.maths.records import Guess
from explorer.ui.labels import sized
from explorer.ui.picture_view import PictureView
from explorer.ui.words import share_in_words

GOLDEN = 0.618034
"""Steps of this part of the colour circle never come close to an earlier one for long."""


class BoxesView(PictureView):
    """Draws each guess that has a box: its outline in the colour of its class, its label, how sure it is."""

    def __init__(self) -> None:
        super().__init__()
        self._guesses: tuple[Guess, ...] = ()
        self._shrunk = 1.0

    def show_guesses(self, guesses: Sequence[Guess], width: int) -> None:
        """Draw other boxes; they are in pixels of a picture that is `width` pixels wide."""
        self._guesses = tuple(guess for guess in guesses if guess.box is not None)
        self._shrunk = self.image.width() / width if width else 1.0
        self.update()

    def outlines(self) -> list[tuple[Guess, QRectF]]:
        """Where each box lies on the widget; the least sure first, so that the others are drawn over it."""
        boxes = ((guess, guess.box) for guess in reversed(self._guesses) if guess.box is not None)
        return [
            (guess, self.on_widget(QRectF(QPointF(*box[:2]) * self._shrunk, QPointF(*box[2:]) * self._shrunk)))
            for guess, box in boxes
        ]

    def paint_over(self, painter: QPainter) -> None:
        painter.setFont(sized("small"))
        measure = QFontMetrics(painter.font())
        for guess, outline in self.outlines():
            colour = class_colour(guess.index)
            for tone, width in ((QColor("black"), 4), (colour, 2)):  # seen on any ground
                painter.setPen(
                    QPen(tone, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)
                )
                painter.drawRect(outline)
            text = f"{guess.label} {share_in_words(guess.probability)}"
            plate = QRectF(
                outline.left(), outline.top() - measure.height(), measure.horizontalAdvance(text) + 8, measure.height()
            )
            plate.moveTop(max(plate.top(), 0.0))
            plate.moveLeft(max(min(plate.left(), self.width() - plate.width()), 0.0))
            painter.fillRect(plate, colour)
            painter.setPen(QColor("black"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def class_colour(index: int) -> QColor:
    """A light colour for each class: black can be read on it."""
    return QColor.fromHsvF(index * GOLDEN % 1.0, 0.55, 1.0)
