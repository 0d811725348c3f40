"""The network before a class: layer after layer, each as large as the view allows, between all layers and formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QTimer

from explorer.network.formulas import formulas
from explorer.ui.canvas.keys import step
from explorer.ui.canvas.overview import Overview
from explorer.ui.canvas.zoom_view import HIGHEST
from explorer.ui.controls.finder import covered
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.growing_column import GrowingColumn
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import counted, sums_in_words
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

CARDS = 4.5
"""How many cards, with the links between them, the view is high where one looks at a layer."""
ROOM = 1.3
"""How many cards it is wide at least."""
PART, LIST = 0.42, 0.17
"""Of the canvas, what the formulas take, and the list of all layers where the flow runs down a wide one."""
WIDE = 150 * GRID
"""Pixels of width from which on it is wide."""


class Caption(GrowingColumn):
    """A layer in words, and how its sizes and counts come about."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.setParent(canvas)
        self.setAccessibleName("The selected layer")
        self.said, self.sums, self.formulas = Text(size="title"), Text(), FormulaColumn()
        for part in (self.said, self.sums, self.formulas):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)


class Lecture(QObject):
    """While it lasts the network is fitted larger than at its full size, and a selected layer has a caption."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._session = canvas, canvas.session
        self.caption = Caption(canvas)
        self.caption.hide()
        self.overview = Overview(canvas)
        self.on = False
        self._before, self._touched = canvas.view_now, canvas.touched
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
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
        self.overview.hide()
        self._canvas.look_at(QPointF(*self._before.middle), self._before.scale)
        self._canvas.touched = self._touched

    def step_on(self, way: int) -> bool:
        """Go to the next layer that is computed, or to the one before; False at the end."""
        return step(self._canvas, way)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.on and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._soon.start()  # once the canvas itself has its size
        return False

    def _tell(self, *_: object) -> None:
        """The caption of the one card that is selected, of the network where none is, and all layers."""
        canvas, session = self._canvas, self._session
        project = session.document.project
        ids = canvas.drawing.folding.shown(session.selection) if self.on else ()
        told = self.on and bool(project.network.nodes) and len(ids) <= 1 and (bool(ids) or self._has_room())
        turns = canvas.drawing.direction.turns
        self.caption.setVisible(told)
        self.overview.setVisible(told and self._wide)
        if not told:
            return
        room, top = canvas.rect(), covered(canvas)
        wide, high = round(room.width() * PART), round(room.height() * PART)
        below = QRect(0, room.height() - high, room.width(), high)
        beside = QRect(room.width() - wide, top, wide, room.height() - top)
        self.caption.setGeometry(below if turns else beside)
        self.overview.setGeometry(0, top, round(room.width() * LIST), room.height() - top)
        with self.caption.changing():
            self.caption.said.say(canvas.drawing.spoken(ids[0]) if ids else project.title or "The network")
            self.caption.sums.say("" if ids else self._sums())
            single = bool(ids) and ids[0] in project.network.nodes  # not a group
            rows = formulas(project.network, ids[0], session.document.facts, session.conventions) if single else []
            self.caption.formulas.show_rows(rows)
        self.overview.follow()
        for part in (self.caption, self.overview):
            part.raise_()

    def _sums(self) -> str:
        session = self._session
        figures = "{}\n{} for one picture".format(*sums_in_words(session.document.sums, session.conventions))
        return f"{counted(len(session.document.project.network.nodes), 'layer')}\n{figures}"

    def _has_room(self) -> bool:
        """Whether all of the network is seen beside a caption and a list, too."""
        canvas = self._canvas
        return self._wide and canvas.drawing.bounds().width() * canvas.zoom <= canvas.width() * (1 - PART - LIST)

    @property
    def _wide(self) -> bool:
        return self._canvas.width() >= WIDE and not self._canvas.drawing.direction.turns

    def _look(self, *_: object) -> None:
        """At the card that is selected, between its caption and the list of all; else at everything."""
        if not self.on:
            return
        canvas, room = self._canvas, self._canvas.viewport().size()
        ids = canvas.drawing.folding.shown(self._session.selection)
        if len(ids) != 1:
            canvas.fit()
        self._tell()
        listed = 0 if self.overview.isHidden() else self.overview.width()
        aside = 0 if self.caption.isHidden() else (self.caption.width() - listed) / 2
        if len(ids) != 1:
            canvas.scroll_by(aside, 0)
            canvas.touched = True  # else all is fitted once more, without what stands beside it
            return
        turns, direction = canvas.drawing.direction.turns, canvas.drawing.direction
        across, along = (room.height(), room.width()) if turns else (room.width(), room.height())
        free = 1 - PART - (LIST if listed else 0)
        scale = min(along / (CARDS * direction.step), across * free / (direction.card[0] * ROOM))
        canvas.look_at(canvas.drawing.bounds(ids).center(), scale)
        canvas.scroll_by(*((0, self.caption.height() / 2) if turns else (aside, 0)))
