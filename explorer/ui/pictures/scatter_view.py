"""Pictures as points on a plane: who lies beside whom, and of which class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui import theme
from explorer.ui.pictures.class_marks import MARKS, mark
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARK = 11
"""Pixels of a point."""
NEAR = 12
"""Pixels from the pointer at which a point is meant."""
STEP = 1.25
"""How much one notch of the wheel or one key zooms."""
MARGIN = 2 * GRID
ALL = -2
"""Stands for every class where one is brought out."""


class ScatterView(QWidget):
    """The wheel and + − zoom, a drag moves, 0 fits; arrows go from point to point, a click or Enter opens one."""

    pointed = Signal(int)  # which of the points, -1 for none
    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._points: NDArray[np.float32] | None = None
        self._classes: NDArray[np.int64] | None = None
        self._scale, self._corner = 1.0, QPointF()
        self._fitted = True
        self._only = ALL
        self._pressed: QPointF | None = None
        self._dragging = False
        self._drawn: QPixmap | None = None
        self._drawn_as: object = None
        self.point = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(24 * GRID, 20 * GRID)
        self.setAccessibleName("Pictures on a plane")

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 50 * GRID)

    def show_points(self, points: NDArray[np.float32] | None, classes: NDArray[np.int64] | None) -> None:
        """Show points (M, 2), and the place of each one's class among all (M,), −1 for none."""
        if points is None or self._points is None or len(points) != len(self._points):
            self.point = -1
            self._fitted = True
        self._points, self._classes, self._drawn = points, classes, None
        if self._fitted:
            self.fit()
        self.update()

    def bring_out(self, place: int) -> None:
        """Let the points of all classes but one fade; ALL shows every one."""
        self._only = place
        self.update()

    def fit(self) -> None:
        """Show all points as large as they go."""
        self._fitted = True
        if self._points is None or not len(self._points):
            return
        low, high = self._points.min(0).astype(float), self._points.max(0).astype(float)
        span = [max(side, 1e-9) for side in (high - low).tolist()]
        room = (self.width() - 2 * MARGIN, self.height() - 2 * MARGIN)
        self._scale = max(1e-9, min(room[0] / span[0], room[1] / span[1]))
        middle = (low + high) / 2 * self._scale
        self._corner = QPointF(self.width() / 2 - middle[0], self.height() / 2 + middle[1])
        self.update()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify, keeping what is under `at` (the middle by default) in its place."""
        at = at or QRectF(self.rect()).center()
        self._fitted = False
        self._scale *= factor
        self._corner = at - (at - self._corner) * factor
        self.update()

    def place(self, point: int) -> QPointF:
        """Where a point is drawn."""
        x, y = self._places()[point].tolist()
        return QPointF(x, y)

    def point_at(self, at: QPointF) -> int:
        """The point nearest to a place of the widget, −1 where none is near."""
        import numpy as np

        if self._points is None or not len(self._points):
            return -1
        away = np.hypot(*(self._places() - (at.x(), at.y())).T)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= NEAR else -1

    def pick(self, point: int) -> None:
        """Point at one of the points."""
        if point != self.point:
            self.point = point
            self.update()
            self.pointed.emit(point)

    def _places(self) -> NDArray[np.float64]:
        """(M, 2): where the points are drawn; y goes up."""
        import numpy as np

        assert self._points is not None
        corner = np.array([self._corner.x(), self._corner.y()])
        places: NDArray[np.float64] = self._points * np.array([self._scale, -self._scale]) + corner
        return places

    def _go(self, x: int, y: int) -> None:
        """To the nearest point in a direction, within 45 degrees of it."""
        import numpy as np

        if self._points is None or not len(self._points):
            return
        if self.point < 0:
            self.pick(0)
            return
        way = self._places() - self._places()[self.point]
        along, aside = way @ (x, y), np.abs(way @ (y, x))
        away = np.where((along > 0) & (aside <= along), np.hypot(along, aside), np.inf)
        if np.isfinite(away).any():
            self.pick(int(away.argmin()))

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            now = (self._scale, self._corner, self.size(), self._only, colours, self.devicePixelRatioF())
            if self._drawn is None or self._drawn_as != now:
                self._drawn, self._drawn_as = self._all_points(), now
            painter.drawPixmap(0, 0, self._drawn)
            if self._points is not None and 0 <= self.point < len(self._points):
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawEllipse(self.place(self.point), MARK, MARK)
            if self.hasFocus():
                painter.setPen(QColor(colours.accent))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _all_points(self) -> QPixmap:
        """What is drawn, but for the point that is meant: where the pointer moves, thousands need not be drawn anew."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(theme.current().base))
        if self._points is not None and self._classes is not None and len(self._points):
            places = self._places() - MARK / 2
            with QPainter(pixmap) as painter:
                marks = {place: mark(place, MARK, ratio, self._only not in (ALL, place)) for place in range(-1, MARKS)}
                last = (self._classes == self._only).argsort(kind="stable")  # what is brought out lies above the rest
                for (x, y), place in zip(places[last].tolist(), self._classes[last].tolist(), strict=True):
                    if -MARK < x < self.width() and -MARK < y < self.height():
                        painter.drawPixmap(QPointF(x, y), marks.get(place, marks[-1]))
        return pixmap

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self.pick(self.point_at(event.position()))
            return
        way = event.position() - self._pressed
        if self._dragging or way.manhattanLength() >= QApplication.startDragDistance():
            self._dragging, self._fitted = True, False
            self._corner = self._corner + way
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging and (point := self.point_at(event.position())) >= 0:
            self.pick(point)
            self.opened.emit(point)
        self._pressed, self._dragging = None, False

    def leaveEvent(self, event: QEvent) -> None:
        self.pick(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in ways:
            self._go(*ways[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.point >= 0:
            self.opened.emit(self.point)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)
