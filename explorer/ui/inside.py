"""The panels that look inside a network, each made when it is first in sight."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from explorer.workspace.session import Session


def _attribution(session: Session) -> QWidget:
    from explorer.ui.panels.attribution import AttributionPanel

    return AttributionPanel(session)


def _dream(session: Session) -> QWidget:
    from explorer.ui.panels.dreaming import DreamPanel

    return DreamPanel(session)


def _explain(session: Session) -> QWidget:
    from explorer.ui.panels.explain import ExplainPanel

    return ExplainPanel(session)


def _filters(session: Session) -> QWidget:
    from explorer.ui.panels.filters import FiltersPanel

    return FiltersPanel(session)


def _patches(session: Session) -> QWidget:
    from explorer.ui.panels.patches import PatchesPanel
    from explorer.workspace.patch_search import PatchSearch

    return PatchesPanel(session, PatchSearch(session))


INSIDE: dict[str, Callable[[Session], QWidget]] = {
    "Attribution": _attribution,
    "Dream": _dream,
    "Explain": _explain,
    "Filters": _filters,
    "Patches": _patches,
}
"""How each is made, by its title."""
