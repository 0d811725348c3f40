"""Cards on their way to other places, so that the eye can follow when a group opens or the network is arranged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QApplication, QStyle

from explorer.network.folding import Folding
from explorer.network.project import Place

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import NetworkScene

TIME = 150
"""Milliseconds."""
MOST = 400
"""Cards that are moved in each frame; more are there at once."""


class Glide(QVariantAnimation):
    """One move of some cards; links and frames come into sight where they will be."""

    def __init__(self, home: NetworkScene) -> None:
        super().__init__(home)
        self._home = home
        self._starts: dict[str, Place] = {}
        self.wanted = True
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._show)

    def begin(self, folding: Folding, before: Mapping[str, Place]) -> None:
        """Show the cards on the way from where they were drawn; those that come out of a group come from its card.

        folding, before: what was drawn, and where. Where no motion is wanted they are there already.
        """
        self.stop()
        self._show(1.0)
        nodes = self._home.nodes
        self._starts = {id: before.get(id) or before.get(folding.card(id), item.place) for id, item in nodes.items()}
        if self.wanted and _duration() > 0 and len(nodes) <= MOST:
            self.setDuration(_duration())
            self._show(0.0)
            self.start()

    def _show(self, part: float) -> None:
        nodes = self._home.nodes
        for id, (x, y) in self._starts.items():
            if id in nodes:
                left, top = nodes[id].place
                nodes[id].setPos(x + part * (left - x), y + part * (top - y))
        self._home.links.setOpacity(part)
        self._home.frames.setOpacity(part)


def _duration() -> int:
    """Milliseconds that a move takes; 0 where the system has animations off."""
    return min(TIME, QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration))
