"""What hangs on channels: the answer before and after, while somebody looks, and a ranking of a node's channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import RankChannels, WhatChanges
from explorer.workspace.document import Change
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.maths.effects import ChannelEffects, Outcome
    from explorer.network.ablation import Ablation

OUTCOME, RANKING = "outcome", "effects"
"""Lanes."""


class Effects(QObject):
    """Asks for the outcome whenever the prediction is another one, and for a ranking when it is told to."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.outcome: Outcome | None = None
        self.ranking: ChannelEffects | None = None
        self.target: int | None = None  # the class that channels are ranked by; None for the likeliest one
        self._watched = self._behind = False
        self._ranked_with: tuple[Ablation, ...] = ()
        session.prediction_changed.connect(lambda _: self._follow())  # it follows picture, network and channels
        session.picture_changed.connect(lambda _: self._forget())
        session.document.changed.connect(self._hear)
        session.opened.connect(lambda _: self.aim(None))
        session.work_changed.connect(lambda lane, work: self._follow() if self._behind and not work else None)

    @property
    def stale(self) -> bool:
        """Whether channels were switched off or on since they were ranked."""
        return self.ranking is not None and self._ranked_with != self._session.document.project.ablations

    @property
    def ranked(self) -> str:
        """The node whose channels `rank` would rank; "" where none is selected."""
        return self._session.selection[-1] if self._session.selection else ""

    def watch(self, watched: bool) -> None:
        """Somebody looks, or nobody does any more: then nothing is asked."""
        before, self._watched = self._watched, watched
        if watched and not before:
            self._follow()

    def aim(self, target: int | None) -> None:
        """Rank by another class; with None by the likeliest one."""
        self.target = target
        self.changed.emit()

    def rank(self) -> None:
        """Switch off each channel of the selected node in turn."""
        session, node = self._session, self.ranked
        if session.source is not None and node:
            self._ranked_with = session.document.project.ablations
            device = session.device or "cpu"
            question = RankChannels(session.document.project, session.source, node, self.target, device)
            session.ask(RANKING, question, self._show_ranking, f"Switching off the channels of {node}")

    def _follow(self) -> None:
        """Ask about what is there now, once what was asked before is answered: every answer is shown."""
        session = self._session
        self._behind = self._watched and OUTCOME in session.work
        if not self._watched or self._behind:
            return
        if session.prediction is None or session.source is None or not session.document.project.ablations:
            session.cancel(OUTCOME)
            self._show_outcome(None)
            return
        question = WhatChanges(session.document.project, session.source, session.device or "cpu")
        session.ask(OUTCOME, question, self._show_outcome, "Running the network with all channels and without")

    def _hear(self, change: Change) -> None:
        if change.runs_otherwise and not change.only_factors:
            self._forget()
        elif change.only_factors:
            self.changed.emit()

    def _forget(self) -> None:
        self._session.cancel(RANKING)
        if self.ranking is not None:
            self._show_ranking(None)

    def _show_outcome(self, outcome: Outcome | None) -> None:
        if outcome is not None or self.outcome is not None:
            self.outcome = outcome
            self.changed.emit()

    def _show_ranking(self, ranking: ChannelEffects | None) -> None:
        self.ranking = ranking
        self.changed.emit()
