"""A picture with boxes around what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from explorer.maths.records import Guess
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import share_in_words
from explorer.ui.pictures.class_colours import class_colours, text_on
from explorer.ui.pictures.picture_view import PictureView
from explorer.ui.pictures.plates import MOST_PLATES, Plates, room_of
from explorer.ui.pictures.thing_shapes import draw_mask, draw_points


class BoxesView(PictureView):
    """Draws each guess that has a box: its outline in the colour of its class, its landmarks, label, how sure it is."""

    def __init__(self) -> None:
        super().__init__()
        self._guesses: tuple[Guess, ...] = ()
        self._shrunk = 1.0
        class_colours().changed.connect(self.update)

    def show_guesses(self, guesses: Sequence[Guess], width: int) -> None:
        """Draw other boxes; they are in pixels of a picture that is `width` pixels wide."""
        self._guesses = tuple(guess for guess in guesses if guess.box is not None)
        self._shrunk = self.image.width() / width if width else 1.0
        self.update()

    def outlines(self) -> list[tuple[Guess, QRectF]]:
        """Where each box lies on the widget; the least sure first, so that the others are drawn over it."""
        return self._scaled(self.on_widget)

    def _scaled(self, place: Callable[[QRectF], QRectF]) -> list[tuple[Guess, QRectF]]:
        """The boxes, from pixels of the image to where `place` has them."""
        boxes = ((guess, guess.box) for guess in reversed(self._guesses) if guess.box is not None)
        return [
            (guess, place(QRectF(QPointF(*box[:2]) * self._shrunk, QPointF(*box[2:]) * self._shrunk)))
            for guess, box in boxes
        ]

    def annotated(self) -> QImage:
        """The image at its own size with the boxes in it."""
        image = self.image.convertToFormat(QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            draw_boxes(painter, self._scaled(lambda rect: rect))
        return image

    def paint_over(self, painter: QPainter) -> None:
        draw_boxes(painter, self.outlines())


def draw_boxes(painter: QPainter, outlines: Sequence[tuple[Guess, QRectF]]) -> None:
    """Draw each box, the surest last, with a plate that says what it is, where there is room for one."""
    painter.setFont(sized("small"))
    measure = QFontMetrics(painter.font())
    under = _pen(QColor("black"), 4)  # seen on any ground
    known: dict[tuple[int, str], tuple[QColor, QPen, QColor]] = {}
    for guess, outline in outlines:
        kind = guess.index, guess.label
        if kind not in known:
            colour = class_colours().of(*kind)
            known[kind] = colour, _pen(colour, 2), text_on(colour)
        colour, over, _ = known[kind]
        draw_mask(painter, guess, outline, colour)
        painter.setPen(under)
        painter.drawRect(outline)
        painter.setPen(over)
        painter.drawRect(outline)
        if guess.points:
            draw_points(painter, guess, outline, colour)
    ascent, room, taken = measure.ascent(), room_of(painter), Plates()
    for guess, outline in reversed(outlines[-MOST_PLATES:]):
        text = f"{guess.label} {share_in_words(guess.probability)}"
        plate = taken.place(outline, (measure.horizontalAdvance(text) + 8, measure.height()), room)
        if plate is not None:
            colour, _, written = known[guess.index, guess.label]
            painter.fillRect(plate, colour)
            painter.setPen(written)
            painter.drawText(QPointF(plate.left() + 4, plate.top() + ascent), text)


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)
