"""The column that a panel consists of."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.theme import GRID


def panel_column(panel: QWidget) -> QVBoxLayout:
    """The panel's layout, with the distances that are the same in all panels."""
    column = QVBoxLayout(panel)
    column.setContentsMargins(GRID, GRID, GRID, GRID)
    column.setSpacing(GRID // 2)
    return column
