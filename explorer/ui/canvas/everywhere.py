"""Items that are drawn everywhere: each holds all of one kind, and knows itself where those are."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

from explorer.network.annotations import FARTHEST

EVERYWHERE = QRectF(-FARTHEST, -FARTHEST, 2 * FARTHEST, 2 * FARTHEST)


class Everywhere(QGraphicsItem):
    """Its bounds are constant: no bookkeeping in the scene's index when things in it move."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def repaint(self, area: QRectF | None = None) -> None:
        """Repaint what lies in an area of the item, or the whole view. Qt's own `update` would take in all that lies
        between two areas, and paint it behind what else is painted then."""
        if (scene := self.scene()) is None:
            return
        if area is not None:
            scene.update(self.mapRectToScene(area))
            return
        for view in scene.views():
            view.viewport().update()
