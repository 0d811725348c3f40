"""Is this a video file of a kind we play? Answered before a decoder sees it: playlists would fetch other files."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal

HEAD = 512
"""Bytes looked at."""
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


def check(path: str | Path) -> None:
    """Raise VideoFileError where a file is no video of a kind we play."""
    try:
        kind = os.stat(path).st_mode
        head = b""
        if stat.S_ISREG(kind):  # a pipe would block
            with Path(path).open("rb") as file:
                head = file.read(HEAD)
    except (OSError, ValueError) as error:
        why: dict[type, str] = {FileNotFoundError: "was not found", PermissionError: "may not be read by you"}
        reason = why.get(type(error), "cannot be read")
        raise VideoFileError(refusal(path, reason, "check where it is, or choose another video")) from error
    if stat.S_ISDIR(kind):
        raise VideoFileError(refusal(path, "is a folder", "choose a video in it"))
    if not any(re.match(start, head, re.DOTALL) for start in CONTAINERS):
        known = "AVI, MP4, QuickTime, Matroska, WebM, Ogg, MPEG, Windows Media or Flash video"
        raise VideoFileError(refusal(path, "is no video of a kind known here, or damaged", f"save it as {known}"))
