"""The picture that a patch was cut out of, with the box around it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.ui import theme
from explorer.ui.pictures.picture_view import PictureView


class SourceView(PictureView):
    """A small picture and one box."""

    def __init__(self) -> None:
        super().__init__()
        self._box: QRectF | None = None

    def show_source(self, image: QImage, box: tuple[int, int, int, int] | None, width: int) -> None:
        """Show a picture that is `width` pixels wide in its file, and a box in those pixels."""
        shrunk = image.width() / width if width else 1.0
        self._box = QRectF(QPointF(*box[:2]) * shrunk, QPointF(*box[2:]) * shrunk) if box else None
        self.show_image(image)

    @property
    def outline(self) -> QRectF | None:
        """Where the box is drawn, in widget coordinates."""
        return self.on_widget(self._box) if self._box is not None else None

    def paint_over(self, painter: QPainter) -> None:
        if (outline := self.outline) is not None:
            for colour, width in ((QColor("black"), 4), (QColor(theme.current().accent), 2)):  # seen on any ground
                painter.setPen(QPen(colour, width))
                painter.drawRect(outline)
