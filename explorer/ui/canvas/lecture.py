"""The network before a class: layer after layer, each as large as the view allows, between all layers and formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMargins, QObject, QPointF, QRect, QTimer

from explorer.network.formulas import Row, formulas
from explorer.ui.canvas.group_card import GroupCard
from explorer.ui.canvas.keys import step
from explorer.ui.canvas.overview import Overview
from explorer.ui.canvas.zoom_view import HIGHEST
from explorer.ui.controls.finder import covered
from explorer.ui.controls.formula_column import FormulaColumn
from explorer.ui.controls.growing_column import GrowingColumn
from explorer.ui.controls.labels import Text
from explorer.ui.controls.spoken import group_lines
from explorer.ui.controls.words import counted, sums_in_words
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

CARDS = 4.5
"""How many cards, with the links between them, the view is high where one looks at a layer."""
ROOM = 1.3
"""How many cards it is wide at least."""
PART, LIST = 0.42, 0.17
"""Of the canvas, what the formulas take, and the list of all layers on a wide one."""
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

    def say(self, title: str, lines: str, rows: Sequence[Row]) -> None:
        """Tell of another card, or of the network."""
        with self.changing():
            self.said.say(title)
            self.sums.say(lines)
            self.formulas.show_rows(rows)


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
        self._take(QMargins())
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
        ids = canvas.drawing.folding.shown(session.selection) if self.on else ()
        listed = round(canvas.width() * LIST) if canvas.width() >= WIDE else 0
        self._lie(listed)
        there = self.on and bool(session.document.project.network.nodes)
        told = there and (len(ids) == 1 or (not ids and self._has_room()))
        self.caption.setVisible(told)
        self.overview.setVisible(told and bool(listed))
        if not told:
            self._take(QMargins())
            return
        self.caption.say(*self._words(ids[0] if ids else ""))
        self.overview.follow()
        for part in (self.caption, self.overview):
            part.raise_()

    def _lie(self, listed: int) -> None:
        """Put the caption to the right of the network, below where links run to the right, and all layers to its left,
        so many pixels wide."""
        canvas = self._canvas
        room, top = canvas.rect(), covered(canvas)
        wide, high = round(room.width() * PART), round(room.height() * PART)
        below = QRect(0, room.height() - high, room.width(), high)
        beside = QRect(0, top, room.width(), room.height() - top)
        turns = canvas.drawing.direction.turns
        strip, left = (below, listed) if turns else (beside, room.width() - wide)
        self.overview.setGeometry(strip.adjusted(0, 0, listed - strip.width(), 0))
        self.caption.setGeometry(strip.adjusted(left, 0, 0, 0))
        self._take(QMargins(0, 0, 0, high) if turns else QMargins(listed, 0, wide, 0))

    def _take(self, taken: QMargins) -> None:
        self._canvas.taken = taken
        self._canvas.place_aids()

    def _words(self, id: str) -> tuple[str, str, Sequence[Row]]:
        """Title, lines and formulas of a card, or of the network."""
        drawing, session = self._canvas.drawing, self._session
        project, conventions = session.document.project, session.conventions
        if not id:
            figures = "{}\n{} for one picture".format(*sums_in_words(session.document.sums, conventions))
            return project.title or "The network", f"{counted(len(project.network.nodes), 'layer')}\n{figures}", ()
        card = drawing.nodes[id].card
        if isinstance(card, GroupCard):
            return card.title, "\n".join(group_lines(card.digest, conventions)), ()
        return drawing.spoken(id), "", formulas(project.network, id, session.document.facts, conventions)

    def _has_room(self) -> bool:
        """Whether all of the network is seen beside caption and list, too."""
        canvas = self._canvas
        return canvas.visible.width() >= canvas.drawing.bounds().width() and (
            canvas.visible.height() >= canvas.drawing.bounds().height()
        )

    def _look(self, *_: object) -> None:
        """At the card that is selected, beside its caption; else at everything."""
        if not self.on:
            return
        canvas, direction = self._canvas, self._canvas.drawing.direction
        ids = canvas.drawing.folding.shown(self._session.selection)
        if len(ids) != 1:
            self._take(QMargins())
            canvas.fit()
        self._tell()
        if len(ids) != 1:
            canvas.carry(canvas.drawing.bounds().center(), canvas.visible.center())
            canvas.touched = True  # else all is fitted once more, into the room that is left
            return
        room = canvas.visible.size() * canvas.zoom
        across, along = (room.height(), room.width()) if direction.turns else (room.width(), room.height())
        scale = min(along / (CARDS * direction.step), across / (direction.card[0] * ROOM))
        canvas.look_at(canvas.drawing.bounds(ids).center(), scale)
