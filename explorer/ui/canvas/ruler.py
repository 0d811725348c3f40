"""A ruler along the flow beside the canvas: which stage, spatial size and depth each row has."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QMargins, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.maths.steps import at_once
from explorer.network.stages import Stage, staging
from explorer.ui import theme
from explorer.ui.canvas.card import MEDIUM, SMALL, font, metrics
from explorer.ui.canvas.turning import turn, turned
from explorer.ui.controls.following import Following
from explorer.ui.controls.turns import Parts
from explorer.ui.theme import GRID
from explorer.workspace.document import Change
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.ui.canvas.zoom_view import ZoomView

LINE = 15
"""Height of a line of text, pixels; this and the next of a theme whose words are as large as the system's."""
WIDTH, HEIGHT = 12 * GRID, 7 * GRID
"""At the left of the canvas, where links run down; above it, where they run to the right: room for three lines."""


class Ruler(QWidget):
    """Lies left of the canvas or above it; nothing is worked out while it is hidden."""

    def __init__(self, canvas: ZoomView, session: Session) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._stages: tuple[Stage, ...] | None = None
        self.following = Following(self, session, self._follow, self._complete)
        self.setAccessibleName("Ruler of depth")
        self.hide()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those of the network as it was followed last."""
        if self._stages is None:
            self._take(at_once(self._staging()))
        return self._stages or ()

    def _staging(self) -> Generator[None, None, tuple[Stage, ...]]:
        document, drawing = self._canvas.drawing.document, self._canvas.drawing
        return staging(document.project.network, document.facts, drawing.places, drawing.direction, drawing.folding)

    def _take(self, stages: tuple[Stage, ...]) -> None:
        self._stages = stages
        self.setAccessibleDescription("; ".join(map(_in_words, stages)))

    @property
    def margins(self) -> QMargins:
        """The room that the canvas makes for it."""
        if self.isHidden():
            return QMargins()
        wide, high = (round(side * theme.current().larger) for side in (WIDTH, HEIGHT))
        return QMargins(0, high, 0, 0) if self._canvas.drawing.direction.turns else QMargins(wide, 0, 0, 0)

    def lie(self, taken: int) -> None:
        """Take that room. taken: pixels at the canvas' left edge where something lies beside the network."""
        room = self.margins
        self.setGeometry(
            taken if room.left() else 0, 0, room.left() or self._canvas.width(), room.top() or self._canvas.height()
        )

    def _follow(self, _change: Change) -> Parts:
        """The network is another one, or lies elsewhere."""
        if self.isVisible():
            self._take((yield from self._staging()))
        else:
            self._stages = None
        self.update()

    def _complete(self) -> Parts:
        """Find the stages where none are known: the network came while the ruler was hidden."""
        if self._stages is None and self.isVisible():
            self._take((yield from self._staging()))
            self.update()

    def _extents(self, stages: Iterable[Stage]) -> Iterator[tuple[Stage, float, float]]:
        """Each of these stages that is in view, with where it begins and ends along the ruler, pixels."""
        direction, way = self._canvas.drawing.direction, turn(self._canvas.drawing.direction)
        long = turned(direction, QRectF(self.rect())).height()
        seen_as = way * self._canvas.viewportTransform() * way
        for stage in stages:
            begin, end = (seen_as.map(QPointF(0, y)).y() for y in (stage.begin, stage.end))
            if end >= 0 and begin <= long:
                yield stage, begin, end

    def told(self, at: QPointF) -> str:
        """The words of the stage at a point of the ruler, also where there is no room to write them; "" for none."""
        along = at.x() if self._canvas.drawing.direction.turns else at.y()
        return next((_in_words(stage) for stage, begin, end in self._extents(self.stages) if begin <= along <= end), "")

    def showEvent(self, event: QShowEvent) -> None:
        if self._stages is None:
            self.following.look_anew()  # in turns: of 50,000 layers this takes 0.2 s

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, direction = theme.current(), self._canvas.drawing.direction
        way, shown = turn(direction), turned(direction, QRectF(self.rect()))  # across it, and along the flow
        wide, long = shown.width(), shown.height()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colours.window))
            painter.setPen(QPen(QColor(colours.edge), 1))
            painter.drawLine(way.map(QLineF(wide - 0.5, 0, wide - 0.5, long)))
            for stage, begin, end in self._extents(self._stages or ()):
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawLine(way.map(QLineF(wide - 4, begin + 1, wide - 4, end - 1)))
                # As far as there is room for it, in the middle of what is seen of the stage.
                seen = turned(direction, QRectF(0, max(begin, 0.0), wide, min(end, long) - max(begin, 0.0)))
                room = QRectF(GRID, seen.top(), seen.width() - 2 * GRID, seen.height())
                self._write(painter, stage, seen.adjusted(2, 0, -2, -4) if direction.turns else room)

    def _write(self, painter: QPainter, stage: Stage, room: QRectF) -> None:
        colours = theme.current()
        high = LINE * colours.larger
        lines: list[tuple[str, int, bool, str]] = []
        for text, usual, bold, colour in (
            (stage.size_in_words, MEDIUM, True, colours.text),
            (f"stage {stage.number}", SMALL, False, colours.dim),
            (stage.depth_in_words, SMALL, False, colours.dim),
        ):
            size = round(usual * colours.larger)
            parts = fitted(text, metrics(size, bold), room.width())
            if not parts or len(lines) + len(parts) > room.height() // high:
                break
            lines += [(part, size, bold, colour) for part in parts]
        top = room.center().y() - high * len(lines) / 2
        for row, (text, size, bold, colour) in enumerate(lines):
            painter.setFont(font(size, bold))
            painter.setPen(QColor(colour))
            box = QRectF(room.left(), top + row * high, room.width(), high)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.told(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()


def fitted(text: str, measure: QFontMetricsF, width: float) -> tuple[str, ...]:
    """A text in one line of this width, pixels, else in two, broken behind × or at a space; else none: half a number
    would be another number."""
    if measure.horizontalAdvance(text) <= width:
        return (text,)
    parts = tuple(text.replace("×", "× ").split(" "))
    return parts if len(parts) == 2 and all(measure.horizontalAdvance(part) <= width for part in parts) else ()


def _in_words(stage: Stage) -> str:
    return f"stage {stage.number}: {stage.size_in_words}, {stage.depth_in_words}"
