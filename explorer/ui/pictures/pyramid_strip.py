"""One picture in many sizes, beside each other; one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

GAP = GRID
LEAST = 3.0
"""Pixels of the smallest picture's side."""


class PyramidStrip(QWidget):
    """All sizes are drawn to one scale, their captions below; a click or the left and right keys choose one."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._sizes: tuple[tuple[int, int], ...] = ()  # width, height
        self.place = 0
        self.setFixedHeight(17 * GRID)
        self.setMinimumWidth(40 * GRID)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Sizes of the picture")

    def sizeHint(self) -> QSize:
        return QSize(90 * GRID, 17 * GRID)

    def show_sizes(self, image: QImage, sizes: Sequence[tuple[int, int]], place: int) -> None:
        """Show the picture in these sizes (width, height), with one of them chosen."""
        self._image, self._sizes, self.place = image, tuple(sizes), place
        told = (f"{number}: {wide} × {high} pixels" for number, (wide, high) in enumerate(sizes))
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def places(self) -> list[tuple[QRectF, QRectF]]:
        """Where each picture and its caption lie, on a common ground line."""
        if not self._sizes:
            return []
        measure = QFontMetricsF(sized("small"))
        captions = [measure.horizontalAdvance(_caption(size)) for size in self._sizes]
        line = measure.height() + 4.0
        room = self.height() - line - 6
        scale = room / max(high for _, high in self._sizes)

        def across(scale: float) -> list[float]:
            return [
                max(LEAST, wide * scale, words) + GAP for (wide, _), words in zip(self._sizes, captions, strict=True)
            ]

        while sum(across(scale)) > self.width() and scale * max(wide for wide, _ in self._sizes) > max(captions):
            scale *= 0.95
        found, left, ground = [], 3.0, self.height() - line
        over = sum(across(scale)) + left - self.width()  # where captions need it all, less stays between them
        closer = min(max(over / len(captions), 0.0), GAP - LEAST)
        for (wide, high), step, words in zip(self._sizes, across(scale), captions, strict=True):
            size = max(LEAST, wide * scale), max(LEAST, high * scale)
            picture = QRectF(left + (step - GAP - size[0]) / 2, ground - size[1], *size)
            found.append((picture, QRectF(left + (step - GAP - words) / 2, ground + 2, words, line - 2)))
            left += step - closer
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(sized("small"))
            for number, ((picture, words), size) in enumerate(zip(self.places(), self._sizes, strict=True)):
                if not self._image.isNull():
                    painter.drawImage(picture, self._image.scaled(
                        picture.size().toSize(), Qt.AspectRatioMode.IgnoreAspectRatio,
                        Qt.TransformationMode.SmoothTransformation,
                    ))  # fmt: skip
                picked = number == self.place
                painter.setPen(QPen(QColor(colours.accent if picked else colours.edge), 2 if picked else 1))
                painter.drawRect(picture.adjusted(-2, -2, 2, 2) if picked else picture)
                painter.setPen(QColor(colours.text if picked else colours.dim))
                painter.drawText(words, Qt.AlignmentFlag.AlignCenter, _caption(size))
            if theme.has_keys(self):
                painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DotLine))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at: QPointF = event.position()
        for number, (picture, words) in enumerate(self.places()):
            room = picture.united(words)
            if event.button() == Qt.MouseButton.LeftButton and room.left() <= at.x() <= room.right():
                self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() in step:
            self.chosen.emit(min(max(self.place + step[Qt.Key(event.key())], 0), len(self._sizes) - 1))
        else:
            super().keyPressEvent(event)


def _caption(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"
