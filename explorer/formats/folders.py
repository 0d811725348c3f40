"""Where the program keeps what it can get again."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

from explorer.formats.atomic import CannotSave
from explorer.formats.words import refusal


def cache() -> Path:
    """The cache folder, made where it is missing; the environment's CNN_EXPLORER_CACHE moves it. Raises CannotSave."""
    chosen = os.environ.get("CNN_EXPLORER_CACHE")
    return _made(Path(chosen) if chosen else user_cache_path("cnn-explorer", appauthor=False))


def models() -> Path:
    """Downloaded model files, as they came."""
    return _made(cache() / "models")


def weights() -> Path:
    """The weight store: see `explorer.formats.tensors`."""
    return _made(cache() / "weights")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"in {folder.parent} cannot be made, the system says “{error.strerror}”"
        raise CannotSave(refusal(folder, reason, "set CNN_EXPLORER_CACHE to a folder you may write to")) from error
    return folder
