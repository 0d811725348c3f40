"""Is this a whole picture file of a kind we read? Answered before a decoder sees it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from explorer.formats.answering import CONNECTED, in_time
from explorer.formats.words import amount, refusal
from explorer.maths.sentences import Refusal

SUPPORTED = "JPEG, PNG, WebP, BMP, GIF or TIFF"
LARGEST_FILE = 450_000_000
"""Bytes: an uncompressed picture of 100 megapixels with four channels, and some room for its header."""

PICTURES = {
    rb"....ftyp(hei|hev|mif1|msf1)": "a HEIC picture",
    rb"....ftypavi": "an AVIF picture",
    rb"(\xff\x0a|....JXL )": "a JPEG XL picture",
    rb"(....jP  |\xff\x4f\xff\x51)": "a JPEG 2000 picture",
    rb"\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg": "an SVG drawing",
}
"""Pictures of other kinds, by how they begin."""
OTHERS = {
    **PICTURES,
    rb"....ftyp": "a video",
    rb"8BPS": "a Photoshop document",
    rb"%PDF": "a PDF document",
    rb"PK\x03\x04": "a zip file",
    rb"\x00\x00\x01\x00": "an icon",
    rb"[\t\r\n\x20-\x7e\x80-\xff]+\Z": "text, not a picture",
}
"""What people mistake for a picture we read, by how it begins; first match."""


class PictureError(Refusal):
    """A picture cannot be used; the message names it, the reason and what to do."""


def check_regular(path: str | Path) -> int:
    """Size in bytes of a file that may be opened: a device or a pipe would block, or act. Raises PictureError."""
    try:
        there = in_time(path, lambda: os.stat(path))
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise PictureError(refusal(path, "is not a name a file can have", "choose another picture")) from error
    if stat.S_ISDIR(there.st_mode):
        raise PictureError(refusal(path, "is a folder", "choose a picture in it"))
    if not stat.S_ISREG(there.st_mode):
        raise PictureError(refusal(path, "is a device or a pipe, not a file", "choose a picture file"))
    if there.st_size == 0:
        raise PictureError(refusal(path, "is empty, 0 bytes", "get the picture again, or choose another one"))
    if there.st_size > LARGEST_FILE:
        most = f"{amount(there.st_size)}; at most {amount(LARGEST_FILE)} is read"
        raise PictureError(refusal(path, f"is too large, {most}", "save a smaller copy of it"))
    return there.st_size


def unreadable(path: str | Path, error: OSError) -> PictureError:
    """The system would not let us read the file."""
    reason = {
        FileNotFoundError: "was not found",
        PermissionError: "may not be read by you",
        TimeoutError: "lies on a disk that does not answer",
    }.get(type(error), f"cannot be read, the system says “{error.strerror or error}”")
    advice = CONNECTED if isinstance(error, TimeoutError) else "check where it is and who may read it"
    return PictureError(refusal(path, reason, f"{advice}, or choose another picture"))


def named(head: bytes, kinds: Mapping[bytes, str] = OTHERS) -> str:
    """Which of these a file seems to be, by its first bytes; "" where they tell nothing."""
    names = (name for start, name in kinds.items() if re.match(start, head, re.DOTALL | re.IGNORECASE))
    return next(names, "")


def foreign(path: str | Path, file: BinaryIO) -> PictureError:
    """The file is of no kind that we read; say which it seems to be."""
    file.seek(0)
    head = file.read(1024)
    kind = named(head) or "not a picture of a kind known here, or damaged"
    return PictureError(refusal(path, f"is {kind}", f"save it as {SUPPORTED} and open that"))


def is_whole(file: BinaryIO, size: int, kind: str) -> bool:
    """Whether the container goes on to its own end; decoders stop at the last pixel and do not look.

    JPEG, BMP and TIFF need no look: their decoders miss what is cut off.
    """
    file.seek(0)
    if kind == "WEBP":
        return int.from_bytes(file.read(8)[4:], "little") + 8 <= size
    if kind == "PNG":
        return _png_ends(file, size)
    if kind == "GIF":
        return _gif_ends(file)
    return True


def _png_ends(file: BinaryIO, size: int) -> bool:
    """Walk the chunks: length, name, data, checksum."""
    place, name = 8, b""
    while name != b"IEND" and place < size:
        file.seek(place)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        place += 12 + length
    return name == b"IEND" and place <= size


def _gif_ends(file: BinaryIO) -> bool:
    """Walk the blocks: colour table, then extensions and frames until the trailer.

    Source: CompuServe 1990, Graphics Interchange Format 89a.
    """

    def skip_colours(flags: int) -> None:
        file.seek(3 << ((flags & 7) + 1) if flags & 0x80 else 0, os.SEEK_CUR)

    def byte() -> int:
        return (file.read(1) or b"\0")[0]

    file.seek(10)
    flags = byte()
    file.seek(13)
    skip_colours(flags)
    while block := byte():
        if block == 0x3B:  # trailer
            return True
        if block == 0x21:  # extension: its label
            file.seek(1, os.SEEK_CUR)
        elif block == 0x2C:  # frame: place and size, flags, colours, code size
            file.seek(8, os.SEEK_CUR)
            skip_colours(byte())
            file.seek(1, os.SEEK_CUR)
        else:
            return False
        while length := byte():
            file.seek(length, os.SEEK_CUR)
    return False
