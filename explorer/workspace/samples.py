"""The photos that come with the program."""

from __future__ import annotations

from pathlib import Path

from explorer.maths.resources import resources


def samples() -> list[Path]:
    """Paths of the sample photos, by name."""
    return sorted((resources() / "samples").glob("*.jpg"))
