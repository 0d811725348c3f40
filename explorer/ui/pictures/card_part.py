"""One square of a card: a picture under its caption, or a sentence on what would fill it."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID

MARK = 7
"""Pixels across the square around the strongest number."""
BAR = 4
"""Pixels of height of the bar that shows how far a work is."""


@dataclass(frozen=True, eq=False)
class Part:
    """What a square shows. sentence: where there is no picture; action: what a click does then, or on the picture.

    share: how far the work on it is, None where there is none. mark: the point of the picture that is marked, as
    shares of its width and height. short: the caption where the whole one has no room.
    """

    caption: str
    image: QImage = field(default_factory=QImage)
    sentence: str = ""
    action: str = ""
    share: float | None = None
    mark: tuple[float, float] | None = None
    short: str = ""


def paint_part(painter: QPainter, room: QRect, part: Part) -> QRect:
    """Draw a part into a rectangle: its caption above, below it the picture in a square. Returns where that lies."""
    colours = theme.current()
    painter.setFont(sized("small"))
    line = painter.fontMetrics().height()
    painter.setPen(QColor(colours.dim))
    long = painter.fontMetrics().horizontalAdvance(part.caption) > room.width()
    caption = (part.short or part.caption) if long else part.caption
    caption = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(QRect(room.topLeft(), QSize(room.width(), line)), Qt.AlignmentFlag.AlignVCenter, caption)
    square = room.adjusted(0, line, 0, 0)
    if part.image.isNull():
        painter.fillRect(square, QColor(colours.raised))
        words = f"{part.sentence}\n\n" if part.sentence else ""
        inner = square.adjusted(GRID // 2, GRID // 2, -GRID // 2, -GRID // 2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        height = painter.boundingRect(inner, flags, words + part.action).height()
        top = QRect(inner.left(), inner.top() + max(0, (inner.height() - height) // 2), inner.width(), height)
        painter.drawText(top, flags, part.sentence)
        painter.setPen(QColor(colours.accent))
        painter.drawText(top, flags | Qt.AlignmentFlag.AlignBottom, part.action)
    else:
        _paint_picture(painter, square, part)
    if part.share is not None:
        bar = QRect(square.left(), square.bottom() + 1 - BAR, square.width(), BAR)
        painter.fillRect(bar, QColor(colours.edge))
        bar.setWidth(round(bar.width() * part.share))
        painter.fillRect(bar, QColor(colours.accent))
    return square


def _paint_picture(painter: QPainter, square: QRect, part: Part) -> None:
    """Magnified pixels stay sharp squares; a reduced picture is smoothed."""
    image = part.image
    scale = min(square.width() / image.width(), square.height() / image.height())
    size = image.size() * scale if scale < 1 else QSize(int(image.width() * scale), int(image.height() * scale))
    target = QRect(square.topLeft(), size)
    target.moveCenter(square.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    painter.drawImage(target, image)
    if part.mark is not None:
        across, down = part.mark
        spot = QRectF(0, 0, MARK, MARK)
        spot.moveCenter(QPointF(target.left() + across * target.width(), target.top() + down * target.height()))
        for tone, width in (("black", 3), ("white", 1)):  # both are seen on any colour
            painter.setPen(QPen(QColor(tone), width))
            painter.drawRect(spot)


class CardPart(QAbstractButton):
    """A part on screen; Space, Enter or a click does what its action says."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.part = Part("")
        self._name = name
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_part(self, part: Part) -> None:
        """Show another picture, or another sentence."""
        self.part = part
        said = ". ".join(filter(None, (part.caption, part.sentence)))
        self.setAccessibleName(f"{self._name}: {part.action}" if part.action else self._name)
        self.setAccessibleDescription(said)
        self.setToolTip(plain_tip("\n".join(filter(None, (said, part.action)))))
        self.setEnabled(bool(part.action))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(16 * GRID, 18 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            square = paint_part(painter, self.rect(), self.part)
            colours = theme.current()
            if self.hasFocus() or (self.underMouse() and self.isEnabled()):
                painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.text), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(square.adjusted(0, 0, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # these are for the card; a button would go to the next one
        else:
            super().keyPressEvent(event)
