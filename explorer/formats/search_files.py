"""What a search for patches has found, as it is kept: three arrays for each node, and one on the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.formats import kept_work
from explorer.formats.kept_work import PER_PICTURE, Form, Kept
from explorer.formats.picture_folder import PictureEntry
from explorer.maths.top_places import NONE, TopPlaces

FRAME = 6
"""Numbers that tell how a picture was fed."""


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
    arrays: dict[str, NDArray[Any]] = {"frames": found.frames}
    for number, top in enumerate(found.tops.values()):
        arrays |= {f"{number}.values": top.values, f"{number}.pictures": top.pictures, f"{number}.places": top.places}
    kept_work.write(name, Kept(found.pictures, found.problems, arrays))


def read(name: str, shapes: Mapping[str, tuple[int, int, int]]) -> Found | None:
    """What was kept under this name; None where there is nothing, or nothing that can be true.

    shapes: of each node how many channels it has, how many of their places are kept, and how many there are.
    """
    forms: dict[str, Form] = {"frames": (np.float64, (PER_PICTURE, FRAME))}
    for number, (channels, count, _places) in enumerate(shapes.values()):
        forms[f"{number}.values"] = np.float32, (channels, count)
        forms |= {f"{number}.{part}": (np.int32, (channels, count)) for part in ("pictures", "places")}
    kept = kept_work.read(name, forms)
    if kept is None or not np.isfinite(kept.arrays["frames"]).all():
        return None
    tops = {
        node: TopPlaces(*(kept.arrays[f"{number}.{part}"] for part in ("values", "pictures", "places")))
        for number, node in enumerate(shapes)
    }
    if not all(_fits(tops[node], places, len(kept.pictures)) for node, (_, _, places) in shapes.items()):
        return None
    return Found(kept.pictures, kept.problems, kept.arrays["frames"], tops)


def _fits(top: TopPlaces, places: int, pictures: int) -> bool:
    if np.isnan(top.values).any():
        return False
    there, rest = top.pictures != NONE, top.pictures == NONE
    inside = (top.pictures >= NONE) & (top.pictures < pictures) & (top.places < places)
    return bool(inside.all() and (top.places[there] >= 0).all() and (top.places[rest] == NONE).all())
