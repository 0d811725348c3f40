"""Leads to one's first network: from an empty canvas, or on from where it was left."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from explorer.ui.pages import Pages
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.ui.panels.first_network import FirstNetworkCard


class Leading:
    """Puts the card with the steps beside the canvas, whenever that is shown."""

    def __init__(self, session: Session, pages: Pages, over: QGridLayout) -> None:
        self._session, self._pages, self._over = session, pages, over
        pages.start.walk_requested.connect(self.start)

    @cached_property
    def card(self) -> FirstNetworkCard:
        """Made when it is first asked for."""
        from explorer.ui.panels.first_network import FirstNetworkCard
        from explorer.workspace.first_network import FirstNetwork

        card = FirstNetworkCard(FirstNetwork(self._session))
        self._over.addWidget(card, 0, 1, Qt.AlignmentFlag.AlignTop)  # beside the canvas: on it, it would hide layers
        card.walk.changed.connect(self._show)
        self._pages.currentChanged.connect(lambda _: self._show())
        return card

    def start(self) -> None:
        """Show the step that comes next in the open network, or the first one with a new one."""
        if any(self.card.walk.found()):
            self._begin()
        else:
            self._session.new()
            self._begin()

    def _begin(self) -> None:
        self._pages.show_canvas()
        self.card.walk.begin()

    def _show(self) -> None:
        self.card.setVisible(self.card.walk.shown and self._pages.shows_canvas)
