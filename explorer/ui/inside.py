"""The panels that look inside a network, each made when it is first in sight."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.workspace.dreaming import Dreaming
    from explorer.workspace.patch_search import PatchSearch


class Inside(QObject):
    """Makes the panels, and once what several of them show."""

    panel_requested = Signal(str)  # one panel leads to another, by its title
    edit_requested = Signal(str)  # a node's id: its settings should get the keys
    fold_requested = Signal(str)  # a group's id: it should be opened on the canvas, or closed

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    @property
    def makers(self) -> dict[str, Callable[[], QWidget]]:
        """How each panel is made, by its title."""
        return {
            "Attribution": self._attribution,
            "Boxes": self._boxes,
            "Dream": self._dream,
            "Effects": self._effects,
            "Explain": self._explain,
            "Filters": self._filters,
            "History": self._history,
            "Outline": self._outline,
            "Patches": self._patches,
        }

    @cached_property
    def search(self) -> PatchSearch:
        """The search for patches."""
        from explorer.workspace.patch_search import PatchSearch

        return PatchSearch(self._session)

    @cached_property
    def dreaming(self) -> Dreaming:
        """The picture that is made in full."""
        from explorer.workspace.dreaming import Dreaming

        return Dreaming(self._session)

    def _attribution(self) -> QWidget:
        from explorer.ui.panels.attribution import AttributionPanel

        return AttributionPanel(self._session)

    def _boxes(self) -> QWidget:
        from explorer.ui.panels.boxes import BoxesPanel

        return BoxesPanel(self._session)

    def _dream(self) -> QWidget:
        from explorer.ui.panels.dreaming import DreamPanel

        return DreamPanel(self._session, self.dreaming)

    def _effects(self) -> QWidget:
        from explorer.ui.panels.effects import EffectsPanel

        return EffectsPanel(self._session)

    def _explain(self) -> QWidget:
        from explorer.ui.panels.explain import ExplainPanel

        return ExplainPanel(self._session)

    def _filters(self) -> QWidget:
        from explorer.ui.panels.filters import FiltersPanel
        from explorer.ui.pictures.unit_card import UnitCard
        from explorer.workspace.unit_pictures import UnitPictures

        card = UnitCard(self._session, self.search, UnitPictures(self._session), self.dreaming)
        card.panel_requested.connect(self.panel_requested)
        return FiltersPanel(self._session, card)

    def _history(self) -> QWidget:
        from explorer.ui.panels.history import HistoryPanel

        return HistoryPanel(self._session)

    def _outline(self) -> QWidget:
        from explorer.ui.panels.outline import OutlinePanel

        panel = OutlinePanel(self._session)
        panel.edit_requested.connect(self.edit_requested)
        panel.fold_requested.connect(self.fold_requested)
        return panel

    def _patches(self) -> QWidget:
        from explorer.ui.panels.patches import PatchesPanel

        return PatchesPanel(self._session, self.search)
