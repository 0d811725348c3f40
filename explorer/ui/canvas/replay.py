"""What undo and redo show of themselves: cards glide back, and where one looked comes back with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from explorer.ui.canvas.glide import Start
from explorer.workspace import flow_direction
from explorer.workspace.document import Change

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView


class Replay:
    """Follows the document's undo and redo on a canvas."""

    def __init__(self, canvas: EditView) -> None:
        self._canvas = canvas
        self._start: Start | None = None
        canvas.session.document.replaying.connect(self._begin)

    def _begin(self) -> None:
        self._start = Start(self._canvas) if self._canvas.drawing.glide.asked and self._canvas.isVisible() else None

    def show(self, change: Change) -> None:
        """Look where one looked when it was so; else scroll to what was brought back, or to what it was about where
        nothing of that is in view. The cards come there from where they were seen."""
        canvas, (start, self._start) = self._canvas, (self._start, None)
        selected = canvas.session.selection
        turned = change.before.direction is not change.after.direction
        if turned:
            flow_direction.remember(change.after.direction)  # what was taken back holds for no network to come
        if change.view is not None:
            canvas.look_at(QPointF(*change.view.middle), change.view.scale)
        elif turned:
            canvas.settle()  # as at a network that was opened
        elif change.brought_back:
            canvas.reveal(change.brought_back)
        elif change.rearranged and selected and not canvas.visible.intersects(canvas.drawing.bounds(selected)):
            canvas.reveal(selected)
        if start is not None and _moved(change):
            start.glide()


def _moved(change: Change) -> bool:
    """Whether cards may be elsewhere."""
    return change.before.places != change.after.places or change.before.groups != change.after.groups
