"""What lies in an LZ4 frame: bytes that were squeezed by naming what came before.

Source: github.com/lz4/lz4, doc/lz4_Frame_format.md (version 1.6.4) and doc/lz4_Block_format.md.
"""

from __future__ import annotations

import struct

MAGIC = b"\x04\x22\x4d\x18"
VERSION, BLOCK_SUM, SIZED, DICTIONARY = 0x40, 0x10, 0x08, 0x01
"""Bits of the first byte behind the magic number."""
STORED = 1 << 31
"""Of a block's size: its bytes are as they were."""
SHORTEST = 4
"""Bytes a copy has at least."""


def unpacked(data: bytes, most: int) -> bytes:
    """The bytes of one frame; its checksums are passed over. Raises ValueError where it is none, or has over `most`."""
    try:
        return _unpacked(data, most)
    except (IndexError, struct.error) as error:
        raise ValueError("is a damaged LZ4 frame") from error


def _unpacked(data: bytes, most: int) -> bytes:
    flags = data[4]
    if not data.startswith(MAGIC) or flags & 0xC0 != VERSION or flags & DICTIONARY:
        raise ValueError("is no LZ4 frame")
    place = 7 + (8 if flags & SIZED else 0)
    found = bytearray()
    while size := struct.unpack_from("<I", data, place)[0]:
        length = size % STORED
        block = data[place + 4 : place + 4 + length]
        if len(block) < length:
            raise ValueError("is a cut LZ4 frame")
        if size & STORED:
            found += block
        else:
            _unpack(block, found, most)
        if len(found) > most:
            raise ValueError(f"has more than {most:,} bytes in its LZ4 frame")
        place += 4 + length + (4 if flags & BLOCK_SUM else 0)
    return bytes(found)


def _unpack(block: bytes, found: bytearray, most: int) -> None:
    """Sequences of new bytes, and of how far back the next ones stand already; the last one has only new bytes."""
    place = 0
    while place < len(block):
        token = block[place]
        count, place = _length(block, token >> 4, place + 1)
        found += block[place : place + count]
        place += count
        if place >= len(block):
            return
        back = block[place] | block[place + 1] << 8
        count, place = _length(block, token & 15, place + 2)
        count += SHORTEST
        start = len(found) - back
        if start < 0 or not back or len(found) + count > most:
            raise ValueError("is a damaged LZ4 frame")
        again = found[start : start + count]
        found += (again * (count // len(again) + 1))[:count]  # it may go on into what it writes


def _length(block: bytes, count: int, place: int) -> tuple[int, int]:
    """A length whose first four bits are `count`, and where the next thing stands."""
    if count == 15:
        while (more := block[place]) == 255:
            count, place = count + 255, place + 1
        count, place = count + more, place + 1
    return count, place
