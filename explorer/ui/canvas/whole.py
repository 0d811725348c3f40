"""The whole network at once: from far away in a few calls, and for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from explorer.ui.canvas.card import FACE
from explorer.ui.canvas.everywhere import EVERYWHERE
from explorer.ui.canvas.far import Far
from explorer.ui.canvas.role_marks import paint_far_roles, paint_roles

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene


class Whole:
    """Draws a scene without asking Qt where its items are."""

    def __init__(self, home: NetworkScene) -> None:
        self._home = home
        self._far: Far | None = None
        self._old = True

    def outdate(self) -> None:
        """Cards, links or colours are others. What was gathered of them goes when there is something else: that takes
        as long as drawing some cards."""
        self._old = True

    def paint_far(self, painter: QPainter, marked: bool = True) -> None:
        """The whole network in a few calls, for scales below FAR; marked: with what is selected outlined, and with
        the marks of layers that tell content or style."""
        home = self._home
        home.frames.paint_far(painter)
        if self._far is None or self._old:
            self._far = Far(home)
            self._old = False
        home.annotations.paint_within(painter, EVERYWHERE, marked)
        ids = home.chosen | {home.hover.id} if marked else ()
        self._far.paint(painter, [home.nodes[id] for id in ids if id in home.nodes])
        if marked and home.roles.roles:
            paint_far_roles(painter, [(FACE.translated(home.nodes[id].pos()), told) for id, told in home.told.items()])

    def paint_all(self, painter: QPainter) -> None:
        """Everything without pixmaps and as if nothing were selected, for a file."""
        home = self._home
        home.turns.finish()
        told = home.told
        home.frames.paint_all(painter, marks=False)
        home.annotations.paint_within(painter, EVERYWHERE, marks=False)
        home.links.paint_all(painter, home.bounds().adjusted(-1000, -1000, 1000, 1000))
        for id, item in home.nodes.items():
            painter.save()
            painter.translate(item.pos())
            item.card.paint(painter)
            if item.end in home.films:
                home.films.paint(painter, item.end)
            paint_roles(painter, told.get(id, ()))
            painter.restore()
