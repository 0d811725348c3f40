"""The filters of the selected node, when somebody looks at them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.engine.weight_questions import Filters
from explorer.maths.weight_records import LayerFilters
from explorer.workspace.session import Session


class FilterLooking(QObject):
    """Asks in lane "filters"; a click on a filter picks its map."""

    filters_changed = Signal(object)  # LayerFilters | None

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.filters: LayerFilters | None = None
        self._asked: object = None

    def look(self, node: str, order: str) -> None:
        """Have a node's filters looked at in this order; "" for none."""
        project = self._session.document.project
        asked = (node, order, project.network, project.weights) if node else None
        if asked is not None and asked == self._asked:
            return
        self._asked = asked
        if node:
            question = Filters(project, node, self._session.device or "cpu", order)
            self._session.ask("filters", question, self._show, f"Looking at the filters of {node}")
        else:
            self._session.cancel("filters")
            self._show(None)

    def _show(self, filters: LayerFilters | None) -> None:
        if filters is None:
            self._asked = None
        self.filters = filters
        self.filters_changed.emit(filters)
