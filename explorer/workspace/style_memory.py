"""The settings of the style studio from one day to the next."""

from __future__ import annotations

import json
from dataclasses import fields

from explorer.network.settings import SettingError
from explorer.probes.style import Style
from explorer.workspace.settings import Settings

NAME = "style studio"


def remembered() -> Style:
    """Those that were used last; the usual ones where there are none, or where what is written there is none."""
    try:
        found = json.loads(Settings().choice(NAME) or "{}")
        return Style(**{one.name: found[one.name] for one in fields(Style) if one.name in found})
    except (ValueError, TypeError, KeyError, SettingError):
        return Style()


def remember(settings: Style) -> None:
    """Begin with these the next time."""
    Settings().set_choice(NAME, json.dumps({one.name: getattr(settings, one.name) for one in fields(settings)}))
