"""The photos that come with the program."""

from __future__ import annotations

from pathlib import Path


def samples() -> list[Path]:
    """Paths of the sample photos, by name: from the checkout, or from where the package put them."""
    folder = Path(__file__).resolve().parents[2] / "resources"
    if not folder.is_dir():
        import sysconfig  # ten milliseconds that the checkout does not need

        folder = Path(sysconfig.get_path("data")) / "share" / "cnn-explorer"
    return sorted((folder / "samples").glob("*.jpg"))
