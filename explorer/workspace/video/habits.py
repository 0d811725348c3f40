"""How somebody likes videos to play: remembered under these names from one day to the next."""

from __future__ import annotations

from collections.abc import Callable

from explorer.workspace.settings import Settings

LOOP, MIRROR, AHEAD, SIZE = "videos loop", "cameras mirrored", "frames at once", "camera size"
ON, OFF = "on", "off"


def kept(name: str, change: Callable[[bool], object]) -> Callable[[bool], None]:
    """A change of a switch that is remembered, too."""

    def do(on: bool) -> None:
        Settings().set_choice(name, ON if on else OFF)
        change(on)

    return do
