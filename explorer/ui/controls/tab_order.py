"""The way of the Tab key."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def lead_through(first: QWidget, parts: Iterable[QWidget]) -> None:
    """Let Tab go from `first` through all that takes the keys in these parts.

    A page that hands its keys on to one of its widgets is entered there, and what Qt has before it in its own order,
    that of creation, was never come to.
    """
    inside = [widget for part in parts for widget in (part, *part.findChildren(QWidget))]
    here = first.window()  # the list of a choice is a window of its own
    stops = [widget for widget in inside if widget is not first and widget.window() is here and _stops(widget)]
    for before, behind in pairwise((first, *stops)):
        QWidget.setTabOrder(before, behind)


def _stops(widget: QWidget) -> bool:
    """Whether Tab stops there; not at the line of a field, whose keys are the field's."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
