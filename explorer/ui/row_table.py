"""Tables whose rows are what one chooses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QTableView

from explorer.ui import theme
from explorer.ui.theme import GRID

ROW, TOUCHED = 3 * GRID, 4 * GRID
"""Height of a row, pixels, and where words are large for a board that is touched."""


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


class RowHeight(QObject):
    """Keeps the rows of a table as high as they are pressed in this theme."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        table.installEventFilter(self)
        self._fit()

    def _fit(self) -> None:
        self._table.verticalHeader().setDefaultSectionSize(TOUCHED if theme.current().larger > 1 else ROW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self._fit()
        return False
