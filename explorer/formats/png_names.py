"""What PNGs are called that are made of pictures, one of each, in a folder of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import PurePosixPath

PNG = ".png"


def png_names(paths: Sequence[str]) -> dict[str, str]:
    """For each path, from a folder on with / between names, that of its PNG: in/photo.jpg has in/photo.png.

    No two are the same, for systems that take A for a, too, and none is a folder's. Of a.jpg, a.png and a.webp the one
    that is called so keeps a.png, and the others have a.jpg.png and a.webp.png; what is taken even so has a number.
    """
    wanted = {path: str(PurePosixPath(path).with_suffix(PNG)) for path in paths}
    alike = Counter(name.casefold() for name in wanted.values())
    taken = {str(folder).casefold() for path in paths for folder in PurePosixPath(path).parents}
    names: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: wanted[path] != path):  # first who keeps its name
        alone = alike[wanted[path].casefold()] == 1 or wanted[path] == path
        names[path] = next(name for name in _names(path, wanted[path], alone) if name.casefold() not in taken)
        taken.add(names[path].casefold())
    return names


def _names(path: str, name: str, alone: bool) -> Iterator[str]:
    """What it can be called, the best first."""
    if alone:
        yield name
    yield f"{path}{PNG}"
    yield from (f"{path} ({number}){PNG}" for number in count(2))
