"""How large networks that paint were made to paint, from one day to the next."""

from __future__ import annotations

from explorer.workspace.settings import Settings

NAME = "painted size"


def remembered() -> int:
    """Pixels of the longer side that were chosen last, 0 for what each network came with."""
    chosen = Settings().choice(NAME)
    return int(chosen) if chosen.isdecimal() and len(chosen) < 5 else 0


def remember(longest: int) -> None:
    """Networks of the library that are opened from now on begin with it."""
    Settings().set_choice(NAME, str(longest))
