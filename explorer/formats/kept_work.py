"""What a long work on a folder's pictures has found, kept in the cache so that it goes on where it stopped.

A safetensors file for each work: its arrays, and the pictures' names as JSON.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from explorer.formats import folders, regular
from explorer.formats.atomic import replacing
from explorer.formats.atomic import sweep as sweep_temporaries
from explorer.formats.picture_folder import PictureEntry

LARGEST = 1_000_000_000
"""Bytes of a file that is read."""
DAY = 24 * 3600
PER_PICTURE = -1
"""Stands for the number of pictures in a form."""

Form = tuple[type[np.generic], tuple[int, ...]]
"""What kind of numbers an array holds, and its shape."""


@dataclass(frozen=True, eq=False)
class Kept:
    """The pictures that were seen, why one could not be used ("" where it could), and arrays by their names."""

    pictures: tuple[PictureEntry, ...]
    problems: tuple[str, ...]
    arrays: Mapping[str, NDArray[Any]]


def write(name: str, kept: Kept) -> None:
    """Keep what was found. Raises CannotSave."""
    rows = [
        (one.path, one.size, one.mtime_ns, problem) for one, problem in zip(kept.pictures, kept.problems, strict=True)
    ]
    data = save({"pictures": np.frombuffer(json.dumps(rows).encode(), np.uint8), **kept.arrays})
    with replacing(_place(name), len(data)) as file:
        file.write(data)


def read(name: str, forms: Mapping[str, Form]) -> Kept | None:
    """What was kept under this name; None where there is nothing, or not arrays of these forms."""
    try:
        file = _place(name)
        if regular.size(file) > LARGEST:
            return None
        with safe_open(str(file), "numpy") as parts:
            pictures = parts.get_tensor("pictures")
            arrays = {key: parts.get_tensor(key) for key in forms}
        entries, problems = _entries(pictures.tobytes())
        os.utime(file)
    except (SafetensorError, OSError, ValueError, TypeError, RecursionError):
        return None
    for key, (kind, shape) in forms.items():
        wanted = tuple(len(entries) if size == PER_PICTURE else size for size in shape)
        if arrays[key].dtype != kind or arrays[key].shape != wanted:
            return None
    return Kept(entries, problems, arrays)


def sweep(days: float) -> None:
    """Remove what was not used for so many days, and what killed processes left."""
    sweep_temporaries(folders.searches())
    for file in folders.searches().glob("*.safetensors"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > days * DAY:
                file.unlink()


def _entries(text: bytes) -> tuple[tuple[PictureEntry, ...], tuple[str, ...]]:
    """Raises ValueError or TypeError."""
    entries, problems = [], []
    for path, size, mtime_ns, problem in json.loads(text):
        if not (isinstance(path, str) and isinstance(problem, str) and isinstance(size + mtime_ns, int)):
            raise TypeError(path)
        entries.append(PictureEntry(path, size, mtime_ns))
        problems.append(problem)
    return tuple(entries), tuple(problems)


def _place(name: str) -> Path:
    return folders.searches() / f"{name}.safetensors"
