"""What is dragged from the palette onto the canvas, and the menu of a layer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent

from explorer.classics.blocks import Block
from explorer.ui.canvas.group_view import GroupView
from explorer.ui.offers import unpacked
from explorer.workspace.copied_text import is_copied
from explorer.workspace.session import Session


class DropView(GroupView):
    """Takes kinds of layers and blocks: on the ground, or into the link they are dropped on; and layers as text."""

    menu_requested = Signal(
        str, QPoint
    )  # card, grouped, link, ground, or which menu of the window's; there on the screen

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setAcceptDrops(True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What is not selected yet becomes so first; on the ground it is about the whole network. By key it is about
        what is selected, and is shown there."""
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(self._about, self._beside_selection() or where)
            return
        hit = self.drawing.hit(self.scene_point(QPointF(event.pos())), self.zoom)
        if hit.id:  # a card, one of its ports, or the head of a group's frame
            if not set(self.drawing.folding.nodes((hit.id,))) <= set(self.session.selection):
                self.select(self.drawing.folding.nodes((hit.id,)))
        elif hit.link is not None:
            self.select((), hit.link)
        self.menu_requested.emit(self._about if hit.id or hit.link is not None else "ground", where)

    @property
    def _about(self) -> str:
        """The menu about what is selected."""
        if self.session.selection:
            return "grouped" if self.group else "card"
        if self.drawing.annotations.selected:
            return "Edit/Notes and arrows"
        return "link" if self.link is not None else "ground"

    def _beside_selection(self) -> QPoint | None:
        """The middle of what is selected, on the screen, where it is in sight."""
        seen = self.drawing.bounds(self.session.selection).intersected(self.visible) if self.session.selection else None
        if not seen:
            return None
        return self.viewport().mapToGlobal(self.viewportTransform().map(seen.center()).toPoint())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(unpacked(event.mimeData()) is not None or is_copied(event.mimeData().text()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        kind = unpacked(event.mimeData())
        event.setAccepted(kind is not None or is_copied(event.mimeData().text()))
        if kind is not None:
            hit = self.drawing.hit(self.scene_point(event.position()), self.zoom)
            self.drawing.choose(self.session.selection, hit.link if getattr(kind, "inputs", 1) else None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drawing.choose(self.session.selection)

    def dropEvent(self, event: QDropEvent) -> None:
        kind, at = unpacked(event.mimeData()), self.scene_point(event.position())
        text = event.mimeData().text()
        event.setAccepted(kind is not None or is_copied(text))
        if kind is None and is_copied(text):
            self.setFocus()
            self.drop_text(text, at)
        elif kind is not None:
            self.touched = True
            self.setFocus()
            if issubclass(kind, Block):
                self.block_requested.emit(kind, at)
            else:
                self.add_layer(kind.__name__, at)
