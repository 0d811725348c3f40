"""What comes with the program: photos, and a network that finds something in one of them."""

from __future__ import annotations

from pathlib import Path

from explorer.maths.resources import resources

DETECTOR = "face-detector"
"""What the model library calls the network that finds faces."""


def samples() -> list[Path]:
    """Paths of the sample photos, by name."""
    return sorted((resources() / "samples").glob("*.jpg"))
