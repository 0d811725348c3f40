"""Where the files lie that come with the program."""

from __future__ import annotations

from pathlib import Path


def resources() -> Path:
    """The folder: of the checkout, or where the package put it."""
    folder = Path(__file__).resolve().parents[2] / "resources"
    if folder.is_dir():
        return folder
    import sysconfig  # ten milliseconds that the checkout does not need

    return Path(sysconfig.get_path("data")) / "share" / "cnn-explorer"
