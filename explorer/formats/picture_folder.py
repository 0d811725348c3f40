"""All pictures in a folder and the folders in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.formats.answering import in_time
from explorer.formats.picture_files import SUPPORTED, PictureError, unreadable
from explorer.formats.words import refusal
from explorer.maths.records import PICTURE_ENDINGS, Progress

MOST = 1_000_000
"""Pictures in one folder; a million names take 0.3 GB."""
DEEPEST = 64
"""Folders in each other."""
BREATH = 1000
"""Names that are read between two steps."""


@dataclass(frozen=True)
class PictureEntry:
    """A file that is called like a picture. path: from the folder on, with / between names; the rest tells whether
    it is still the same file."""

    path: str
    size: int
    mtime_ns: int


def pictures_in(folder: str | Path) -> Iterator[int | list[PictureEntry]]:
    """How many pictures were found so far, now and then, and last all of them, by name. Raises PictureError."""
    yield from files_in(folder, PICTURE_ENDINGS, "pictures")


def all_in(folder: str | Path) -> Generator[Progress, None, list[PictureEntry]]:
    """All pictures of a folder, and on the way how many there are. Raises PictureError where there are none."""
    found: list[PictureEntry] = []
    for step in pictures_in(folder):
        if isinstance(step, int):
            yield Progress(f"Found {step:,} pictures")
        else:
            found = step
    if not found:
        raise PictureError(refusal(folder, "holds no pictures", f"choose a folder with {SUPPORTED} files"))
    return found


def files_in(folder: str | Path, endings: tuple[str, ...], what: str) -> Iterator[int | list[PictureEntry]]:
    """How many files with these endings were found so far, now and then, and last all of them, by name.

    Links are followed, but each file and folder is taken once, so that links in a circle end. What is hidden (its
    name begins with a dot) is left out, as is a folder that may not be read, except `folder` itself. Whether a file is
    a picture shows when it is read: a pipe that is called like one is among them. what: they are called in a message.
    Raises PictureError.
    """
    top = check_folder(folder)
    found: list[PictureEntry] = []
    seen = {(top.st_dev, top.st_ino)}
    waiting = [("", 0)]
    names = 0
    while waiting:
        inside, depth = waiting.pop()
        deeper = []
        for name in _names(os.path.join(folder, inside)):
            names += 1
            if names % BREATH == 0:
                yield len(found)
            try:
                there = os.stat(os.path.join(folder, inside, name))
            except OSError:
                there = None  # a link to nothing, or gone by now
            path = f"{inside}{name}"
            wanted = name.lower().endswith(endings)
            if there is None:
                found += [PictureEntry(path, 0, 0)] * wanted
                continue
            if (there.st_dev, there.st_ino) in seen:
                continue
            if stat.S_ISDIR(there.st_mode):
                seen.add((there.st_dev, there.st_ino))
                deeper.append((f"{path}/", depth + 1))
            elif wanted:
                seen.add((there.st_dev, there.st_ino))
                found.append(PictureEntry(path, there.st_size, there.st_mtime_ns))
        waiting += [one for one in reversed(deeper) if one[1] <= DEEPEST]
        if len(found) > MOST:
            raise PictureError(refusal(folder, f"holds more than {MOST:,} {what}", "choose a folder inside it"))
    yield sorted(found, key=lambda one: one.path)


def check_folder(folder: str | Path) -> os.stat_result:
    """What the system says of a folder that may be read. Raises PictureError."""
    try:
        there = in_time(folder, lambda: os.stat(folder))
        in_time(folder, lambda: os.scandir(folder).close())
    except NotADirectoryError as error:
        raise PictureError(refusal(folder, "is a file", "choose the folder it lies in")) from error
    except OSError as error:
        raise unreadable(folder, error) from error
    except ValueError as error:
        raise PictureError(refusal(folder, "is not a name a folder can have", "choose another one")) from error
    return there


def _names(folder: str) -> list[str]:
    """What is in a folder by name, without what is hidden; nothing where it may not be read."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []
