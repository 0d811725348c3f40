"""Which files may be opened at all: regular ones, whose first bytes tell what they are."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from explorer.formats.answering import CONNECTED, in_time
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal

HEAD = 4096
"""Bytes from which a file's kind is told."""


class NotReadable(Refusal):
    """A file is not there, may not be read, or is no file; the message names it, the reason and what to do."""


def size(path: str | Path) -> int:
    """Bytes of a file that may be opened. Raises NotReadable."""
    try:
        there = in_time(path, lambda: os.stat(path))
    except ValueError as error:
        raise NotReadable(refusal(path, "is not a name a file can have", "choose another file")) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(there.st_mode):
        kind = "a folder" if stat.S_ISDIR(there.st_mode) else "a device or a pipe"
        raise NotReadable(refusal(path, f"is {kind}, not a file", "choose a file"))
    return there.st_size


def only_files(path: str, flags: int) -> int:
    """For `open`, behind a look at the file: a pipe that took its place since would never answer. Raises OSError."""
    file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.ESTALE, "another thing has taken the file's place")
    return file


def head(path: str | Path) -> bytes:
    """The first bytes of a regular file. Raises NotReadable."""
    size(path)
    try:
        with open(path, "rb", opener=only_files) as file:
            return file.read(HEAD)
    except OSError as error:
        raise unreadable(path, error) from error


def data(path: str | Path, most: int) -> bytes:
    """A regular file whole, where it has at most so many bytes. Raises NotReadable."""
    if size(path) > most:
        raise NotReadable(refusal(path, "is too large for what it should be", "delete it"))
    try:
        with open(path, "rb", opener=only_files) as file:
            return file.read(most)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str | Path, error: OSError) -> NotReadable:
    """What the system said about a file, as a sentence."""
    reason = {
        FileNotFoundError: "was not found", PermissionError: "may not be read by you",
        TimeoutError: "lies on a disk that does not answer",
    }.get(type(error), f"cannot be read, the system says “{error.strerror or error}”")  # fmt: skip
    silent = isinstance(error, TimeoutError)
    return NotReadable(refusal(path, reason, CONNECTED if silent else "check where it is and who may read it"))
