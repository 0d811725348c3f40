"""Tensors as they lie in a file, and how their numbers are read."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

DTYPES = {
    "float64": "<f8", "float32": "<f4", "float16": "<f2", "bfloat16": "<u2", "int64": "<i8", "int32": "<i4",
    "int16": "<i2", "int8": "i1", "uint64": "<u8", "uint32": "<u4", "uint16": "<u2", "uint8": "u1", "bool": "u1",
}  # fmt: skip
"""What numbers may be, by torch's name, and numpy's sign for them; bfloat16 is the upper half of a float32."""

FLOATS = ("float64", "float32", "float16", "bfloat16")
MOST_NUMBERS = 1_000_000_000
"""In all tensors of a file together; RegNetY-128GF has 0.65 thousand million."""
MOST_AXES = 8
PIECE = 1 << 22
"""Bytes that are read in a step."""


class NotRead(ValueError):
    """A file is no checkpoint, or not one that is read here; the message goes behind “file” in a sentence.

    advice: what to do about it.
    """

    def __init__(self, reason: str, advice: str = "get another copy of it") -> None:
        super().__init__(reason)
        self.advice = advice


@dataclass(frozen=True)
class Storage:
    """So many numbers of one type in a row; `start` is their first byte in the file."""

    start: int
    dtype: str
    count: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.count * itemsize(self.dtype)


@dataclass(frozen=True)
class Tensor:
    """A view of a storage: number (i, j, …) is at offset + i·strides[0] + j·strides[1] + …"""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def dtype(self) -> str:
        """Type of its numbers, by torch's name."""
        return self.storage.dtype

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)

    @property
    def is_float(self) -> bool:
        """Whether its numbers can be trained; counters are whole numbers."""
        return self.dtype in FLOATS


def itemsize(dtype: str) -> int:
    """Bytes of one number."""
    return np.dtype(DTYPES[dtype]).itemsize


def view(storage: Storage, offset: Any, shape: Any, strides: Any) -> Tensor:
    """A tensor whose every number lies within its storage, and which has no more of them. Raises NotRead."""
    if not (_whole((offset,)) and _whole(shape) and _whole(strides) and len(shape) == len(strides)):
        raise NotRead(f"holds a tensor whose shape is not made of at most {MOST_AXES} whole numbers from 0 on")
    count = prod(shape)
    if count > storage.count:
        raise NotRead(f"holds a tensor that claims more numbers than the {storage.count:,} it has")
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    if count and last >= storage.count:
        raise NotRead("holds a tensor that reaches beyond its numbers")
    return Tensor(storage, offset, shape, strides)


def whole(storage: Storage, shape: Sequence[int]) -> Tensor:
    """The tensor that has all numbers of a storage, row by row."""
    return view(storage, 0, tuple(shape), tuple(prod(shape[axis + 1 :]) for axis in range(len(shape))))


def reading(file: BinaryIO, tensor: Tensor) -> Generator[int, None, NDArray[np.float32]]:
    """As `numbers`, in steps that say how many bytes were read: a fully connected layer of VGG has 400 MB."""
    if not _in_a_row(tensor):
        values = numbers(file, tensor)
        yield values.nbytes
        return values
    flat, most = np.empty(tensor.count, np.float32), PIECE // itemsize(tensor.dtype)
    for start in range(0, tensor.count, most):
        piece = Tensor(tensor.storage, tensor.offset + start, (min(most, tensor.count - start),), (1,))
        flat[start : start + piece.count] = numbers(file, piece)
        yield piece.count * itemsize(tensor.dtype)
    return flat.reshape(tensor.shape)


def numbers(file: BinaryIO, tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's numbers as float32, whatever they are in the file. Raises NotRead where the file is cut off."""
    values = raw(file, tensor)
    if tensor.dtype == "bfloat16":
        return (values.astype(np.uint32, order="C") << 16).view(np.float32)
    with np.errstate(over="ignore"):  # a float64 may be too large for float32: it is infinite then, and said to be
        return values.astype(np.float32, order="C")


def raw(file: BinaryIO, tensor: Tensor) -> NDArray[Any]:
    """A tensor's numbers as they are in the file; bfloat16 as uint16. Raises NotRead where the file is cut off."""
    if not tensor.count:
        return np.zeros(tensor.shape, DTYPES[tensor.dtype])
    size, count = itemsize(tensor.dtype), reach(tensor) - tensor.offset
    file.seek(tensor.storage.start + tensor.offset * size)
    data = file.read(count * size)
    flat = np.frombuffer(data, DTYPES[tensor.dtype], count=len(data) // size)
    if len(flat) != count:
        raise NotRead("is cut off")
    steps = tuple(step * size for step in tensor.strides)
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, steps, writeable=False)


def reach(tensor: Tensor) -> int:
    """How many numbers of its storage lie before a tensor's end."""
    if not tensor.count:
        return 0
    return tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True)) + 1


def _in_a_row(tensor: Tensor) -> bool:
    """Whether its numbers lie in the file one behind the other, as they are counted."""
    after = [prod(tensor.shape[axis + 1 :]) for axis in range(len(tensor.shape))]
    steps = zip(tensor.shape, tensor.strides, after, strict=True)
    return tensor.count > 0 and all(side == 1 or step == due for side, step, due in steps)


def _whole(values: Any) -> bool:
    return type(values) is tuple and len(values) <= MOST_AXES and all(type(n) is int and n >= 0 for n in values)
