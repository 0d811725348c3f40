"""Worked formulas one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.network.formulas import Row
from explorer.ui.controls.formula_view import FormulaView, formula, kept_formula
from explorer.ui.controls.turns import Parts


def set_ahead(rows: Iterable[Row]) -> Parts:
    """Set these in type, one a turn, before they are shown: each takes a millisecond, and is kept."""
    for row in rows:
        before = kept_formula.cache_info().misses
        formula(row)
        if kept_formula.cache_info().misses > before:
            yield


class FormulaColumn(QWidget):
    """As many formulas as it is told to show."""

    def __init__(self) -> None:
        super().__init__()
        self.views: list[FormulaView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def grow(self, larger: float) -> None:
        """Be drawn so many times as large as the theme's words."""
        for view in self.views:
            view.grow(larger)
        self.updateGeometry()  # else the layout around it knows the old height till its own next turn

    def needs(self) -> int:
        """It breaks its lines where it lacks room."""
        return 0

    @property
    def rows(self) -> list[Row]:
        """What is shown."""
        return [view.row for view in self.views if not view.isHidden()]

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other formulas."""
        for row in rows[len(self.views) :]:
            self.views.append(FormulaView(row))
            self._column.addWidget(self.views[-1])
        for view, row in zip(self.views, rows, strict=False):
            view.show_row(row)
            view.show()
        for view in self.views[len(rows) :]:
            view.hide()
