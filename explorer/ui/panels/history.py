"""The edits so far, each a place to go back to."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QUndoView

from explorer.workspace.session import Session


class HistoryPanel(QUndoView):
    """Every edit in a list; a click goes back to where it was made, and what came after can still be had again."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.document.histories)
        self.setEmptyLabel("As it was opened")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Undo history")
