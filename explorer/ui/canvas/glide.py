"""Cards on their way to other places, so that the eye can follow when a group opens or the network is arranged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QVariantAnimation
from PySide6.QtGui import QTransform

from explorer.network.folding import Folding
from explorer.network.project import Place
from explorer.ui.canvas.card import HEIGHT, WIDTH
from explorer.ui.controls.motion import moves

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView
    from explorer.ui.canvas.scene import NetworkScene

TIME = 150
"""Milliseconds."""
MOST = 400
"""Cards that are moved in each frame; where more would be seen moving, all are there at once."""


class Glide(QVariantAnimation):
    """One move of the cards that are in view; links and frames come into sight where they will be.

    wanted: False where no motion is, whatever the settings say.
    """

    def __init__(self, home: NetworkScene) -> None:
        super().__init__(home)
        self._home = home
        self._starts: dict[str, Place] = {}
        self.wanted = True
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._show)

    def begin(self, folding: Folding, before: Mapping[str, Place], way: QTransform, seen: QRectF) -> None:
        """Show the cards on the way from where they were drawn; those that come out of a group come from its card, and
        a closing group's card from its first layer. Where no motion is wanted they are there already.

        folding, before: what was drawn, and where. way: from there to where that is now, if the view looks from
        elsewhere. seen: cards that neither start nor end here do not move, and are not looked at one by one.
        """
        self.finish()
        starts: dict[str, Place] = {}
        room = seen.adjusted(-WIDTH, -HEIGHT, 0, 0)
        back, _ = way.inverted()
        ended, begun = _within(self._home.places, room), _within(before, back.mapRect(room).adjusted(-1, -1, 1, 1))
        places, still = self._home.places, way.isIdentity()
        many = len(ended) > MOST or len(begun) > MOST
        for id in places if many else dict.fromkeys((*ended, *self._now(folding, begun))):
            start = before.get(id) or before.get(folding.card(id)) or before.get(self._first(folding, id))
            if start is None:
                continue
            if not still:
                start = way.map(QPointF(*start)).toTuple()
            if start != (end := places[id]) and (room.contains(*start) or room.contains(*end)):
                starts[id] = start
                if len(starts) > MOST:
                    return
        if starts:
            self._starts = starts
            self.setDuration(_duration())
            self._show(0.0)
            self.start()

    def _now(self, folding: Folding, ids: Iterable[str]) -> list[str]:
        """The cards that some of what was drawn is part of by now."""
        shown = self._home.folding.shown(node for id in ids for node in folding.nodes((id,)))
        return [id for id in shown if id in self._home.nodes]

    @property
    def asked(self) -> bool:
        """Whether anything may move now."""
        return self.wanted and _duration() > 0

    @property
    def moving(self) -> tuple[str, ...]:
        """The cards that are on their way."""
        return tuple(id for id in self._starts if id in self._home.nodes)

    def finish(self) -> None:
        """Let all be where it belongs now: before an edit, and before the mouse takes hold of something."""
        if self._starts:
            self.stop()
            self._show(1.0)

    def _first(self, folding: Folding, id: str) -> str:
        """What the first layer of a group was drawn as before."""
        groups = self._home.folding.groups
        return folding.card(groups.nodes(id)[0]) if id in groups.groups else id

    def _show(self, part: float) -> None:
        places, seen = self._home.places, {}
        for id, (x, y) in self._starts.items() if part < 1.0 else ():
            if id in places:
                left, top = places[id]
                seen[id] = x + part * (left - x), y + part * (top - y)
        self._home.links.setOpacity(part)
        self._home.frames.setOpacity(part)
        if part >= 1.0:
            self._starts = {}
        self._home.glide_to(seen)


class Start:
    """Where each card is seen on the screen, before something puts it elsewhere, and maybe the view, too."""

    def __init__(self, view: EditView) -> None:
        self._view, drawing = view, view.drawing
        self._folding, self._seen = drawing.folding, view.viewportTransform()
        self._places = drawing.places
        if gliding := drawing.card_item.gliding:
            self._places = {**drawing.places, **gliding}

    def glide(self) -> None:
        """Show each card on its way from there to where it is by now."""
        after, _ = self._view.viewportTransform().inverted()
        self._view.drawing.glide.begin(self._folding, self._places, self._seen * after, self._view.visible)


def _within(places: Mapping[str, Place], area: QRectF) -> list[str]:
    """What lies in an area."""
    left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
    return [id for id, (x, y) in places.items() if left < x < right and top < y < bottom]


def gliding(view: EditView, act: Callable[[], object]) -> None:
    """Do what puts cards elsewhere: on the screen each card starts from where it was."""
    start = Start(view) if view.drawing.glide.asked else None
    act()
    if start is not None:
        start.glide()


def _duration() -> int:
    """Milliseconds that a move takes; 0 where the system has animations off, or the user does."""
    return TIME if moves() else 0
