"""How the picked number came about, while somebody looks, and the way walked from number to number."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import Explain
from explorer.maths.explanations import Explanation
from explorer.maths.records import Place
from explorer.workspace.session import Session


class Explaining(QObject):
    """Asks in lane "explain" once the picked number's maps are there, so that picture and network are the same."""

    explanation_changed = Signal(object)  # Explanation | None
    way_changed = Signal(object)  # tuple[Place, ...]: the numbers one came from, the last one last

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.explanation: Explanation | None = None
        self.way: tuple[Place, ...] = ()
        self._watched = False
        self._walking_to: Place | None = None
        session.place_changed.connect(self._follow)
        session.maps_changed.connect(lambda _: self._ask())

    def watch(self, watched: bool) -> None:
        """Whether anybody looks: else nothing is asked."""
        before, self._watched = self._watched, watched
        if watched and not before:
            self._ask()

    def walk(self, place: Place) -> None:
        """Go on to a number that entered the one that is explained."""
        if self._session.place is not None:
            self._set_way((*self.way, self._session.place))
        self._go(place)

    def walk_back(self) -> None:
        """Go back to the number one came from."""
        if self.way:
            *before, place = self.way
            self._set_way(tuple(before))
            self._go(place)

    def _go(self, place: Place) -> None:
        self._walking_to = place
        self._session.look_at(place)
        self._walking_to = None

    def _follow(self, place: Place | None) -> None:
        if place is not None and place != self._walking_to:
            self._set_way(())  # one has picked another number
        self._ask()

    def _ask(self) -> None:
        session, place = self._session, self._session.place
        if place is None or session.source is None:
            session.cancel("explain")
            self._show(None)
        elif self._watched and session.maps is not None and session.maps.holds(place):
            question = Explain(session.document.project, session.source, place, session.device or "cpu")
            session.ask("explain", question, self._show, f"Explaining a number of {place.node}")

    def _set_way(self, way: tuple[Place, ...]) -> None:
        if way != self.way:
            self.way = way
            self.way_changed.emit(way)

    def _show(self, explanation: Explanation | None) -> None:
        if explanation is not None and explanation.place != self._session.place:
            return
        self.explanation = explanation
        self.explanation_changed.emit(explanation)
