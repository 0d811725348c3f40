"""Pictures beside one another as one picture, each with its name below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

FOOT, LINE = 3 * GRID, 2 * GRID
"""Pixels of height that a name takes, and a second line of it."""


def picture_sheet(pictures: Sequence[tuple[str, QImage]], columns: int = 0) -> QImage:
    """Names and pictures in rows of so many columns, 0 for one row; black on white, whatever the theme is."""
    columns = columns or len(pictures)
    rows = [pictures[at : at + columns] for at in range(0, len(pictures), columns)]
    heights = [max(image.height() for _, image in row) for row in rows]
    width = max(sum(image.width() for _, image in row) + GRID * (len(row) - 1) for row in rows)
    metrics = QFontMetrics(sized("body"))
    foot = FOOT + LINE * any(metrics.horizontalAdvance(name) > image.width() for name, image in pictures)
    sheet = QImage(width, sum(heights) + foot * len(rows), QImage.Format.Format_RGB32)
    if sheet.isNull():
        raise MemoryError
    sheet.fill(QColor("white"))
    with QPainter(sheet) as painter:
        painter.setFont(sized("body"))
        painter.setPen(QColor("black"))
        y = 0
        for row, height in zip(rows, heights, strict=True):
            x = 0
            for name, image in row:
                painter.drawImage(QPointF(x, y), image)
                room = QRectF(x, y + height, image.width(), foot)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, name)
                x += image.width() + GRID
            y += height + foot
    return sheet
