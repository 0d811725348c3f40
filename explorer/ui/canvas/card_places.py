"""Where the cards of a scene lie, and which of them an edit puts elsewhere: of thousands only those are asked that may
be, for most of them lie far away in memory, and the next edit comes after much else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from explorer.maths.differing import differing
from explorer.network.project import Place
from explorer.ui.canvas.node_item import NodeItem


class CardPlaces:
    """Goes by the mappings of places that it was given, which nobody changes."""

    def __init__(self, items: Mapping[str, NodeItem]) -> None:
        self._items = items
        self._laid: Mapping[str, Place] = {}  # as they were put last; of what is in closed groups, too
        self._dragged: set[str] = set()  # what lies elsewhere, or did since
        self._now: Mapping[str, Place] | None = {}

    @property
    def now(self) -> Mapping[str, Place]:
        """Where each card lies; not to be changed by whom it is given to."""
        if self._now is None:
            self._now = {id: item.place for id, item in self._items.items()}
        return self._now

    def drag(self, places: Mapping[str, Place]) -> None:
        """Put some cards elsewhere until all are put again."""
        for id, place in places.items():
            self._items[id].put(place)
        self._dragged |= places.keys()
        self._now = None

    def put(self, places: Mapping[str, Place], added: Collection[str], gone: Collection[str]) -> set[str]:
        """Put all cards at their places; the ids of those that lay elsewhere. added, gone: ids since the last time."""
        other = differing(self._laid, places).union(self._dragged, added)
        moved = set()
        for id in filter(other.__contains__, self._items if other else ()):  # in their order, as they lie in memory
            if self._items[id].place != places[id]:
                self._items[id].put(places[id])
                moved.add(id)
        if moved or added or gone:
            here = len(places) == len(self._items)  # there is a place for each
            self._now = places if here else {id: places[id] for id in self._items}
        self._laid, self._dragged = places, set()
        return moved
