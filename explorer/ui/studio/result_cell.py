"""One picture of a grid as it is drawn: the picture, its name, and words in small."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

LINES = 2
"""Of words below a name."""
ROUND = 4.0
"""Pixels of a corner's radius."""


def beside(widget: QWidget) -> int:
    """Pixels of height that a cell takes beside its picture."""
    name, words = QFontMetrics(sized("body")), QFontMetrics(sized("small"))
    return GRID // 2 + name.height() + LINES * words.height() + 2 * GRID


def meant(place: QRectF, image: QImage | None, room: QSize, at: QPointF) -> bool:
    """Whether a point of a cell lies on its picture or its words, and not in the empty room beside them."""
    box = _box(place, room)
    words = QRectF(box.left(), box.bottom(), box.width(), place.bottom() - box.bottom())
    return _shown(box, image).contains(at) or words.contains(at)


def _box(place: QRectF, room: QSize) -> QRectF:
    """What a picture has at most."""
    return QRectF(
        place.left() + (place.width() - room.width()) / 2, place.top() + GRID / 2, room.width(), room.height()
    )


def _shown(box: QRectF, image: QImage | None) -> QRectF:
    """Where the picture lies."""
    if image is None or image.isNull():
        return box
    shown = QRectF(QPointF(), image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio).toSizeF())
    shown.moveCenter(box.center())
    return shown


def paint_cell(
    painter: QPainter, option: QStyleOptionViewItem, image: QImage | None, name: str, words: str, room: QSize
) -> None:
    """Draw a picture (None: it is not there yet) with its words into the place an option of a view names."""
    colours, state = theme.current(), option.state
    place = QRectF(option.rect)
    here = bool(state & QStyle.StateFlag.State_Selected)
    over = bool(state & QStyle.StateFlag.State_MouseOver)
    box = _box(place, room)
    shown = _shown(box, image)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if image is None or image.isNull():
        painter.setBrush(QColor(colours.raised))
        painter.setPen(QPen(QColor(colours.edge), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
    else:
        edge = QPainterPath()
        edge.addRoundedRect(shown, ROUND, ROUND)
        painter.setClipPath(edge)
        painter.drawImage(shown, _smooth(image, shown.size().toSize(), painter.device().devicePixelRatioF()))
        painter.setClipping(False)
    if here or over:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent if here else colours.outline), 3 if here else 1.5))
        painter.drawRoundedRect(shown.adjusted(-1, -1, 1, 1), ROUND, ROUND)
    _paint_words(painter, QRectF(box.left(), box.bottom() + GRID / 2, box.width(), place.bottom()), name, words)
    painter.restore()


def _paint_words(painter: QPainter, room: QRectF, name: str, words: str) -> None:
    """The name, in two lines where it has no room in one, and the words in what is left."""
    colours = theme.current()
    painter.setFont(sized("body"))
    painter.setPen(QColor(colours.text))
    metrics = painter.fontMetrics()
    two = metrics.horizontalAdvance(name) > room.width()
    line = QRectF(room.left(), room.top(), room.width(), metrics.height() * (2 if two else 1))
    middle = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(line, middle, name)
    painter.setFont(sized("small"))
    painter.setPen(QColor(colours.dim))
    high = painter.fontMetrics().height()
    place = QRectF(room.left(), line.bottom(), room.width(), (LINES - two) * high + 2)
    painter.drawText(place, middle, _fitted(painter.fontMetrics(), place, middle, words))


def _fitted(metrics: QFontMetrics, room: QRectF, flags: int, words: str) -> str:
    """As many lines, and of a single one as many words, as there is room for; the tooltip has all of them."""

    def fits(text: str) -> bool:
        return metrics.boundingRect(room.toRect(), flags, text).height() <= room.height()

    while "\n" in words and not fits(words):
        words = words.rpartition("\n")[0]
    shown, parts = words, words.split(" ")
    while len(parts) > 1 and not fits(shown):
        parts.pop()
        shown = " ".join(parts) + " …"
    return shown


def _smooth(image: QImage, size: QSize, ratio: float) -> QImage:
    """The image at the size it is drawn at: a painter alone takes too few pixels of a large one."""
    if image.width() <= 2 * size.width() * ratio:
        return image
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(size * ratio, keep, smooth)
