"""A safetensors file in parts, each a tensor's own memory: the library would copy all of it twice.

The bytes are those that the library writes, so that equal weights have one hash whoever wrote them.
Source: https://huggingface.co/docs/safetensors (format); safetensors/src/tensor.rs (the order).
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Buffer = bytes | memoryview

NAMES = {
    "uint64": "U64", "int64": "I64", "float64": "F64", "float32": "F32", "uint32": "U32", "int32": "I32",
    "float16": "F16", "uint16": "U16", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip
"""What the format calls numpy's types, in the order in which their tensors lie: the widest first, so aligned."""
PIECE = 1 << 22
"""Bytes that are copied in a step."""
ALIGNED = 8
"""Bytes of which the header is a multiple."""


def laid_out(tensors: Mapping[str, Array]) -> Iterator[Buffer]:
    """The parts of a safetensors file: its head, then each tensor row by row. Raises KeyError for another type."""
    order = {kind: place for place, kind in enumerate(NAMES)}
    names = sorted(tensors, key=lambda name: (order[_kind(tensors[name])], name.encode()))
    described, at = {}, 0
    for name in names:
        tensor = tensors[name]
        described[name] = {
            "dtype": NAMES[_kind(tensor)], "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes],
        }  # fmt: skip
        at += tensor.nbytes
    head = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
    head += b" " * (-len(head) % ALIGNED)
    yield len(head).to_bytes(8, "little") + head
    for name in names:
        if tensors[name].size:
            rows = np.asarray(tensors[name], np.dtype(_kind(tensors[name])).newbyteorder("<"), order="C")
            yield rows.reshape(-1).view(np.uint8).data


def laid_anew(tensor: Array) -> Generator[int, None, NDArray[np.float32]]:
    """The same numbers as float32, row by row in memory, in steps that say how many bytes were copied."""
    if not tensor.ndim or (tensor.dtype == np.float32 and tensor.flags.c_contiguous):
        return np.asarray(tensor, np.float32)
    found = np.empty(tensor.shape, np.float32)
    step = max(1, PIECE // max(1, found[:1].nbytes))
    for start in range(0, len(found), step):
        found[start : start + step] = tensor[start : start + step]
        yield found[start : start + step].nbytes
    return found


def _kind(tensor: Array) -> str:
    return tensor.dtype.name
