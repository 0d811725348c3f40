"""Where one looked last in each file's network, from one day to the next."""

from __future__ import annotations

import json

from explorer.network.annotations import Bookmark, WrongAnnotation
from explorer.workspace.settings import Settings

NAME = "views"
MOST = 50
"""Files whose views are remembered."""


def remember(path: str, view: Bookmark | None) -> None:
    """In the network of this file one looks there, None for nowhere in particular."""
    views = {other: kept for other, kept in _views().items() if other != path}
    if view is not None:
        views = {path: [*view.middle, view.scale], **views}
    Settings().set_choice(NAME, json.dumps(dict(list(views.items())[:MOST])))


def remembered(path: str) -> Bookmark | None:
    """Where one looked last in the network of this file; None where that is not known."""
    match _views().get(path):
        case [int() | float() as x, int() | float() as y, int() | float() as scale]:
            try:
                return Bookmark("", (float(x), float(y)), float(scale))
            except WrongAnnotation:
                return None
    return None


def _views() -> dict[str, object]:
    try:
        views = json.loads(Settings().choice(NAME) or "{}")
    except (ValueError, RecursionError):  # written by hand
        return {}
    return views if isinstance(views, dict) else {}
