"""Painting on a picture where a style belongs: a round brush, with the mouse or with the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.maths.strokes import Stroke, Strokes
from explorer.ui import theme
from explorer.ui.controls.undo_keys import undo_or_redo
from explorer.ui.theme import GRID
from explorer.workspace.mask_images import empty_mask, mask_image, paint, rest_of, together
from explorer.workspace.steps import Steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THIN, USUAL, THICK = 1, 12, 60
"""Widths of the brush, in percent of the picture's longer side."""
VEIL = 0.55
"""How much of the picture the mask's colour covers."""
STEP, LEAP = 0.02, 0.1
"""How far an arrow key moves the brush, alone and with Shift, as a share of the picture."""


class MaskSheet(QWidget):
    """The picture with the painted part tinted. The left button paints, the right one erases.

    With the keys: arrows move the brush (Shift: further), Space puts it down and lifts it, [ and ] make it smaller and
    larger, E erases, R paints what other masks leave, Ctrl+Z undoes, Delete clears. Other masks are grey.
    """

    changed = Signal()
    brush_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Where the style belongs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setMinimumSize(20 * GRID, 16 * GRID)
        self.width_percent, self.erasing = USUAL, False
        self._image = QImage()
        self._steps: Steps[Strokes] = Steps(())
        self._mask = empty_mask(1, 1)
        self._covered: NDArray[np.uint8] | None = None  # by other masks
        self._others: QImage | None = None  # the same, as it is seen
        self._line: list[tuple[float, float]] = []  # the stroke that is being painted
        self._rubbing = False
        self._brush: tuple[float, float] | None = None
        self._down = False  # the brush is on the paper, by the keys

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 30 * GRID)

    @property
    def strokes(self) -> Strokes:
        """What is painted."""
        return self._steps.value

    @property
    def painted(self) -> QImage:
        """The mask: white where the style belongs."""
        return self._mask

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return self._steps.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a stroke was taken back that can be painted again."""
        return self._steps.can_redo

    @property
    def has_rest(self) -> bool:
        """Whether other masks leave something."""
        return self._covered is not None

    def show_picture(self, image: QImage, strokes: Strokes, others: Sequence[Strokes] = ()) -> None:
        """Paint on another picture, or go on with what is painted on it; `others` are masks of other styles."""
        self._image, self._steps = image, Steps(strokes)
        self._covered, self._others = together(others, image.width(), image.height()), None
        if (covered := self._covered) is not None:
            height, width = covered.shape
            grey = QImage(covered.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
            self._others = _veil(grey, QColor(theme.current().dim))
        self._brush, self._down, self._line = None, False, []
        self._draw_again()

    def set_width(self, percent: int) -> None:
        """Paint with a wider or a narrower brush."""
        self.width_percent = min(THICK, max(THIN, percent))
        self.brush_changed.emit()
        self.update()

    def set_erasing(self, on: bool) -> None:
        """Take away with the left button, or add."""
        self.erasing = on
        self.brush_changed.emit()
        self.update()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._steps.undo():
            self._draw_again()

    def redo(self) -> None:
        """Paint it again."""
        if self._steps.redo():
            self._draw_again()

    def clear(self) -> None:
        """Begin with an empty mask; can be undone."""
        if self.strokes and self._steps.take(()):
            self._draw_again()

    def invert(self) -> None:
        """Turn the mask round."""
        self._take(Stroke(invert=True))

    def rest(self) -> None:
        """Paint what other masks leave, and nothing else."""
        if self._covered is not None:
            self._take(rest_of(self._covered))

    def fill(self) -> None:
        """Paint everything."""
        self._take(Stroke(fill=True))

    def _take(self, stroke: Stroke) -> None:
        if self._steps.take((*self.strokes, stroke)):
            self._draw_again()

    def _draw_again(self) -> None:
        width, height = self._image.width(), self._image.height()
        self._mask = mask_image(self.strokes, max(1, width), max(1, height))
        self._tell()
        self.update()
        self.changed.emit()

    def _tell(self) -> None:
        at = f"brush at {self._brush[0]:.0%} of the width, {self._brush[1]:.0%} of the height, " if self._brush else ""
        painted = f"{len(self.strokes)} strokes" if self.strokes else "nothing painted: the style belongs everywhere"
        down = "painting, " if self._down else ""
        self.setAccessibleDescription(f"{down}{at}{painted}")

    # Where things are

    @property
    def area(self) -> QRectF:
        """Where the picture lies on the widget."""
        size = QSizeF(max(1, self._image.width()), max(1, self._image.height()))
        place = QRectF(QPointF(), size.scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio))
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def on_widget(self, point: tuple[float, float]) -> QPointF:
        """Where a point of the picture (shares of its width and height) lies on the widget."""
        return QPointF(self.area.left() + point[0] * self.area.width(), self.area.top() + point[1] * self.area.height())

    def _on_picture(self, at: QPointF) -> tuple[float, float]:
        area = self.area
        return (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.height()

    # Painting

    def _begin(self, point: tuple[float, float], erase: bool) -> None:
        self._line, self._rubbing = [point], erase
        paint(self._mask, [self._stroke(self._line)])
        self.update()

    def _go_on(self, point: tuple[float, float]) -> None:
        if point != self._line[-1]:
            self._line.append(point)
            paint(self._mask, [self._stroke(self._line[-2:])])
            self.update()

    def _end(self) -> None:
        if self._line:
            stroke, self._line = self._stroke(self._line), []
            self._take(stroke)

    def _stroke(self, points: list[tuple[float, float]]) -> Stroke:
        return Stroke(tuple(points), self.width_percent / 100, self._rubbing)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = self.area
            if not self._image.isNull():
                painter.drawImage(area, self._image)
                if self._others is not None:
                    painter.drawImage(area, self._others)
                painter.drawImage(area, _veil(self._mask, QColor(colours.accent)))
            painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.edge), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            if self._brush is not None:
                radius = self.width_percent / 200 * max(area.width(), area.height())
                for width, colour in ((3.0, colours.base), (1.5, colours.problem if self.erasing else colours.accent)):
                    painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine))
                    painter.drawEllipse(self.on_widget(self._brush), radius, radius)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) and not self._image.isNull():
            self._brush = self._on_picture(event.position())
            self._begin(self._brush, self.erasing or event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._brush = self._on_picture(event.position())
        if self._line:
            self._go_on(self._brush)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._down = False
        self._end()

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._brush = None
            self.update()

    def event(self, event: QEvent) -> bool:
        """Undo is the mask's while it has the keys, not the network's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.meant(event):
            event.accept()
            return True
        return super().event(event)

    def meant(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does here, None for one that is not the mask's."""
        if act := undo_or_redo(event, self.undo, self.redo):
            return act
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Delete: self.clear, Qt.Key.Key_Backspace: self.clear, Qt.Key.Key_I: self.invert,
            Qt.Key.Key_E: lambda: self.set_erasing(not self.erasing), Qt.Key.Key_Space: self._put_down_or_lift,
            Qt.Key.Key_R: self.rest,
            Qt.Key.Key_BracketLeft: lambda: self.set_width(self.width_percent - 1),
            Qt.Key.Key_BracketRight: lambda: self.set_width(self.width_percent + 1),
        }  # fmt: skip
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if event.key() in ways:
            step = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            across, down = ways[Qt.Key(event.key())]
            return lambda: self._walk(across * step, down * step)
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return keys.get(event.key()) if plain else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if act := self.meant(event):
            act()
        else:
            super().keyPressEvent(event)

    def _walk(self, across: float, down: float) -> None:
        x, y = self._brush or (0.5, 0.5)
        self._brush = min(1.0, max(0.0, x + across)), min(1.0, max(0.0, y + down))
        if self._down:
            self._go_on(self._brush)
        self._tell()
        self.update()

    def _put_down_or_lift(self) -> None:
        self._brush = self._brush or (0.5, 0.5)
        self._down = not self._down
        if self._down:
            self._begin(self._brush, self.erasing)
        else:
            self._end()
        self._tell()


def _veil(mask: QImage, colour: QColor) -> QImage:
    """A mask as a tint: its numbers become how much is covered."""
    veil = QImage(mask.size(), QImage.Format.Format_ARGB32)
    veil.fill(colour)
    alpha = mask.copy()
    alpha.reinterpretAsFormat(QImage.Format.Format_Alpha8)
    veil = veil.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(veil) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(0, 0, alpha)
        painter.fillRect(veil.rect(), QColor(0, 0, 0, round(255 * VEIL)))
    return veil
