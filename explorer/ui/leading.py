"""Leads to one's first network: from an empty canvas, or on from where it was left."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

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
        self._room = _Room(card)
        self._over.addWidget(self._room, 0, 1)  # beside the canvas: on it, it would hide layers
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
        shown = self.card.walk.shown and self._pages.shows_canvas
        self.card.setVisible(shown)
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
        self.setFixedWidth(card.width() + self.verticalScrollBar().sizeHint().width())
        self.hide()
