"""Leads to one's first network: from an empty canvas, or on from where it was left."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.ui.compact import is_small
from explorer.ui.controls.flow import ANY
from explorer.ui.pages import Pages
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.ui.panels.first_network import FirstNetworkCard


BELOW = 16 * GRID
"""Pixels of height that the card has below the canvas."""


class Leading:
    """Puts the card with the steps beside the canvas, whenever that is shown."""

    def __init__(self, session: Session, pages: Pages, over: QGridLayout) -> None:
        self._session, self._pages, self._over = session, pages, over
        self._room: _Room | None = None
        pages.start.walk_requested.connect(self.start)

    @cached_property
    def card(self) -> FirstNetworkCard:
        """Made when it is first asked for."""
        from explorer.ui.panels.first_network import FirstNetworkCard
        from explorer.workspace.first_network import FirstNetwork

        card = FirstNetworkCard(FirstNetwork(self._session))
        self._room = _Room(card)
        self.fit()
        card.walk.changed.connect(self._show)
        self._pages.currentChanged.connect(lambda _: self._show())
        return card

    def fit(self) -> None:
        """Stand beside the canvas, for on it the card would hide layers; in a small window below it."""
        if self._room is not None:
            small = is_small(self._pages.window().size())
            self._room.stand(below=small)
            self._over.addWidget(self._room, *((2, 0) if small else (0, 1)))

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
        shown = self.card.walk.shown and self._pages.shows_canvas
        self.card.setVisible(shown)
        if self._room is not None:
            self._room.setVisible(shown)


class _Room(QScrollArea):
    """Where the card is; it scrolls where the window is low, which it must not make higher."""

    def __init__(self, card: FirstNetworkCard) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Window)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        self.setWidget(page)
        self._wide = card.width() + self.verticalScrollBar().sizeHint().width()
        self.hide()

    def stand(self, *, below: bool) -> None:
        """Be as wide as the card; below the canvas no higher than leaves that some room."""
        self.setMinimumWidth(0 if below else self._wide)
        self.setMaximumWidth(ANY if below else self._wide)
        self.setMinimumHeight(BELOW if below else 0)
        self.setMaximumHeight(BELOW if below else ANY)
