"""Tables whose rows are what one chooses."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QTableView


def dress(table: QTableView, name: str) -> None:
    """Let a table be one of whole rows, a line each, without grid and numbers; Tab leaves it, and nothing is written
    in it. name: as it is heard."""
    table.setAccessibleName(name)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)
