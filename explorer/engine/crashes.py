"""Where the worker was when a signal ended it: Python's stacks, in a file beside the log."""

from __future__ import annotations

import faulthandler
from contextlib import suppress
from pathlib import Path
from typing import IO

from platformdirs import user_log_path

from explorer.formats.answering import in_time
from explorer.formats.folders import NAME
from explorer.formats.regular import only_files

FILE = "worker-crashes.log"
MOST = 1 << 20
"""Bytes of the file, behind which it begins anew; the stacks of a crash have some thousand."""

_open: list[IO[str]] = []  # for as long as the process lives: what a signal interrupts can open nothing


def note_crashes() -> None:
    """From now on in this process. Where the file cannot be had, they go on to the terminal."""
    folder = user_log_path(NAME, appauthor=False)
    with suppress(OSError):
        file = in_time(folder, lambda: _opened(folder))
        faulthandler.enable(file)
        _open.append(file)


def _opened(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    file = open(folder / FILE, "a", encoding="utf-8", opener=only_files)  # noqa: SIM115 (it stays open)
    if file.tell() > MOST:
        file.truncate(0)
    return file
