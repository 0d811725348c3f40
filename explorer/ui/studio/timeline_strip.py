"""The moments of a picture that grows, in small, along the steps they were made at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import plain_tip
from explorer.ui.studio.small_images import thumbnail
from explorer.ui.theme import GRID
from explorer.workspace.style_timeline import Branch, Moment

CELL = 7 * GRID
"""Pixels of a thumbnail's sides."""


class TimelineStrip(QWidget):
    """Thumbnails of the kept moments, as many as there is room for, above a rail; a drag, a click, the wheel or the
    arrows left and right choose one, Home the first and End the last.

    What is chosen is outlined; a mark on the rail shows where this branch left another one.
    """

    chosen = Signal(int)  # a moment's place in the branch

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(CELL + 3 * GRID)
        self.setMouseTracking(True)
        self._branch = Branch()
        self._place = -1
        self._small: dict[int, QImage] = {}  # by id() of a moment, which stays alive in the branch

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, CELL + 3 * GRID)

    @property
    def moments(self) -> Sequence[Moment]:
        """What is there to choose from."""
        return self._branch.moments

    def show_branch(self, branch: Branch, place: int) -> None:
        """Show another branch, or more of this one, and which moment is looked at."""
        self._branch, self._place = branch, place
        alive = {id(moment) for moment in branch.moments}
        self._small = {key: image for key, image in self._small.items() if key in alive}
        count = len(branch.moments)
        at = f"step {branch.moments[place].step:,}, moment {place + 1} of {count}" if 0 <= place < count else "empty"
        self.setAccessibleDescription(at)
        self.update()

    def shown(self) -> list[int]:
        """Which moments have a thumbnail: all, or evenly chosen ones with the first, the last and the chosen one."""
        count, room = len(self.moments), max(2, self.width() // CELL)
        if count <= room:
            return list(range(count))
        places = sorted({round(i * (count - 1) / (room - 1)) for i in range(room)})
        if self._place not in places and 0 <= self._place < count:
            near = min(range(1, len(places) - 1), key=lambda i: abs(places[i] - self._place), default=0)
            places[near] = self._place
        return sorted(places)

    def cell(self, number: int) -> QRectF:
        """Where thumbnail number `number` of those shown lies."""
        return QRectF(number * CELL, 0, CELL, CELL)

    def _rail(self, place: int) -> float:
        """Where a moment lies on the rail: by its step."""
        steps = [moment.step for moment in self.moments]
        room = self.width() - 2 * GRID
        return GRID + room * (steps[place] / steps[-1] if steps[-1] else place / max(1, len(steps) - 1))

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(sized("small"))
            if not self.moments:
                painter.setPen(QColor(colours.dim))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Moments of the picture will stand here")
                return
            for number, place in enumerate(self.shown()):
                inner = self.cell(number).adjusted(2, 2, -2, -2)
                image = self._image(self.moments[place])
                size = image.size().scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                room = QRectF(0, 0, size.width(), size.height())
                room.moveCenter(inner.center())
                painter.drawImage(room, image)
                here = place == self._place
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent if here else colours.edge), 2.5 if here else 1))
                painter.drawRect(room)
            self._paint_rail(painter)

    def _paint_rail(self, painter: QPainter) -> None:
        colours, y = theme.current(), CELL + GRID * 0.75
        painter.setPen(QPen(QColor(colours.edge), 3))
        painter.drawLine(QPointF(GRID, y), QPointF(self.width() - GRID, y))
        if self._branch.parent >= 0 and self.moments[-1].step:
            x = GRID + (self.width() - 2 * GRID) * self._branch.at / self.moments[-1].step
            painter.setPen(QPen(QColor(colours.dim), 2))
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.link))
        for place in range(len(self.moments)):
            painter.drawEllipse(QPointF(self._rail(place), y), 2, 2)
        if 0 <= self._place < len(self.moments):
            painter.setBrush(QColor(colours.accent))
            painter.drawEllipse(QPointF(self._rail(self._place), y), 5, 5)
        painter.setPen(QColor(colours.dim))
        foot = QRectF(GRID / 2, y + 4, self.width() - GRID, self.height() - y - 4)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, f"step {self.moments[0].step:,}")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"{self.moments[-1].step:,}")
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(colours.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _image(self, moment: Moment) -> QImage:
        if id(moment) not in self._small:
            self._small[id(moment)] = thumbnail(moment.picture, 2 * CELL)
        return self._small[id(moment)]

    def _at(self, at: QPointF) -> int | None:
        """The moment under a point: a thumbnail's, or on the rail the nearest."""
        if not self.moments:
            return None
        if at.y() >= CELL:
            return min(range(len(self.moments)), key=lambda place: abs(self._rail(place) - at.x()))
        shown = self.shown()
        number = int(at.x() // CELL)
        return shown[number] if 0 <= number < len(shown) else None

    def _choose(self, place: int | None) -> None:
        if place is not None and self.moments:
            place = min(max(place, 0), len(self.moments) - 1)
            if place != self._place:
                self.chosen.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self._at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if turned := event.angleDelta().y():
            self._choose(self._place + (-1 if turned > 0 else 1))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.moments) - 1
        goals = {
            Qt.Key.Key_Left: self._place - 1, Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: last,
        }  # fmt: skip
        if event.key() in goals and self.moments:
            self._choose(goals[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(QPointF(event.pos()))
            text = f"Step {self.moments[place].step:,}" if place is not None else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)
