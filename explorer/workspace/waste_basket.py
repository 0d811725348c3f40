"""Files put into the system's waste basket, and taken out of it again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QFile


class NoWasteBasket(OSError):
    """The system has none for this file, or does not let it in."""


def put_away(path: Path) -> Path | None:
    """Put a file into the waste basket; where it lies there, None where the system does not tell. Raises
    NoWasteBasket; the file is still there then."""
    file = QFile(str(path))
    if not file.moveToTrash():
        raise NoWasteBasket(file.errorString())
    away = Path(file.fileName())
    return away if file.fileName() and away != path and away.exists() else None


def put_back(away: Path, path: Path) -> None:
    """Take a file out of the waste basket to where it was, or beside what lies there now. Raises OSError."""
    there, number = path, 1
    while there.exists():
        number += 1
        there = path.with_name(f"{path.stem} ({number}){path.suffix}")
    age = away.stat()
    shutil.move(away, there)
    os.utime(there, ns=(age.st_atime_ns, age.st_mtime_ns))  # also on another disk: it takes its old place in an order
    if away.parent.name == "files":  # freedesktop.org's: a note on each file lies beside them
        (away.parent.parent / "info" / f"{away.name}.trashinfo").unlink(missing_ok=True)
