"""The numpy arrays in a list that joblib wrote: the pickle around them is read as text, and never run.

Source: joblib/numpy_pickle.py, NumpyArrayWrapper: behind the state of each wrapper come one byte with the length of a
gap, the gap, and the array's numbers; then the pickle goes on.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray


def arrays(data: bytes, shapes: Sequence[tuple[int, ...]]) -> list[NDArray[np.float32]]:
    """Its float32 arrays, in order, of which the shapes are known. Raises ValueError where they are others."""
    found: list[NDArray[np.float32]] = []
    stream, before = io.BytesIO(data), ""
    for opcode, _, _ in pickletools.genops(stream):
        if (before, opcode.name) == ("SETITEMS", "BUILD"):  # a wrapper's state; that of a dtype is a tuple
            if len(found) == len(shapes):
                raise ValueError(f"has more than {len(shapes)} arrays")
            stream.seek(stream.read(1)[0], io.SEEK_CUR)
            shape = shapes[len(found)]
            numbers = stream.read(4 * prod(shape))
            if len(numbers) < 4 * prod(shape):
                raise ValueError("is cut off")
            found.append(np.frombuffer(numbers, "<f4").reshape(shape))
        before = opcode.name
    if len(found) != len(shapes):
        raise ValueError(f"has {len(found)} arrays, not {len(shapes)}")
    return found
