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


def guide() -> Path:
    """The folder of the user guide, `guide.md`, and its pictures: of the checkout, or where the package put it."""
    folder = Path(__file__).resolve().parents[2] / "docs"
    return folder if (folder / "guide.md").is_file() else resources() / "guide"
