"""Masks as PNG files inside other files: one channel of 8 bits, and nothing else that such a file could hold.

What is read must be as it is written here (PNG specification, third edition): the header, the rows in one IDAT chunk
without filters, the end. So no other program's decoder meets a stranger's bytes, and a size is known before the rows
are unpacked.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from explorer.formats.strict_json import Fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 512
"""Pixels of a mask's longer side, at most."""
LARGEST = 300_000
"""Bytes of one: more than 512 × 512 pixels of noise take."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD, END = len(SIGNATURE) + 25, 12
"""Bytes before the rows' chunk and behind it."""


def packed(mask: NDArray[np.uint8]) -> bytes:
    """A mask (H, W) as a PNG, its longer side SIDE pixels where it has more."""
    import numpy as np

    height, width = mask.shape
    longer = max(height, width)
    if longer > SIDE:
        rows, columns = (
            np.linspace(0, side - 1, max(1, round(side * SIDE / longer))).round().astype(int) for side in mask.shape
        )
        mask = mask[np.ix_(rows, columns)]
        height, width = mask.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each begins with the number of its filter
    lines[:, 1:] = mask
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def unpacked(png: bytes) -> NDArray[np.uint8]:
    """The mask (H, W) in a PNG that `packed` could have made. Raises Fault."""
    import numpy as np

    if len(png) > LARGEST:
        raise Fault(f"holds a mask of more than {LARGEST:,} bytes")
    if png[: len(SIGNATURE)] != SIGNATURE or len(png) < HEAD + 2 * END or png[-END:] != _chunk(b"IEND", b""):
        raise Fault("holds a mask that is no PNG as written here")
    header, rows = png[len(SIGNATURE) + 8 : HEAD - 4], png[HEAD + 8 : -END - 4]
    if png[len(SIGNATURE) : HEAD] != _chunk(b"IHDR", header) or png[HEAD:-END] != _chunk(b"IDAT", rows):
        raise Fault("holds a mask that is damaged, or no PNG as written here")
    width, height, *kind = struct.unpack(">IIBBBBB", header)
    if kind != [8, 0, 0, 0, 0] or not (1 <= width <= SIDE and 1 <= height <= SIDE):
        raise Fault(f"holds a mask that is no picture of one channel and at most {SIDE} × {SIDE} pixels")
    unpacking, wanted = zlib.decompressobj(), height * (width + 1)
    try:
        lines = unpacking.decompress(rows, wanted + 1)
    except zlib.error as error:
        raise Fault("holds a mask whose rows cannot be unpacked") from error
    if len(lines) != wanted or not unpacking.eof or unpacking.unused_data:
        raise Fault("holds a mask with more or fewer pixels than it says")
    values = np.frombuffer(lines, np.uint8).reshape(height, width + 1)
    if values[:, 0].any():
        raise Fault("holds a mask whose rows are written otherwise than here")
    return values[:, 1:].copy()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
