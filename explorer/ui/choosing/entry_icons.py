"""A folder and a file as small drawings in the theme's colours; Qt's own are pale on a dark window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from explorer.ui import theme

SIDE = 16
"""Pixels, where words are not larger than usual."""
SHARP = 3
"""Pixels of the drawing for each of the icon: enough for a screen at 300 %."""

_icons: dict[tuple[str, bool], QIcon] = {}


def icon(folder: bool) -> QIcon:
    """The drawing of a folder, or of a file."""
    key = theme.current().name, folder
    if key not in _icons:
        _icons[key] = QIcon()
        for mode, colour in (
            (QIcon.Mode.Normal, theme.current().accent if folder else theme.current().outline),
            (QIcon.Mode.Selected, theme.current().on_accent),
        ):
            _icons[key].addPixmap(_drawn(_folder() if folder else _sheet(), QColor(colour), folder), mode)
    return _icons[key]


def _drawn(shape: QPainterPath, colour: QColor, filled: bool) -> QPixmap:
    pixmap = QPixmap(SHARP * SIDE, SHARP * SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(SHARP, SHARP)
        painter.setPen(QPen(colour, 1.2))
        if filled:
            colour.setAlphaF(0.25)
            painter.setBrush(colour)
        painter.drawPath(shape)
    return pixmap


def _folder() -> QPainterPath:
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(1.5, 4, 13, 9), 1, 1)
    tab = QPainterPath()
    tab.addRoundedRect(QRectF(1.5, 2.5, 6, 4), 1, 1)
    return shape.united(tab)


def _sheet() -> QPainterPath:
    shape = QPainterPath(QPointF(3.5, 1.5))
    for x, y in ((9.5, 1.5), (12.5, 4.5), (12.5, 14.5), (3.5, 14.5)):
        shape.lineTo(x, y)
    shape.closeSubpath()
    return shape
