"""Darknet's weights: a short header, then float32 after float32, layer by layer."""

from __future__ import annotations

import struct
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from explorer.formats import regular
from explorer.formats.darknet.assembly import Numbers
from explorer.formats.darknet.sections import Fault
from explorer.formats.words import amount
from explorer.maths.steps import at_once

LARGEST = 2_000_000_000
"""Bytes; YOLOv4's have 0.26 GB."""

VERSION = struct.Struct("<3i")
FLOAT = 4
PIECE = 1 << 22
"""Bytes that are read in a step."""


@dataclass(frozen=True)
class Trained:
    """The tensors by name; Darknet's version that wrote them, and how many pictures they were trained on."""

    tensors: dict[str, NDArray[np.float32]]
    version: str
    seen: int


def read(path: Path, wanted: Sequence[Numbers]) -> Generator[int, None, Trained]:
    """All numbers of a weights file, which must hold the wanted ones and no others, in steps that say how many bytes
    were read. Raises Fault, NotReadable."""
    size = regular.size(path)
    if size > LARGEST:
        raise Fault(f"has {amount(size)}, at most {amount(LARGEST)} are read")
    try:
        with open(path, "rb", opener=regular.only_files) as file:
            return (yield from taking(file, size, wanted))
    except OSError as error:
        raise regular.unreadable(path, error) from error


def taken(file: BinaryIO, size: int, wanted: Sequence[Numbers]) -> Trained:
    """All numbers of a weights file of so many bytes, as it lies open. Raises Fault, OSError."""
    return at_once(taking(file, size, wanted))


def taking(file: BinaryIO, size: int, wanted: Sequence[Numbers]) -> Generator[int, None, Trained]:
    """As `taken`, in steps that say how many bytes were read."""
    major, minor, revision, seen, start = _header(file.read(20))
    _check(size - start, wanted)
    file.seek(start)
    numbers = np.empty((size - start) // FLOAT, "<f4")
    data = numbers.view(np.uint8).data
    for at in range(0, len(data), PIECE):
        piece = data[at : at + PIECE]
        if file.readinto(piece) != len(piece):  # type: ignore[attr-defined]
            raise Fault("changed while it was read")
        yield len(piece)
    if file.read(1):
        raise Fault("changed while it was read")
    tensors = {}
    for tensor, end in zip(wanted, accumulate(tensor.count for tensor in wanted), strict=True):
        part = numbers[end - tensor.count : end]
        if _turned(major, minor) and tensor.name.startswith("connected") and len(tensor.shape) == 2:
            tensors[tensor.name] = part.reshape(tensor.shape[::-1]).T
        else:
            tensors[tensor.name] = part.reshape(tensor.shape)
    return Trained(tensors, f"{major}.{minor}.{revision}", seen)


def _header(head: bytes) -> tuple[int, int, int, int, int]:
    """Version, pictures seen in training, and where the numbers begin: since version 0.2 the count has 8 bytes."""
    if len(head) < 16:
        raise Fault("is too short for a weights file of Darknet")
    major, minor, revision = VERSION.unpack_from(head)
    if not (0 <= major < 2000 and 0 <= minor < 2000 and revision >= 0):
        raise Fault("is no weights file of Darknet: it does not begin with a version")
    if major * 10 + minor < 2 or _turned(major, minor):
        return major, minor, revision, *struct.unpack_from("<I", head, 12), 16
    if len(head) < 20:
        raise Fault("is too short for a weights file of Darknet")
    return major, minor, revision, *struct.unpack_from("<Q", head, 12), 20


def _turned(major: int, minor: int) -> bool:
    """Whether fully connected layers have their weights input by input, as very old files do."""
    return major > 1000 or minor > 1000


def _check(size: int, wanted: Sequence[Numbers]) -> None:
    """Raise Fault unless so many bytes are exactly the wanted numbers."""
    needed = sum(tensor.count for tensor in wanted)
    if size == needed * FLOAT:
        return
    if size > needed * FLOAT:
        left = size - needed * FLOAT
        what = f"{left // FLOAT:,} numbers" if left >= FLOAT else f"{left} bytes"
        raise Fault(f"has {what} more than the {needed:,} numbers its .cfg asks for")
    ends = accumulate(tensor.count for tensor in wanted)
    short = next(tensor for tensor, end in zip(wanted, ends, strict=True) if end * FLOAT > size)
    raise Fault(f"has {size // FLOAT:,} of the {needed:,} numbers its .cfg asks for: it ends in layer {short.layer}")
