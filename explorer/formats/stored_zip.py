"""The directory of a zip file that holds a few members as they are: no compression, so nothing to inflate.

zipfile would read a directory of any length, and trusts it; here all of it is checked before it is used.
Source: PKWARE, APPNOTE.TXT 6.3.10, 4.3 (general format).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zlib import crc32

END = struct.Struct("<4s4H2IH")  # signature, 2 disks, 2 counts, directory size and place, comment
END64 = struct.Struct("<4sQ2H2I4Q4sIQI")  # the same in 64 bits, and where that is; some writers always add it
CENTRAL = struct.Struct("<4s6H3I5H2I")
LOCAL = struct.Struct("<4s5H3I2H")
DESCRIBED, UTF8 = 0x8, 0x800  # sizes and checksum are said behind the bytes; the name is UTF-8
CHUNK = 1 << 20


class NotStored(ValueError):
    """The file is not such a zip, or damaged; the message goes behind “file” in a sentence."""


@dataclass(frozen=True)
class Entry:
    """Where a member's bytes lie in the file, and their CRC-32."""

    start: int
    size: int
    crc: int


def entries(file: BinaryIO, size: int, most: int, what: str = "project") -> dict[str, Entry]:
    """Members by name of a zip file of `size` bytes. Raises NotStored.

    most: of members, with a kilobyte of names and notes each; what: the kind of file it should be, for the message.
    """
    if size < END.size:
        raise NotStored("is empty" if not size else f"is no {what}, or cut off")
    file.seek(0)
    if file.read(2) != b"PK":
        raise NotStored(f"is no {what}: it does not begin like a zip file")
    file.seek(size - END.size)
    last = file.read(END.size)
    if len(last) < END.size:
        raise NotStored("was changed while it was opened")
    signature, disk, first, here, count, length, start, comment = END.unpack(last)
    if signature != b"PK\5\6" or disk or first or here != count or comment:
        raise NotStored("is cut off or damaged: its directory is not at its end")
    between = size - END.size - start - length
    if not 0 < count <= most or length > most << 10 or (between and not _repeated(file, size, count, length, start)):
        raise NotStored(f"is no {what}, or damaged: its directory is not that of a {what}")
    file.seek(start)
    found = dict(_central(file.read(length), count))
    if len(found) < count:
        raise NotStored("is damaged: two of its members have the same name")
    placed = {name: _located(file, name, *where) for name, where in found.items()}
    end = 0
    for place, entry in sorted(placed.values(), key=lambda found: found[0]):
        if place < end:
            raise NotStored("is damaged: its members overlap")
        end = entry.start + entry.size
    if end > start:
        raise NotStored("is damaged: its members overlap its directory")
    return {name: entry for name, (_, entry) in placed.items()}


def chunks(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """A member's bytes in pieces. Raises NotStored where they are damaged: at the end, so use nothing before."""
    file.seek(entry.start)
    left, crc = entry.size, 0
    while left:
        chunk = file.read(min(left, CHUNK))
        if not chunk:
            raise NotStored("is cut off")
        left -= len(chunk)
        crc = crc32(chunk, crc)
        yield chunk
    if crc != entry.crc:
        raise NotStored("is damaged: a checksum is wrong")


def _central(data: bytes, count: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """(name, (place of the local header, size, CRC-32)) of each member."""
    place = 0
    for _ in range(count):
        if place + CENTRAL.size > len(data):
            raise NotStored("is damaged: its directory is cut off")
        head = CENTRAL.unpack_from(data, place)
        signature, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, _, header = head
        if signature != b"PK\1\2" or disk:
            raise NotStored("is damaged: its directory is not readable")
        if flags & ~(DESCRIBED | UTF8) or method or packed != size:
            raise NotStored("has compressed or encrypted members; they must be stored as they are")
        place += CENTRAL.size
        yield data[place : place + name].decode("utf-8", "replace"), (header, size, crc)
        place += name + extra + comment
    if place != len(data):
        raise NotStored("is damaged: its directory is longer than its members")


def _repeated(file: BinaryIO, size: int, count: int, length: int, start: int) -> bool:
    """Whether between directory and end there is the end in 64 bits, and says the same."""
    if start + length != size - END.size - END64.size:
        return False
    file.seek(start + length)
    signature, _, _, _, *disks, here, whole, long, place, locator, disk, end, _ = END64.unpack(file.read(END64.size))
    said = (signature, here, whole, long, place, locator, end)
    return said == (b"PK\6\6", count, count, length, start, b"PK\6\7", start + length) and not any((*disks, disk))


def _located(file: BinaryIO, name: str, header: int, size: int, crc: int) -> tuple[int, Entry]:
    """Place of the local header and the entry behind it, after both said the same."""
    file.seek(header)
    data = file.read(LOCAL.size)
    if len(data) < LOCAL.size:
        raise NotStored("is cut off")
    signature, _, flags, method, _, _, local_crc, packed, local_size, name_length, extra = LOCAL.unpack(data)
    local_name = file.read(name_length).decode("utf-8", "replace")
    said = (0, 0, 0) if flags & DESCRIBED and not local_crc else (crc, size, size)
    if signature != b"PK\3\4" or flags & ~(DESCRIBED | UTF8) or method or (local_crc, packed, local_size) != said:
        raise NotStored("is damaged: a member's two headers do not agree")
    if local_name != name:
        raise NotStored("is damaged: a member has two names")
    return header, Entry(header + LOCAL.size + name_length + extra, size, crc)
