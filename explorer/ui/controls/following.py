"""What shows the document beside the canvas follows a large one in turns of its own: the canvas shows an edit first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject
from shiboken6 import Shiboken

from explorer.ui.controls.turns import Parts, Turns
from explorer.workspace.document import Change, Document
from explorer.workspace.session import Session

MANY = 400
"""Layers up to which all that shows a network follows at once: together that takes a frame at most."""
DONE = object()


def shared_turns(document: Document) -> Turns:
    """One for all that shows this document, so that no two are at work in the same turn of the event loop."""
    return document.findChild(Turns) or Turns(document, 0)


def after_paint(owner: QObject, parts: Parts) -> Parts:
    """The first turn is left to painting the canvas; none is taken for what is gone by then."""
    yield
    while Shiboken.isValid(owner) and next(parts, DONE) is not DONE:
        yield


class Following(QObject):
    """Lets a part of the window follow the document: at once in a network of few layers, else part by part, each in a
    turn of the event loop; what comes meanwhile is followed with it, as one change.

    follow: gets the change from what was followed last to what there is now. It may stop where a turn may end, but what
    is shown changes after the last stop: where another change comes before that, it begins anew with both.
    then: what goes by what is shown, such as which rows are selected.
    shows: whether what is heard of the panel now comes of following, not of the user; see `showing`.
    """

    def __init__(
        self, panel: QObject, session: Session, follow: Callable[[Change], Parts | None],
        then: Callable[[], Parts | None] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(panel)
        self._turns, self._follow, self._then = shared_turns(session.document), follow, then
        self._document = session.document
        self._change: Change | None = None  # since what was followed last
        self.shows = False
        self._document.changed.connect(self._hear)

    @property
    def behind(self) -> bool:
        """Whether there is something to follow yet."""
        return self._change is not None

    @property
    def large(self) -> bool:
        """Whether the network is one that is followed in turns."""
        return len(self._document.project.network.nodes) > MANY

    @contextmanager
    def showing(self) -> Iterator[None]:
        """While what is shown in the panel changes."""
        self.shows = True
        try:
            yield
        finally:
            self.shows = False

    def look_anew(self) -> None:
        """Do what comes then, in the same way: something else that it goes by has changed."""
        if not self.behind and Shiboken.isValid(self._turns):  # not gone with the session, amid what Qt takes apart
            self._begin(self._looking(), len(self._document.project.network.nodes))

    def finish(self) -> None:
        """Be through with it now: somebody needs it."""
        self._turns.finish(self)

    def _hear(self, change: Change) -> None:
        if first := self._change:
            change = replace(change, before=first.before, facts_before=first.facts_before)
        self._change = change
        size = max(len(change.before.network.nodes), len(change.after.network.nodes))
        self._begin(self._following(change), size)

    def _following(self, change: Change) -> Parts:
        try:
            yield from self._follow(change) or ()
        finally:
            if self._change is change:
                self._change = None
        yield
        yield from self._looking()

    def _looking(self) -> Parts:
        yield from self._then() or ()

    def _begin(self, parts: Parts, size: int) -> None:
        if size > MANY:
            self._turns.take(self, after_paint(self, parts))
        else:
            self._turns.drop(self)
            for _ in parts:
                pass
