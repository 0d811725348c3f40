"""Pictures whose heads lie, one field each: a sentence, whatever the decoders beneath would make of it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.in_place import put
from tests.test_pictures import refused

SMALL = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8))


def encoded(kind: str, **more: bool) -> bytes:
    buffer = io.BytesIO()
    SMALL.save(buffer, kind, **more)
    return buffer.getvalue()


def over(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pngs() -> Iterator[tuple[str, bytes]]:
    data = encoded("PNG")
    sound = {"w": 7, "h": 9, "bits": 8, "colour": 2, "packing": 0, "filter": 0, "lace": 0}
    for lie in (
        {"w": 0}, {"h": 0}, {"w": 1 << 31}, {"h": (1 << 32) - 1}, {"w": 10**6, "h": 10**6}, {"w": 17}, {"bits": 3},
        {"bits": 16, "colour": 3}, {"colour": 7}, {"filter": 1}, {"lace": 9}, {"colour": 3},
    ):  # fmt: skip
        yield f"{lie}", data[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", *(sound | lie).values())) + data[33:]
    end = chunk(b"IEND", b"")
    yield "no numbers", data[:33] + end
    yield "filters that are none", data[:33] + chunk(b"IDAT", zlib.compress(b"\7" * 9 * 22)) + end
    yield "numbers that are not packed", data[:33] + chunk(b"IDAT", bytes(200)) + end
    yield "a wrong checksum", over(data, 29, b"abcd")
    yield "a chunk of 2 GB", over(data, 33, b"\x7f\xff\xff\xff")


def jpegs() -> Iterator[tuple[str, bytes]]:
    data = encoded("JPEG")
    frame = data.index(b"\xff\xc0")
    for name, (at, new) in {
        "no rows": (5, bytes(2)), "no columns": (7, bytes(2)), "65,535 square": (5, b"\xff" * 4),
        "12 bits": (4, b"\x0c"), "9 colours": (9, b"\x09"), "no colours": (9, b"\0"), "samples of 0": (11, b"\0"),
        "samples of 15": (11, b"\xff"),
        "a table that is not there": (12, b"\3"), "lossless": (0, b"\xff\xc3"), "a segment of 0": (2, bytes(2)),
    }.items():  # fmt: skip
        yield name, over(data, frame + at, new)
    yield "no scan", data[: data.index(b"\xff\xda")] + b"\xff\xd9"
    yield "no tables", data[:2] + data[frame:]


def bmps() -> Iterator[tuple[str, bytes]]:
    data, most = encoded("BMP"), (1 << 31) - 1
    for size in ((0, 9), (7, 0), (-7, 9), (most, 9), (7, -most - 1), (10**6, 10**6)):
        yield f"{size}", over(data, 18, struct.pack("<ii", *size))
    for name, at, kind, value in (
        ("a head of 3", 14, "<I", 3), ("a head of 2^31", 14, "<I", 1 << 31), ("5 bits", 28, "<H", 5),
        ("0 bits", 28, "<H", 0), ("packing 99", 30, "<I", 99), ("numbers behind the end", 10, "<I", 10**6),
    ):  # fmt: skip
        yield name, over(data, at, struct.pack(kind, value))


def tiffs() -> Iterator[tuple[str, bytes]]:
    data = encoded("TIFF")
    (start,) = struct.unpack("<I", data[4:8])
    (count,) = struct.unpack("<H", data[start : start + 2])
    places = range(start + 2, start + 2 + 12 * count, 12)
    tags = {struct.unpack("<H", data[at : at + 2])[0]: at for at in places}
    for tag, value in (
        (256, 0), (257, 0), (256, (1 << 32) - 1), (259, 77), (273, 10**8), (262, 99), (277, 0), (277, 65535)
    ):  # fmt: skip
        yield f"tag {tag} is {value}", over(data, tags[tag], struct.pack("<HHII", tag, 4, 1, value))
    yield "a directory behind the end", over(data, 4, struct.pack("<I", 10**8))
    yield "a directory at 0", over(data, 4, bytes(4))
    yield "version 99", over(data, 2, struct.pack("<H", 99))


def others() -> Iterator[tuple[str, bytes]]:
    gif, webp = encoded("GIF"), encoded("WEBP", lossless=True)
    yield "65,535 square", over(gif, 6, b"\xff" * 4)
    yield "no picture", gif[:13] + b";"
    for name, at, new in (
        ("2^32 - 1 bytes", 4, b"\xff" * 4), ("0 bytes", 4, bytes(4)), ("a part of 2^31", 16, b"\0\0\0\x80"),
        ("no sign", 20, b"\0"), ("16,384 square", 21, b"\xff\xff\xff\x0f"), ("an unknown part", 12, b"ABCD"),
    ):  # fmt: skip
        yield name, over(webp, at, new)


def test_each_head_that_lies_is_refused(tmp_path: Path) -> None:
    path, tried = tmp_path / "lie.png", 0
    for kind in (pngs, jpegs, bmps, tiffs, others):
        for name, data in kind():
            put(path, data)
            tried += 1
            try:
                refused(path, "“lie.png”")
            except BaseException as error:
                error.add_note(f"{kind.__name__}: {name}")
                raise
    assert tried == 61
