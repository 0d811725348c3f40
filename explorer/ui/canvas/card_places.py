"""Where the cards of a scene lie, and which of them an edit puts elsewhere: of thousands only those are asked that may
be, for most of them lie far away in memory, and the next edit comes after much else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from explorer.maths.differing import differing
from explorer.network.project import Place


class CardPlaces:
    """Goes by the mappings of places that it was given, which nobody changes.

    now: where each card lies, not to be changed by whom it is given to. gliding: where those are seen that are on their
    way there.
    """

    def __init__(self) -> None:
        self.now: Mapping[str, Place] = {}
        self.gliding: Mapping[str, Place] = {}
        self._laid: Mapping[str, Place] = {}  # as they were put last; of what is in closed groups, too
        self._dragged: set[str] = set()  # what lies elsewhere, or did since

    def drag(self, places: Mapping[str, Place]) -> None:
        """Put some cards elsewhere until all are put again."""
        self.now = {**self.now, **places}
        self._dragged |= places.keys()

    def put(self, places: Mapping[str, Place], ids: Collection[str], other: Collection[str]) -> set[str]:
        """Put all cards at their places; the ids of those that lay elsewhere, or were none, before. ids: of what is
        drawn, for which there are places. other: of what came or went since the last time."""
        was = self.now
        moved = differing(self._laid, places).union(self._dragged, other)
        if moved:
            self.now = places if len(places) == len(ids) else {id: places[id] for id in ids}
        self._laid, self._dragged = places, set()
        if not was:
            return set(ids)
        return {id for id in moved if id in ids and was.get(id) != places[id]}
