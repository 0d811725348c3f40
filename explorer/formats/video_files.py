"""Is this a video file of a kind we play? Answered before a decoder sees it: playlists would fetch other files."""

from __future__ import annotations

import os
import re
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from explorer.formats.regular import only_files
from explorer.formats.words import amount, refusal
from explorer.maths.sentences import Refusal

HEAD = 512
"""Bytes looked at."""
BLOCK = 1 << 20
"""Bytes that are read at once where a decoder stumbled."""
READING = 2.0
"""Seconds for which that is tried."""
SHORT = 0.9
"""Of its length, which a film should have played when it ends; what a header says is not exact."""
CONTAINERS = (
    rb"RIFF....AVI ",
    rb"....(ftyp|moov|mdat|wide|free|skip)",  # MP4 and QuickTime
    rb"\x1a\x45\xdf\xa3",  # Matroska and WebM
    rb"OggS",
    rb"\x00\x00\x01[\xb3\xba]",  # MPEG
    rb"\x47.{187}\x47",  # MPEG transport stream
    rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
    rb"FLV\x01",
)
"""How files begin that hold a video by themselves."""


class VideoFileError(Refusal):
    """A video file cannot be played; the message names it, the reason and what to do."""


@dataclass(frozen=True)
class Stamp:
    """What a file was when it was opened. changed: in nanoseconds; head: how it began."""

    number: int
    size: int
    changed: int
    head: bytes


def check(path: str | Path) -> Stamp:
    """What a file is now. Raise VideoFileError where it is no video of a kind we play."""
    try:
        found = os.stat(path)
        kind, head = found.st_mode, b""
        if stat.S_ISREG(kind):  # a pipe would block
            with open(path, "rb", opener=only_files) as file:
                head = file.read(HEAD)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(kind):
        raise VideoFileError(refusal(path, "is a folder", "choose a video in it"))
    if not any(re.match(start, head, re.DOTALL) for start in CONTAINERS):
        known = "AVI, MP4, QuickTime, Matroska, WebM, Ogg, MPEG, Windows Media or Flash video"
        raise VideoFileError(refusal(path, "is no video of a kind known here, or damaged", f"save it as {known}"))
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns, head)


def left_alone(path: str | Path, then: Stamp) -> str:
    """What has become of a file while it plays, where it plays on as it was; "" where nothing has.

    Raises VideoFileError where what comes is not what was opened any more. A file that somebody still writes grows.
    """
    try:
        found = os.stat(path)
        if found.st_ino == then.number and (found.st_size, found.st_mtime_ns) != (then.size, then.changed):
            _unchanged(path, then, found.st_size)
    except FileNotFoundError:
        return refusal(path, "was deleted or moved while it plays", "it plays on here until it is stopped")
    except OSError as error:
        raise _unreadable(path, error) from error
    if found.st_ino != then.number:
        return refusal(path, "was replaced by another file while it plays", "open it again to see that one")
    return ""


def read_through(path: str | Path, part: float) -> None:
    """Read what a decoder stumbled over. part: where in the file that was, from 0 to 1; it is read from a little before
    there on, then from the beginning, for some seconds. Raises VideoFileError where the system cannot."""
    try:
        till = time.monotonic() + READING
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            begin = max(0, int(part * size) - 2 * BLOCK)
            for place in (*range(begin, size, BLOCK), *range(0, begin, BLOCK)):
                file.seek(place)
                file.read(BLOCK)
                if time.monotonic() > till:
                    return
    except OSError as error:
        raise _unreadable(path, error) from error


def _unchanged(path: str | Path, then: Stamp, size: int) -> None:
    again = "open it again when that is done, or choose another video"
    if size < then.size:
        left = f"{amount(size)} of {amount(then.size)} are left"
        raise VideoFileError(refusal(path, f"was cut short by another program while it played ({left})", again))
    with Path(path).open("rb") as file:
        if file.read(len(then.head)) != then.head:
            raise VideoFileError(refusal(path, "was written over by another program while it played", again))


def _unreadable(path: str | Path, error: OSError | ValueError) -> VideoFileError:
    why: dict[type, str] = {FileNotFoundError: "was not found", PermissionError: "may not be read by you"}
    if reason := why.get(type(error)):
        return VideoFileError(refusal(path, reason, "check where it is, or choose another video"))
    words = getattr(error, "strerror", None) or error
    advice = "look whether its disk is connected and sound, or play a copy from another disk"
    return VideoFileError(refusal(path, f"cannot be read, the system says “{words}”", advice))
