"""What a search for patches has found, kept in the cache so that it goes on where it stopped.

A safetensors file for each search: three arrays for each node, one on the pictures, and the pictures' names as JSON.
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

from explorer.formats import folders
from explorer.formats.atomic import replacing
from explorer.formats.atomic import sweep as sweep_temporaries
from explorer.formats.picture_folder import PictureEntry
from explorer.maths.top_places import NONE, TopPlaces

LARGEST = 1_000_000_000
"""Bytes of a file that is read."""
FRAME = 6
"""Numbers that tell how a picture was fed."""
DAY = 24 * 3600


@dataclass(frozen=True, eq=False)
class Found:
    """The pictures that were seen, and the strongest places in them by node; pictures are numbered as they come here.

    problems: why a picture could not be used, "" where it could; frames (N, 6) float64: the grid of its input, then
    its width and height.
    """

    pictures: tuple[PictureEntry, ...]
    problems: tuple[str, ...]
    frames: NDArray[np.float64]
    tops: Mapping[str, TopPlaces]


def write(name: str, found: Found) -> None:
    """Keep what was found. Raises CannotSave."""
    rows = [
        (one.path, one.size, one.mtime_ns, problem) for one, problem in zip(found.pictures, found.problems, strict=True)
    ]
    arrays: dict[str, NDArray[Any]] = {
        "pictures": np.frombuffer(json.dumps(rows).encode(), np.uint8),
        "frames": found.frames,
    }
    for number, top in enumerate(found.tops.values()):
        arrays |= {f"{number}.values": top.values, f"{number}.pictures": top.pictures, f"{number}.places": top.places}
    data = save(arrays)
    with replacing(_place(name), len(data)) as file:
        file.write(data)


def read(name: str, shapes: Mapping[str, tuple[int, int, int]]) -> Found | None:
    """What was kept under this name; None where there is nothing, or nothing that can be true.

    shapes: of each node how many channels it has, how many of their places are kept, and how many there are.
    """
    try:
        file = _place(name)
        if os.path.getsize(file) > LARGEST:
            return None
        with safe_open(str(file), "numpy") as parts:
            pictures = parts.get_tensor("pictures")
            frames = parts.get_tensor("frames")
            tops = {
                node: TopPlaces(*(parts.get_tensor(f"{number}.{part}") for part in ("values", "pictures", "places")))
                for number, node in enumerate(shapes)
            }
        entries, problems = _entries(pictures.tobytes())
        os.utime(file)
    except (SafetensorError, OSError, ValueError, TypeError, RecursionError):
        return None
    sound = frames.dtype == np.float64 and frames.shape == (len(entries), FRAME) and np.isfinite(frames).all()
    if not sound or not all(_fits(tops[node], shapes[node], len(entries)) for node in shapes):
        return None
    return Found(entries, problems, frames, tops)


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


def _fits(top: TopPlaces, shape: tuple[int, int, int], pictures: int) -> bool:
    kinds = top.values.dtype == np.float32 and top.pictures.dtype == top.places.dtype == np.int32
    shapes = {top.values.shape, top.pictures.shape, top.places.shape} == {shape[:2]}
    if not kinds or not shapes or np.isnan(top.values).any():
        return False
    there, rest = top.pictures != NONE, top.pictures == NONE
    inside = (top.pictures >= NONE) & (top.pictures < pictures) & (top.places < shape[2])
    return bool(inside.all() and (top.places[there] >= 0).all() and (top.places[rest] == NONE).all())


def _place(name: str) -> Path:
    return folders.searches() / f"{name}.safetensors"
