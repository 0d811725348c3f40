"""What attribution methods say about the picture, while somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import Attribute
from explorer.probes.attribution import GradCam
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.maths.attribution import Attribution
    from explorer.probes.attribution import Method


class Attributions(QObject):
    """Asks the methods anew, in lane "attribution", when the picture, the network, the number or a setting changes."""

    changed = Signal()
    aimed = Signal()

    def __init__(self, session: Session, methods: tuple[Method, ...]) -> None:
        super().__init__()
        self._session = session
        self.methods = methods
        self.target: int | None = None  # a class; None for the most likely one
        self.picked = False  # the picked number is explained instead
        self.results: dict[str, Attribution] = {}  # by the method's title
        self._watched = False
        session.prediction_changed.connect(lambda _: self._start_afresh())  # it follows picture and network
        session.place_changed.connect(lambda _: self._start_afresh() if self.picked else None)
        session.selection_changed.connect(lambda _: self._look_elsewhere())
        session.opened.connect(lambda _: self._open())

    def watch(self, watched: bool) -> None:
        """Somebody looks, or nobody does any more: then nothing is computed."""
        if watched != self._watched:
            self._watched = watched
            if watched:
                self._ask()
            else:
                self._session.cancel("attribution")

    def aim(self, target: int | None, picked: bool = False) -> None:
        """Explain the score of a class, with None of the most likely one, or the number that is picked."""
        if (target, picked) != (self.target, self.picked):
            self.target, self.picked = target, picked
            self.aimed.emit()
            self._start_afresh()

    def choose(self, methods: tuple[Method, ...]) -> None:
        """Use these methods with these settings; what the others found stays."""
        kept = {method.title for method in methods if method in self.methods}
        self.methods = methods
        self.results = {title: result for title, result in self.results.items() if title in kept}
        self.changed.emit()
        self._ask()

    @property
    def missing(self) -> tuple[Method, ...]:
        """Methods whose final result is not there."""
        done = {title for title, result in self.results.items() if result.done}
        return tuple(method for method in self.methods if method.title not in done)

    def _look_elsewhere(self) -> None:
        """Another layer was selected: what was found with the last one's maps is another thing."""
        lost = {method.title for method in self.methods if isinstance(method, GradCam) and method.layer == "selected"}
        if lost & self.results.keys():
            self.results = {title: result for title, result in self.results.items() if title not in lost}
            self.changed.emit()
            self._ask()

    def _open(self) -> None:
        """Another network: nothing that was found is about it."""
        self._start_afresh()
        self.aim(None)

    def _start_afresh(self) -> None:
        self._session.cancel("attribution")
        if self.results:
            self.results = {}
            self.changed.emit()
        self._ask()

    def _ask(self) -> None:
        session, source, missing = self._session, self._session.source, self.missing
        if not self._watched or source is None or not missing or not session.document.project.network.nodes:
            return
        target = session.place if self.picked else self.target
        if self.picked and target is None:
            return
        at = session.selection[-1] if session.selection else ""
        question = Attribute(session.document.project, source, missing, target, at, session.device or "cpu")
        session.ask("attribution", question, self._show, missing[0].title)

    def _show(self, result: Attribution) -> None:
        self.results = {**self.results, result.method: result}
        self.changed.emit()
