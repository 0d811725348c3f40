"""Of how many parts a picture file is made, counted before a decoder sees it: a few million empty ones cost it minutes.

Decoders take parts one after the other, some in a slow loop and some by keeping each; a scan of a progressive JPEG is a
handful of bytes, and all pixels are gone through for it. Sources: PNG specification, third edition, 5.3; CompuServe
1990, GIF 89a; ITU-T T.81, B.1; TIFF 6.0, section 2, and BigTIFF.
"""

from __future__ import annotations

import os
import re
import struct
from typing import BinaryIO

MOST_CHUNKS = 200_000
"""Of a PNG: 450 MB in pieces of the usual 8 kB are 55,000."""
MOST_BLOCKS = 2_000_000
"""Of a GIF: 450 MB in pieces of the usual 255 bytes are 1.8 million."""
MOST_SEGMENTS = 10_000
"""Of a JPEG: with 64 kB each these would be 655 MB."""
MOST_FILLING = 100_000
"""Bytes between the segments of a JPEG before its first scan; usual are none."""
MOST_SCANS = 100
"""Of a JPEG, each of which goes over all pixels; usual are 10 to 14."""
MOST_TILES = 200_000
"""Of a TIFF, or strips: 100 megapixels in tiles of 32 × 32 are 98,000."""

MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Between the entropy-coded bytes of a JPEG there are only zeros and restarts behind 255."""
ALONE, START, END, SCAN = 0x01, 0xD8, 0xD9, 0xDA
PIECE = 1 << 16
"""Bytes looked through for a marker at a time."""
TILED = (273, 279, 324, 325)
"""Tags of a TIFF that have a number for each strip or tile."""


def too_many(file: BinaryIO) -> str:
    """What a picture has far too many of, "" where nothing. The file is then at its begin again."""
    file.seek(0)
    head = file.read(12)
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return "chunks" if _many_chunks(file) else ""
        if head.startswith(b"GIF8"):
            return "blocks" if _many_blocks(file) else ""
        if head.startswith(b"\xff\xd8"):
            return _of_jpeg(file)
        if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            return "strips or tiles" if _tiles(file, head) > MOST_TILES else ""
        return ""
    finally:
        file.seek(0)


def _many_chunks(file: BinaryIO) -> bool:
    at = 8
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        length = file.read(4)
        if len(length) < 4:
            return False
        at += 12 + int.from_bytes(length, "big")
    return True


def _many_blocks(file: BinaryIO) -> bool:
    """Extensions, frames, and the pieces they come in."""

    def byte() -> int:
        return (file.read(1) or b"\0")[0]

    def skip(count: int) -> None:
        file.seek(count, os.SEEK_CUR)

    def colours(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    file.seek(10)
    flags = byte()
    skip(2 + colours(flags))
    within = False
    for _ in range(MOST_BLOCKS):
        kind = byte()
        if within:  # the length of a piece
            within = kind > 0
            skip(kind)
        elif kind == 0x21:  # extension: its label
            skip(1)
            within = True
        elif kind == 0x2C:  # frame: place and size, flags, colours, code size
            skip(8)
            skip(colours(byte()) + 1)
            within = True
        else:
            return False
    return True


def _of_jpeg(file: BinaryIO) -> str:
    at, scans, segments, filling = 2, 0, 0, 0
    while segments < MOST_SEGMENTS:
        file.seek(at)
        piece = file.read(PIECE)
        found = MARKER.search(piece)
        if not scans:
            filling += found.start() if found else len(piece)
            if filling > MOST_FILLING:
                return "bytes that mean nothing"
        if found is None:
            if len(piece) < PIECE:
                return ""
            at += PIECE - 1  # the first half of a marker may be its last byte
            continue
        at += found.end()
        kind = piece[found.end() - 1]
        if kind == END:
            return ""
        segments += 1
        scans += kind == SCAN
        if scans > MOST_SCANS:
            return "scans"
        if kind not in (ALONE, START):
            file.seek(at)
            at += max(2, int.from_bytes(file.read(2), "big"))
    return "segments"


def _tiles(file: BinaryIO, head: bytes) -> int:
    """The longest list of places in the first directory."""
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")

    def number(code: str) -> int:
        found: int = struct.unpack(order + code, file.read(struct.calcsize(order + code)))[0]
        return found

    try:
        file.seek(8 if big else 4)
        file.seek(number("Q" if big else "I"))
        longest = 0
        for _ in range(min(number("Q" if big else "H"), 1 << 16)):
            tag, _kind, many = struct.unpack(f"{order}HH{'Q8x' if big else 'I4x'}", file.read(20 if big else 12))
            longest = max(longest, many if tag in TILED else 0)
        return longest
    except (struct.error, OverflowError):  # cut off, or a place beyond any file: the decoder will say so
        return 0
