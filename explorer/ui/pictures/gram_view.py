"""The Gram matrix of a real layer as a picture: a pixel for each two channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from explorer.ui import theme
from explorer.ui.controls.words import plain_tip
from explorer.ui.pictures.number_grids import brief, image_of_shades, shaded
from explorer.ui.pictures.picture_view import PictureView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class GramView(PictureView):
    """Red where two channels answer together, blue where one is positive and the other negative; `clicked` has the
    two as x and y. Colours go by the root, for the diagonal is far larger than the rest."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.matrix: NDArray[np.float32] | None = None
        self.pair = (0, 0)

    def show_matrix(self, matrix: NDArray[np.float32] | None, reach: float, pair: tuple[int, int]) -> None:
        """Show (N, N) numbers, in colours that reach to `reach`; pair: the two channels that are marked."""
        import numpy as np

        self.matrix, self.pair = matrix, pair
        if matrix is None:
            self.show_image(QImage())
            self.setAccessibleDescription("")
            return
        roots = np.sign(matrix) * np.sqrt(np.abs(matrix) / (reach or 1.0))
        framed = np.pad(roots, ((0, 1), (0, 0)), constant_values=1.0)  # so that both matrices have colours in common
        self.show_image(image_of_shades(np.ascontiguousarray(shaded(framed, framed.size)[:-1])))
        self.setAccessibleDescription(self.told(*pair))

    def told(self, i: int, j: int) -> str:
        """A number in words."""
        assert self.matrix is not None
        return f"Channels {i} and {j}: {brief(float(self.matrix[i, j]))}"

    def paint_over(self, painter: QPainter) -> None:
        if self.matrix is None:
            return
        i, j = self.pair
        cell = self.on_widget(QRectF(j, i, 1, 1)).adjusted(-2, -2, 2, 2)
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        painter.drawRect(cell)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            pixel = self.pixel_at(QPointF(event.pos())) if self.matrix is not None else None
            QToolTip.showText(event.globalPos(), plain_tip(self.told(pixel.y(), pixel.x())) if pixel else "", self)
            return True
        return super().event(event)


def map_image(values: NDArray[np.floating], reach: float) -> QImage:
    """A map (h, w), white where it is 0 and coloured up to `reach`."""
    import numpy as np

    framed = np.pad(values, ((0, 1), (0, 0)), constant_values=reach or 1.0)
    return image_of_shades(np.ascontiguousarray(shaded(framed, framed.size)[:-1]))
