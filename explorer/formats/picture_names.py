"""The pictures in one folder, by name."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from explorer.formats.answering import in_time
from explorer.formats.picture_files import PictureError, unreadable
from explorer.formats.words import refusal
from explorer.maths.records import PICTURE_ENDINGS, PictureList

MOST = 100_000
"""Names of one folder that are gone through."""


def picture_names(folder: str | Path) -> PictureList:
    """The names in a folder that end like a picture's and are not hidden, sorted. Raises PictureError."""
    try:
        names = in_time(folder, lambda: _listed(folder))
    except OSError as error:
        raise unreadable(folder, error) from error
    pictures = sorted((name for name in names if name.lower().endswith(PICTURE_ENDINGS)), key=lambda n: (n.lower(), n))
    if not pictures:
        raise PictureError(
            refusal(folder, "holds no picture", "choose a folder with JPEG, PNG, WebP, BMP, GIF or TIFF files")
        )
    return PictureList(str(folder), tuple(pictures))


def _listed(folder: str | Path) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in islice(entries, MOST) if not entry.name.startswith(".")]
