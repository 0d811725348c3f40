"""The network before a class: layer after layer, each as large as the view allows, and the formulas beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRect

from explorer.network.formulas import formulas
from explorer.ui.canvas.keys import step
from explorer.ui.canvas.zoom_view import HIGHEST
from explorer.ui.controls.finder import covered
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.growing_column import GrowingColumn
from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

CARDS = 4.5
"""How many cards, with the links between them, the view is high where one looks at a layer."""
ROOM = 1.3
"""How many cards it is wide at least."""
PART = 0.42
"""Of the canvas, what the formulas take."""


class Caption(GrowingColumn):
    """A layer in words, and how its sizes and counts come about."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.setParent(canvas)
        self.setAccessibleName("The selected layer")
        self.said, self.formulas = Text(size="title"), FormulaColumn()
        self.column.addWidget(self.said)
        self.column.addWidget(self.formulas)
        self.column.addStretch(1)
        self.column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)


class Lecture(QObject):
    """While it lasts the network is fitted larger than at its full size, and a selected layer has a caption."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._session = canvas, canvas.session
        self.caption = Caption(canvas)
        self.caption.hide()
        self.on = False
        self._before, self._touched = canvas.view_now, canvas.touched
        self._session.selection_changed.connect(self._look)
        self._session.document.changed.connect(self._tell)
        self._session.conventions_changed.connect(self._tell)
        canvas.installEventFilter(self)

    def begin(self) -> None:
        """From now on; where one looked is kept."""
        self._before, self._touched, self.on = self._canvas.view_now, self._canvas.touched, True
        self._canvas.largest = HIGHEST
        self._look()

    def end(self) -> None:
        """Look there again where one looked before."""
        self.on = False
        self._canvas.largest = 0
        self.caption.hide()
        self._canvas.look_at(QPointF(*self._before.middle), self._before.scale)
        self._canvas.touched = self._touched

    def step_on(self, way: int) -> bool:
        """Go to the next layer that is computed, or to the one before; False at the end."""
        return step(self._canvas, way)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.on and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._look()
        return False

    def _tell(self, *_: object) -> None:
        """The caption of the one card that is selected."""
        canvas, document = self._canvas, self._session.document
        ids = canvas.drawing.folding.shown(self._session.selection) if self.on else ()
        self.caption.setVisible(len(ids) == 1)
        if len(ids) != 1:
            return
        whole, room = document.project.network, canvas.rect()
        wide, high = round(room.width() * PART), round(room.height() * PART)
        below = QRect(0, room.height() - high, room.width(), high)
        top = covered(canvas)
        beside = QRect(room.width() - wide, top, wide, room.height() - top)
        self.caption.setGeometry(below if canvas.drawing.direction.turns else beside)
        with self.caption.changing():
            self.caption.said.say(canvas.drawing.spoken(ids[0]))
            single = ids[0] in whole.nodes  # not a group
            rows = formulas(whole, ids[0], document.facts, self._session.conventions) if single else []
            self.caption.formulas.show_rows(rows)
        self.caption.raise_()

    def _look(self, *_: object) -> None:
        """At the card that is selected, beside its caption; else at everything."""
        if not self.on:
            return
        self._tell()
        canvas, room = self._canvas, self._canvas.viewport().size()
        if self.caption.isHidden():
            canvas.fit()
            return
        turns, direction = canvas.drawing.direction.turns, canvas.drawing.direction
        across, along = (room.height(), room.width()) if turns else (room.width(), room.height())
        scale = min(along / (CARDS * direction.step), across * (1 - PART) / (direction.card[0] * ROOM))
        area = canvas.drawing.bounds(canvas.drawing.folding.shown(self._session.selection))
        canvas.look_at(area.center(), scale)
        canvas.scroll_by(*((0, self.caption.height() / 2) if turns else (self.caption.width() / 2, 0)))
