"""All cards as one item: drawn where exposed, found by arithmetic.

Of thousands of items of their own Qt would take in and let go each one in a large part of a second, and look at all of
them whenever something is painted or the mouse moves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, KeysView, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from explorer.network.project import Place
from explorer.ui.canvas.card import BOUNDS
from explorer.ui.canvas.card_places import CardPlaces
from explorer.ui.canvas.everywhere import Everywhere
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.controls.guarded import guarded

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

MANY = 64
"""Cards from which a change repaints the whole view: to unite the pieces takes longer then."""


class NodeItems(Mapping[str, NodeItem]):
    """Each node and closed group that a scene draws, made when somebody asks for it."""

    def __init__(self, home: NetworkScene) -> None:
        self._home = home

    def __getitem__(self, id: str) -> NodeItem:
        if id not in self._home.folding.drawn.nodes:
            raise KeyError(id)
        return NodeItem(self._home, id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._home.folding.drawn.nodes)

    def __len__(self) -> int:
        return len(self._home.folding.drawn.nodes)

    def __contains__(self, id: object) -> bool:
        return id in self._home.folding.drawn.nodes

    def keys(self) -> KeysView[str]:
        return self._home.folding.drawn.nodes.keys()


class Cards(Everywhere):
    """Culling and hit tests read one table of places. Closed groups lie on top, behind them what comes later in the
    network."""

    def __init__(self, home: NetworkScene) -> None:
        super().__init__()
        self._home = home
        self._places = CardPlaces()
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._at: Any = None  # array (cards, 2): left, top; None until somebody asks again

    @property
    def places(self) -> Mapping[str, Place]:
        """Where each card lies; not to be changed by whom it is given to."""
        return self._places.now

    @property
    def gliding(self) -> Mapping[str, Place]:
        """Where those are seen that are on their way to their places."""
        return self._places.gliding

    def drawn_at(self, id: str) -> Place:
        """Where a card is seen."""
        return self._places.gliding.get(id) or self._places.now[id]

    def drag(self, places: Mapping[str, Place]) -> None:
        """Put some elsewhere until all are put again."""
        before = [self.drawn_at(id) for id in places]
        self._places.drag(places)
        self._move(places)
        self.repaint_cards(places, before)

    def glide_to(self, places: Mapping[str, Place]) -> None:
        """Show some elsewhere, on the way to their places, and all others at theirs."""
        ids = [id for id in self.gliding.keys() | places.keys() if id in self.places]
        before = [self.drawn_at(id) for id in ids]
        self._places.gliding = places
        self._move(ids)
        self.repaint_cards(ids, before)

    def put(
        self, places: Mapping[str, Place], gone: Collection[str], added: Collection[str], touched: Collection[str]
    ) -> set[str]:
        """Put all that is drawn at its place; the ids of what lay elsewhere, or was none, before. gone, added: since
        the last time. touched: what looks otherwise."""
        was, drawn = self.places, self._home.nodes.keys()
        moved = self._places.put(places, drawn, {*gone, *added})
        if gone or added or len(moved) > MANY:
            self._at = None
        else:
            self._move(moved)
        if len(gone) + len(moved) > MANY:
            self.repaint()
        else:
            self.repaint_cards({*touched, *moved}, [was[id] for id in (*gone, *moved) if id in was])
        return moved

    def repaint_cards(self, ids: Collection[str], before: Collection[Place] = ()) -> None:
        """Repaint some cards, and what lay at some places before; from far away the whole network."""
        home = self._home
        if home.far or len(ids) + len(before) > MANY:
            self.repaint()
        else:
            for place in (*before, *[self.drawn_at(id) for id in ids if id in self.places]):
                self.repaint(BOUNDS.translated(*place))

    def _move(self, ids: Collection[str]) -> None:
        """Some are seen elsewhere."""
        if self._at is not None:
            for id in ids:
                self._at[self._rows[id]] = self.drawn_at(id)

    @property
    def ids(self) -> list[str]:
        """All of them, the topmost last."""
        return self._ids if self.table is not None else []

    @property
    def table(self) -> Any:
        """Where each is seen: an array (cards, 2) of left and top, in the order of `ids`; None where there is no
        card."""
        if self._at is None and self.places:
            import numpy as np  # imported late: the window is on the screen a tenth of a second earlier

            groups, nodes = self._home.folding.groups.groups, self._home.nodes
            self._ids = (
                [*(id for id in nodes if id not in groups), *(id for id in groups if id in nodes)]
                if groups
                else list(nodes)
            )
            self._rows = dict(zip(self._ids, range(len(self._ids)), strict=True))
            numbers = chain.from_iterable(map(self.places.__getitem__, self._ids))
            self._at = np.fromiter(numbers, float, 2 * len(self._ids)).reshape(-1, 2)
            self._move(self.gliding)
        return self._at

    def touching(self, area: QRectF, room: QRectF) -> list[str]:
        """The cards of which a part touches an area, the topmost last. room: that part, from the corner of each."""
        if self.table is None:
            return []
        left, top = self.table.T
        seen = (left < area.right() - room.left()) & (left > area.left() - room.right())
        seen &= (top < area.bottom() - room.top()) & (top > area.top() - room.bottom())
        return [self._ids[row] for row in seen.nonzero()[0].tolist()]

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        home, way = self._home, painter.worldTransform()
        for id in self.touching(option.exposedRect, BOUNDS):
            painter.setWorldTransform(QTransform.fromTranslate(*self.drawn_at(id)) * way)
            home.nodes[id].paint(painter)
