"""Move the cache folder: everything is in the new place before anything leaves the old one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explorer.formats import folders
from explorer.formats.atomic import TEMPORARY, CannotSave, replacing
from explorer.formats.words import amount, refusal
from explorer.maths.records import CacheFolder, Progress

PARTS = ("models", "weights", "searches")
CHUNK = 1 << 22


def told() -> CacheFolder:
    """Where the cache is, or would be, and how much it holds. Raises CannotSave."""
    folder = folders.where()
    files = _files(folder)
    fixed = f"it is set by {folders.VARIABLE}" if os.environ.get(folders.VARIABLE) else ""
    return CacheFolder(str(folder), len(files), sum(file.stat().st_size for file in files), fixed)


def move(folder: str | Path) -> Iterator[Progress | CacheFolder]:
    """Keep everything in a folder `cnn-explorer` inside `folder` from now on, and move there what is here.

    Closing the generator before its end leaves everything as it was. Raises CannotSave.
    """
    old, new = folders.where().resolve(), Path(os.path.abspath(folder))
    new = (new if new.name == folders.NAME else new / folders.NAME).resolve()
    if fixed := told().fixed:
        raise CannotSave(refusal(new, f"cannot be the cache folder, {fixed}", "change that"))
    if new == old:
        yield told()
        return
    if old in new.parents or new in old.parents:
        raise CannotSave(refusal(new, "cannot be the cache folder, one lies in the other", "choose another folder"))
    files = _files(old)
    total, done = sum(file.stat().st_size for file in files), 0
    made: list[Path] = []
    try:
        for part in PARTS:
            (new / part).mkdir(parents=True, exist_ok=True)
        for file in files:
            target = new / file.parent.name / file.name
            yield Progress(f"Moving {file.name}", done, total)
            if not _linked(file, target, made):
                for size in _copied(file, target):
                    yield Progress(f"Moving {file.name}", done + size, total)
                made.append(target)
            done += file.stat().st_size
        folders.choose(new)
    except (OSError, GeneratorExit) as error:
        for target in made:
            with suppress(OSError):
                target.unlink()
        if isinstance(error, OSError) and not isinstance(error, CannotSave):
            reason = f"cannot be the cache folder, the system says “{error.strerror}”"
            raise CannotSave(refusal(new, reason, "choose a folder you may write to")) from error
        raise
    for file in files:
        with suppress(OSError):
            file.unlink()
    yield told()


def _files(folder: Path) -> list[Path]:
    """What is kept; not what some process is just writing."""
    found = [file for part in PARTS if (folder / part).is_dir() for file in sorted((folder / part).iterdir())]
    return [file for file in found if file.is_file() and not TEMPORARY.fullmatch(file.name)]


def _linked(file: Path, target: Path, made: list[Path]) -> bool:
    """A second name for the same file, which takes no time, where both are on one disk."""
    try:
        os.link(file, target)
    except FileExistsError:
        return target.stat().st_size == file.stat().st_size  # by its name it is the same
    except OSError:
        return False
    made.append(target)
    return True


def _copied(file: Path, target: Path) -> Iterator[int]:
    size = file.stat().st_size
    if (free := shutil.disk_usage(target.parent).free) < size:
        reason = f"cannot be the cache folder, it has {amount(free)} free and {file.name[:40]} needs {amount(size)}"
        raise CannotSave(refusal(target.parents[1], reason, "choose another disk"))
    with open(file, "rb") as source, replacing(target, size) as copy:
        while chunk := source.read(CHUNK):
            copy.write(chunk)
            yield copy.tell()
