"""safetensors: a header in JSON that says where each tensor's numbers lie, then the numbers, and nothing else.

Source: the format's description, huggingface.co/docs/safetensors (section Format).
"""

from __future__ import annotations

from math import prod
from typing import Any, BinaryIO

from explorer.formats.checkpoint.stored import MOST_AXES, MOST_NUMBERS, NotRead, Storage, Tensor, itemsize, whole
from explorer.formats.strict_json import Fault, parsed
from explorer.formats.tensors import LARGEST_HEADER, MOST_TENSORS
from explorer.formats.words import amount, shown

TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
NOTES = "__metadata__"


def begins(head: bytes) -> bool:
    """Whether a file with these first bytes is of this format: its header's length comes first, and so may look like
    the mark of any other format. One header in 32 is so long that it begins as a pickle does."""
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= LARGEST_HEADER


def tensors(file: BinaryIO, size: int) -> dict[str, Tensor]:
    """Every tensor by its name, in the order of their numbers. Raises NotRead."""
    return noted(file, size)[0]


def noted(file: BinaryIO, size: int) -> tuple[dict[str, Tensor], Any]:
    """Every tensor by its name, in the order of their numbers, and what the file notes beside them. Raises NotRead."""
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > size - 8:
        raise NotRead("is no safetensors file, or cut off")
    if length > LARGEST_HEADER:
        raise NotRead(f"names its tensors in {amount(length)}, at most {amount(LARGEST_HEADER)} are read")
    try:
        header = parsed(file.read(length))
    except Fault as error:
        raise NotRead(str(error)) from error
    if type(header) is not dict or len(header) > MOST_TENSORS:
        raise NotRead(f"is no safetensors file, or has more than {MOST_TENSORS:,} tensors")
    places = {name: _place(name, said) for name, said in header.items() if name != NOTES}
    found, end = {}, 0
    for name, (start, stop, dtype, shape) in sorted(places.items(), key=lambda item: item[1][:2]):
        count = prod(shape)
        if start != end or stop - start != count * itemsize(dtype):
            raise NotRead(f"is damaged: the numbers of “{shown(name, 60)}” do not lie where they should")
        found[name] = whole(Storage(8 + length + start, dtype, count), shape)
        end = stop
    if end != size - 8 - length:
        raise NotRead("is cut off, or has something behind its numbers")
    if sum(tensor.count for tensor in found.values()) > MOST_NUMBERS:
        raise NotRead(f"holds more than {MOST_NUMBERS:,} numbers", "open a smaller network's")
    return found, header.get(NOTES)


def _place(name: str, said: Any) -> tuple[int, int, str, tuple[int, ...]]:
    """First byte, byte behind the last, type and shape of one tensor."""
    quoted = f"“{shown(name, 60)}”"
    if type(said) is not dict or said.keys() != {"dtype", "shape", "data_offsets"}:
        raise NotRead(f"is damaged: it does not say type, shape and place of {quoted}")
    kind, shape, place = said["dtype"], said["shape"], said["data_offsets"]
    if type(kind) is not str or kind not in TYPES:
        raise NotRead(f"has numbers of type {shown(kind, 20)} in {quoted}", "save them as float32 or float16")
    if type(place) is not list or len(place) != 2 or type(shape) is not list or len(shape) > MOST_AXES:
        raise NotRead(f"is damaged: shape or place of {quoted} is no list, or too long")
    if any(type(n) is not int or n < 0 for n in (*place, *shape)):
        raise NotRead(f"is damaged: shape or place of {quoted} is not made of whole numbers from 0 on")
    return place[0], place[1], TYPES[kind], tuple(shape)
