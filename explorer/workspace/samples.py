"""The photos that come with the program."""

from __future__ import annotations

import sysconfig
from pathlib import Path


def samples() -> list[Path]:
    """Paths of the sample photos, by name: from the checkout, or from where the package put them."""
    beside = Path(__file__).resolve().parents[2] / "resources"
    installed = Path(sysconfig.get_path("data")) / "share" / "cnn-explorer"
    folder = (beside if beside.is_dir() else installed) / "samples"
    return sorted(folder.glob("*.jpg"))
